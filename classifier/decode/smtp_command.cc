#include "classifier/decode/smtp_command.h"

#include "classifier/text.h"

namespace bouncewatch {

Phase PhaseOfCommand(std::string_view command) {
  struct Word {
    std::string_view text;
    Phase phase;
  };
  static constexpr Word kWords[] = {
      {"RCPT", Phase::kRcpt},         {"MAIL", Phase::kMail},      {"DATA", Phase::kData},
      {".", Phase::kEndOfData},       {"EOD", Phase::kEndOfData},  {"BDAT", Phase::kEndOfData},
      {"EHLO", Phase::kHelo},         {"HELO", Phase::kHelo},      {"LHLO", Phase::kHelo},
      {"STARTTLS", Phase::kStartTls}, {"TLS", Phase::kStartTls},   {"AUTH", Phase::kAuth},
      {"CONNECT", Phase::kConnect},   {"BANNER", Phase::kConnect},
  };
  const std::string_view word = command.substr(0, command.find_first_of(" :\r\n"));
  for (const Word& known : kWords) {
    if (EqualsIgnoreCase(word, known.text)) return known.phase;
  }
  return Phase::kUnknown;
}

}  // namespace bouncewatch
