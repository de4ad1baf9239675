// Reply parser: takes the text that came back apart into code, enhanced code and words.
//
// Handles bare replies ("550 5.7.1 ..."), multi-line replies joined into one line ("550-5.7.26 a 550 5.7.26
// b"), wrappers of MTAs ("host mx[1.2.3.4] said: ...", "refused to talk to me:", "Remote host said:",
// "smtp;550 ...") and nested replies ("451 ... said: 554 5.7.1 ..."): the innermost reply carries the cause,
// the hops say who passed it on. RFC 5321 4.2 (codes), RFC 3463 (enhanced codes), RFC 2034 (their place in
// the reply). Pure functions; any bytes are allowed; nothing throws.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/event.h"

namespace bouncewatch {

// class.subject.detail, RFC 3463. Packed for storage; 0 means "none".
struct EnhancedCode {
  uint8_t klass = 0;     // 2, 4 or 5
  uint16_t subject = 0;  // 0..999
  uint16_t detail = 0;   // 0..999

  bool empty() const { return klass == 0; }
  uint32_t packed() const { return (uint32_t{klass} << 20) | (uint32_t{subject} << 10) | detail; }
  static EnhancedCode Unpack(uint32_t packed);
  std::string ToString() const;  // "5.7.1", or "" when empty
  bool operator==(const EnhancedCode&) const = default;
};

// Reads an enhanced code at the start of `text` ("5.7.1 ...", "5.7.26"); empty when there is none. On success
// `*length` is the number of bytes it takes. A longer run of digits and dots ("4.16.55.1") is no code.
EnhancedCode ParseEnhancedCode(std::string_view text, size_t* length);

// One server that passed the reply on, outermost first.
struct Hop {
  std::string speaker;  // who said what follows: a host's name or address, "remote" when the words only say
                        // that it was another server; empty when they do not say
  std::string address;  // beside the name; empty when there is none
  int code =
      0;  // what the server that quotes answered itself; 0: it is our own MTA's report, or says no code
  EnhancedCode enhanced;
  std::string text;  // the wrapper as written, without the inner reply
};

struct Reply {
  int code = 0;           // basic code 200..599 of the innermost reply, 0 when absent
  EnhancedCode enhanced;  // of the innermost reply
  Phase phase =
      Phase::kUnknown;  // from "(in reply to X command)", "after RCPT TO:", ... when the text says it
  std::string text;  // the innermost reply's words: codes at line starts removed, lines joined by one blank
  std::vector<Hop> hops;

  // The server that said the innermost reply; empty when no wrapper names it.
  std::string_view host() const;
};

// Parses any text. Work and memory are linear in text.size(); at most kMaxHops wrappers are opened.
inline constexpr size_t kMaxHops = 8;
Reply ParseReply(std::string_view text);

}  // namespace bouncewatch
