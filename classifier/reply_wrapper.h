// Wrappers: the words that a server or a log puts around a reply that it was given itself, such as
// "host mx.example.org[192.0.2.1] said: 550 5.1.1 unknown". Pure functions over any bytes, linear in the
// text.
#pragma once

#include <cstddef>
#include <string_view>

#include "classifier/event.h"

namespace bouncewatch {

struct Wrapper {
  size_t inner = 0;                     // where the quoted reply begins; 0: there is no wrapper
  size_t end = std::string_view::npos;  // where it ends
  Phase phase = Phase::kUnknown;        // the stage at which it was given, when the words tell
};

// The outermost wrapper of the text.
Wrapper FindWrapper(std::string_view text);

// Whether the wrapper quotes a server that was asked about the *sender*. What it said is no verdict on the
// recipient, and its code belongs to no delivery: such a reply stays closed.
bool IsSenderVerification(std::string_view text, const Wrapper& wrapper);

}  // namespace bouncewatch
