#include "classifier/reply_phase.h"

#include <algorithm>

#include "classifier/text.h"

namespace bouncewatch {
namespace {

struct PhaseWord {
  std::string_view word;
  Phase phase;
};

// Longer words first where one begins another.
constexpr PhaseWord kPhaseWords[] = {
    {"MAIL", Phase::kMail},
    {"RCPT", Phase::kRcpt},
    {"DATA", Phase::kData},
    {"BDAT", Phase::kData},
    {"end of data", Phase::kEndOfData},
    {"pipelined end of data", Phase::kEndOfData},
    {"pipelined MAIL", Phase::kMail},
    {"pipelined RCPT", Phase::kRcpt},
    {"pipelined DATA", Phase::kData},
    {"sending MAIL", Phase::kMail},
    {"sending RCPT", Phase::kRcpt},
    {"sending DATA", Phase::kData},
    {"sending message body", Phase::kData},
    {"sending end of data", Phase::kEndOfData},
    {"message body", Phase::kEndOfData},
    {"initial connection", Phase::kConnect},
    {"receiving the initial server greeting", Phase::kConnect},
    {"EHLO", Phase::kHelo},
    {"HELO", Phase::kHelo},
    {"LHLO", Phase::kHelo},
    {"performing the EHLO", Phase::kHelo},
    {"performing the HELO", Phase::kHelo},
    {"performing the LHLO", Phase::kHelo},
    {"STARTTLS", Phase::kStartTls},
    {"AUTH", Phase::kAuth},
};

}  // namespace

Phase PhaseOf(std::string_view words) {
  for (const PhaseWord& entry : kPhaseWords) {
    if (StartsWithIgnoreCase(words, entry.word)) return entry.phase;
  }
  return Phase::kUnknown;
}

Phase CutInReplyTo(std::string_view* text, std::string* storage) {
  // Where something was cut out between two words they stay two: a name that nobody said must not arise.
  constexpr std::string_view kEndOfName = " ),;'\"";
  const auto append = [storage, kEndOfName](std::string_view piece) {
    const bool joined = !piece.empty() && kEndOfName.find(piece[0]) == std::string_view::npos;
    if (joined && !storage->empty()) storage->push_back(' ');
    storage->append(piece);
  };
  constexpr std::string_view kOpen = "(in reply to ";
  constexpr size_t kMaxCommand = 40;
  Phase phase = Phase::kUnknown;
  size_t copied = 0;
  for (size_t at = text->find(kOpen); at != std::string_view::npos;
       at = text->find(kOpen, std::max(at + 1, copied))) {
    const std::string_view rest = text->substr(at + kOpen.size());
    const size_t close = rest.substr(0, kMaxCommand).find(')');
    if (close == std::string_view::npos && rest.size() > kMaxCommand) continue;
    if (const Phase found = PhaseOf(rest); found != Phase::kUnknown) phase = found;
    append(text->substr(copied, at - copied));
    while (!storage->empty() && IsSpace(storage->back())) storage->pop_back();
    copied = close == std::string_view::npos ? text->size() : at + kOpen.size() + close + 1;
  }
  if (copied > 0) {
    append(text->substr(copied));
    *text = TrimSpace(*storage);
  }
  return phase;
}

Phase PhaseOfWhile(std::string_view text) {
  const size_t at = text.rfind(" while ");
  return at == std::string_view::npos ? Phase::kUnknown : PhaseOf(text.substr(at + 7));
}

}  // namespace bouncewatch
