// The body of an Exim delivery line, from behind its flag ("=>", "->", ">>", "==", "**") to the end of the
// line:
//
//   addr [<orig>] [F=<s>] [P=<rp>] R=r T=t [S=n] H=host [ip][:port] [I=[ip]:port] [X=..] [CV=..] [C=".."]
//   [QT=..] [DT=..]                                                     delivered; which fields, log_selector
//   says addr [<orig>] R=r T=t defer (N)[: errno text][ H=host [ip]][: text][ DT=..]      deferred addr
//   [<orig>] R=r T=t H=host [ip]: text[ DT=..]                                  failed
//
// Fields that are not known are skipped. Exim 4.96 src/deliver.c (delivery_log, deferral_log, failure_log),
// src/retry.c ("retry timeout exceeded"), macros.h (the numbers). Pure.
#pragma once

#include <string_view>

#include "classifier/decode/decoder.h"
#include "classifier/decode/text_arena.h"

namespace bouncewatch {

struct EximBody {
  std::string_view recipient;
  std::string_view sender;  // the address in F=<>
  bool has_sender = false;
};

// Fills everything of *event that the body tells; event->outcome holds what the flag says and may become
// kEcho or kExpired. Views point into `text` or *arena. False: no address in it.
bool ParseEximBody(std::string_view text, TextArena* arena, DeliveryEvent* event, EximBody* body);

// Takes the address at the front of *text, quoted local part and all, up to the blank behind it or the end.
std::string_view ConsumeEximAddress(std::string_view* text);

}  // namespace bouncewatch
