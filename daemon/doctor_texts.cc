#include "daemon/doctor_texts.h"

#include <algorithm>
#include <charconv>

#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view Strip(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// Calls `line` with every line that is no comment, stripped; lines that end in a backslash are joined.
template <typename Function>
void ForEachLine(std::string_view text, const Function& function) {
  std::string joined;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = Strip(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line[0] == '#') continue;
    const bool goes_on = line.back() == '\\';
    if (goes_on) line.remove_suffix(1);
    joined += line;
    if (goes_on) continue;
    function(std::string_view(joined));
    joined.clear();
  }
}

// Words between blanks; quotes hold a word together.
std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  while (!(text = Strip(text)).empty()) {
    const bool quoted = text[0] == '"' || text[0] == '\'';
    const size_t begin = quoted ? 1 : 0;
    const size_t end = std::min(quoted ? text.find(text[0], 1) : text.find_first_of(kBlanks), text.size());
    words.emplace_back(text.substr(begin, end - begin));
    text.remove_prefix(std::min(end + begin, text.size()));
  }
  return words;
}

std::optional<uint64_t> Number(std::string_view text) {
  uint64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

// systemd.time(7), as far as anybody writes it here: "30", "30s", "5min", "1h".
std::optional<uint64_t> Seconds(std::string_view text) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::optional<uint64_t> value = Number(text.substr(0, digits));
  const std::string_view unit = Strip(text.substr(digits));
  if (!value) return std::nullopt;
  if (unit.empty() || unit == "s" || unit == "sec") return value;
  if (unit == "ms") return *value == 0 ? 0 : std::max<uint64_t>(1, *value / 1000);
  if (unit == "min" || unit == "m") return *value * 60;
  if (unit == "h" || unit == "hour") return *value * 3600;
  return std::nullopt;
}

}  // namespace

std::vector<std::string> CopyTruncatedPaths(std::string_view logrotate, bool* by_default) {
  std::vector<std::string> found, pending, block;
  bool inside = false, copies = false, script = false;
  ForEachLine(logrotate, [&](std::string_view line) {
    // A script's lines are not logrotate's.
    const std::vector<std::string> words = Words(line);
    if (words.empty()) return;
    if (script) {
      script = words[0] != "endscript";
      return;
    }
    script = words[0] == "postrotate" || words[0] == "prerotate" || words[0] == "firstaction" ||
             words[0] == "lastaction" || words[0] == "preremove";
    for (std::string word : words) {
      const bool opens = word.ends_with('{');
      if (opens) word.pop_back();
      if (!inside && word.starts_with('/')) pending.push_back(word);
      if (word == "copytruncate" || word == "nocopytruncate") {
        (inside ? copies : *by_default) = word == "copytruncate";
      }
      if (opens) {
        inside = true;
        copies = *by_default;
        block = std::move(pending);
        pending.clear();
      }
      if (word == "}" && inside) {
        if (copies) found.insert(found.end(), block.begin(), block.end());
        inside = false;
      }
    }
  });
  return found;
}

std::vector<std::string> AccountingWithoutTransients(std::string_view pmta) {
  std::vector<std::string> found;
  std::string file;
  bool transients = false;
  ForEachLine(pmta, [&](std::string_view line) {
    const std::vector<std::string> words = Words(line);
    if (words.empty()) return;
    if (words[0] == "<acct-file" && words.size() > 1) {
      file = words[1].substr(0, words[1].find('>'));
      transients = false;
    } else if (words[0] == "records" && !file.empty()) {
      std::string types(line.substr(words[0].size()));
      std::replace(types.begin(), types.end(), ',', ' ');
      const std::vector<std::string> each = Words(types);
      transients = std::any_of(each.begin(), each.end(),
                               [](const std::string& type) { return type == "t" || type == "*"; });
    } else if (words[0] == "</acct-file>" && !file.empty()) {
      if (!transients) found.push_back(file);
      file.clear();
    }
  });
  return found;
}

std::optional<bool> EximLogsInterface(std::string_view exim) {
  std::optional<bool> logs;
  ForEachLine(exim, [&](std::string_view line) {
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos) return;
    std::string_view name = line.substr(0, equals);
    if (name.ends_with('=')) name.remove_suffix(1);  // "MACRO == value" sets it anew
    name = Strip(name);
    if (name != "log_selector" && !name.ends_with("LOG_SELECTOR")) return;
    for (const std::string& word : Words(line.substr(equals + 1))) {
      if (word == "+incoming_interface" || word == "+all") logs = true;
      if (word == "-incoming_interface" || word == "-all") logs = false;
    }
    if (!logs) logs = false;
  });
  return logs;
}

void ReadJournalLimit(std::string_view journald, JournalLimit* limit) {
  ForEachLine(journald, [&](std::string_view line) {
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos) return;
    const std::string_view name = Strip(line.substr(0, equals)), value = Strip(line.substr(equals + 1));
    if (name == "RateLimitBurst") limit->burst = Number(value);
    if (name == "RateLimitIntervalSec" || name == "RateLimitInterval") limit->interval_s = Seconds(value);
  });
}

}  // namespace bouncewatch
