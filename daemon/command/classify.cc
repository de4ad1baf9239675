#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/classifier.h"
#include "classifier/facts/fact_finder.h"
#include "classifier/status_macros.h"
#include "daemon/command/command.h"
#include "daemon/identity.h"
#include "daemon/rule_files.h"
#include "daemon/source/line_buffer.h"
#include "daemon/verdict_json.h"

namespace bouncewatch {
namespace {

enum class Form { kJson, kShort };

// Turns lines into answers. All but the facts depends on nothing but the verdict, so the last ones are kept
// by its serial.
class Answerer {
 public:
  Answerer(std::shared_ptr<const RuleSet> rules, Identity identity, Form form)
      : classifier_(rules), facts_(std::move(rules)), identity_(std::move(identity)), form_(form) {}

  void Answer(std::string_view line, std::string* out) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    const ReplyLine reply = ParseReplyLine(line, classifier_.rules().providers());
    const Verdict& verdict = classifier_.Classify(reply.text, reply.provider);
    Slot& slot = slots_[verdict.serial % slots_.size()];
    if (slot.serial != verdict.serial) {
      slot.serial = verdict.serial;
      slot.text.clear();
      Render(verdict, &slot.text);
    }
    *out += slot.text;
    if (form_ == Form::kJson) {
      AppendFactsJson(facts_.Find(reply.text, verdict), identity_, out);
      *out += '}';
    }
    *out += '\n';
  }

 private:
  struct Slot {
    uint64_t serial = 0;
    std::string text;
  };

  void Render(const Verdict& verdict, std::string* out) const {
    const RuleSet& rules = classifier_.rules();
    if (form_ == Form::kJson) {
      AppendVerdictHead(verdict, rules, out);
    } else {
      const std::string_view provider = rules.providers().name(verdict.provider);
      absl::StrAppendFormat(out, "%s\t%s\t%s", Causes()[verdict.cause].id,
                            verdict.rule == kNoRule ? "-" : rules.rules()[verdict.rule].id,
                            provider.empty() ? "-" : provider);
    }
  }

  Classifier classifier_;
  FactFinder facts_;
  Identity identity_;
  Form form_;
  std::array<Slot, 8192> slots_;
};

bool WriteAll(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

void AnswerAll(std::string_view lines, Answerer* answerer, std::string* out) {
  while (!lines.empty()) {
    const size_t end = lines.find('\n');
    answerer->Answer(lines.substr(0, end), out);
    lines.remove_prefix(end + 1);
  }
}

// Every line of input gets its line of output, also one that is too long to be a reply: it is answered as an
// empty one.
int Classify(Answerer* answerer) {
  LineBuffer buffer;
  std::string out;
  uint64_t too_long = 0;
  while (true) {
    const std::span<char> space = buffer.Space();
    const ssize_t n = ::read(STDIN_FILENO, space.data(), space.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Fail(absl::ErrnoToStatus(errno, "cannot read standard input"));
    buffer.Filled(static_cast<size_t>(n));
    out.clear();
    AnswerAll(n > 0 ? buffer.TakeLines() : buffer.TakeRest(), answerer, &out);
    for (; too_long < buffer.lines_too_long(); ++too_long) answerer->Answer("", &out);
    if (!WriteAll(out)) return Fail("cannot write to standard output");
    if (n == 0) return kExitDone;
  }
}

}  // namespace

CommandBody SetUpClassify(CLI::App* app) {
  auto json = std::make_shared<bool>(false);
  auto config = std::make_shared<std::string>();
  app->add_flag("--json", *json, "Print JSON on a terminal too; elsewhere it always is");
  app->add_option("--config", *config,
                  "Configuration file, for [rules], and for [identity], which tells what is ours");
  app->footer(
      "Each line of input is a reply, or {\"text\": ..., \"provider\": ..., \"relay\": ...}. Each line of "
      "output is its "
      "verdict as JSON; on a terminal: cause, rule and provider.");
  return [json, config]() -> int {
    absl::StatusOr<Identity> identity = Identity::Load(*config);
    if (!identity.ok()) return Fail(identity.status());
    absl::StatusOr<std::shared_ptr<const RuleSet>> rules = LoadConfiguredRules(*config);
    if (!rules.ok()) return Fail(rules.status());
    const bool terminal = ::isatty(STDOUT_FILENO) == 1;
    const auto answerer = std::make_unique<Answerer>(*std::move(rules), *std::move(identity),
                                                     *json || !terminal ? Form::kJson : Form::kShort);
    return Classify(answerer.get());
  };
}

}  // namespace bouncewatch
