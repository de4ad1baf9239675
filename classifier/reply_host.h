// Whose words follow: the server that a wrapper around a reply names. Pure, linear in the wrapper.
#pragma once

#include <string_view>

namespace bouncewatch {

struct NamedHost {
  std::string_view name;  // as written, without a trailing dot; "remote" when the words only say that it was
                          // another server; empty when they do not say
  std::string_view address;  // beside the name, as written; empty when there is none
};

// `wrapper` ends where the quoted reply begins: "host mx.example.org[192.0.2.1] said:". Views point into it.
NamedHost FindHost(std::string_view wrapper);

}  // namespace bouncewatch
