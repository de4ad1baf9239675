// `bouncewatch top`: asks every few seconds and draws. The terminal is left as it was found, whatever ends
// it.
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "daemon/command/command.h"
#include "daemon/query_client.h"
#include "daemon/top_view.h"

namespace bouncewatch {
namespace {

struct TopArguments {
  QueryPlace place;
  std::string by = "provider", sort = "failures";
  int interval_s = 2;
  bool once = false;
};

std::atomic<bool> stopped{false};

// Reads single keys without waiting for a line, and shows a screen of its own.
class Terminal {
 public:
  Terminal() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios raw = before_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    changed_ = ::tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
    Print("\x1b[?1049h\x1b[?25l");
  }
  ~Terminal() {
    Print("\x1b[?25h\x1b[?1049l");
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  static void Print(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  }
  // The next key within `timeout_ms`, 0 for none.
  static char Key(int timeout_ms) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    char key = 0;
    if (::poll(&input, 1, timeout_ms) <= 0) return 0;
    return ::read(STDIN_FILENO, &key, 1) == 1 ? key : 'q';  // the end of input ends it too
  }

 private:
  termios before_{};
  bool changed_ = false;
};

void Measure(TopState* state) {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return;
  state->rows = size.ws_row;
  state->columns = size.ws_col;
}

QueryWords WordsOf(const QuerySpec& spec) {
  QueryWords words;
  words.by = KeyName(spec.by[0]);
  for (const KeyFilter& filter : spec.where) {
    std::string text = absl::StrFormat("%s=", KeyName(filter.key));
    for (size_t i = 0; i < filter.values.size(); ++i) text += (i > 0 ? "," : "") + filter.values[i];
    words.where.push_back(text);
  }
  words.from = std::to_string(spec.from_s);
  words.to = std::to_string(spec.to_s);
  words.step = spec.step_s == 0 ? "all" : "1m";
  words.sort = ColumnName(spec.sort);
  words.limit = std::to_string(spec.limit);
  return words;
}

absl::StatusOr<std::string> Draw(const TopState& state, QueryClient* client) {
  const int64_t now_s = std::time(nullptr);
  const QuerySpec table_query = TopTableQuery(state, now_s);
  ASSIGN_OR_RETURN(const QueryResult table, client->Ask(WordsOf(table_query), table_query));
  QueryResult minutes;
  if (!table.series.empty()) {
    const QuerySpec minutes_query = TopMinutesQuery(state, table, now_s);
    ASSIGN_OR_RETURN(minutes, client->Ask(WordsOf(minutes_query), minutes_query));
  }
  return DrawTop(state, table, minutes, now_s);
}

int Follow(TopState state, int interval_s, QueryClient* client) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action {};
    action.sa_handler = [](int) { stopped = true; };
    ::sigaction(signal, &action, nullptr);
  }
  state.colours = std::getenv("NO_COLOR") == nullptr;
  const Terminal terminal;
  while (!stopped) {
    Measure(&state);
    const absl::StatusOr<std::string> text = Draw(state, client);
    Terminal::Print("\x1b[H\x1b[2J" + (text.ok() ? *text : std::string(text.status().message()) + "\n"));
    const char key = Terminal::Key(interval_s * 1000);
    if (key == 'q') break;
    ApplyTopKey(key, &state);
  }
  return kExitDone;
}

int RunTop(const TopArguments& arguments) {
  TopState state;
  const std::optional<Key> by = FindKey(arguments.by);
  const std::optional<RankBy> sort = FindColumn(arguments.sort);
  if (!by.has_value() || !sort.has_value()) return Fail("--by takes a key, --sort a column", kExitUsage);
  state.by = *by;
  state.sort = *sort;
  QueryClient client(arguments.place);
  if (!arguments.once && ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1) {
    return Follow(state, arguments.interval_s, &client);
  }
  const absl::StatusOr<std::string> text = Draw(state, &client);
  if (!text.ok()) return Fail(text.status());
  Terminal::Print(*text);
  return kExitDone;
}

}  // namespace

CommandBody SetUpTop(CLI::App* app) {
  auto arguments = std::make_shared<TopArguments>();
  app->add_option("--by", arguments->by, "Key of the rows: provider (default), cause, domain, ip, ...");
  app->add_option("--sort", arguments->sort, "Column to sort by: failures (default), attempts, ...");
  app->add_option("--interval", arguments->interval_s, "Seconds between two looks")
      ->check(CLI::Range(1, 3600));
  app->add_flag("--once", arguments->once, "Draw once and end, as without a terminal");
  AddPlaceOptions(app, &arguments->place);
  return [arguments] { return RunTop(*arguments); };
}

}  // namespace bouncewatch
