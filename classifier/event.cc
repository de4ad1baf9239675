#include "classifier/event.h"

#include <cstddef>

namespace bouncewatch {

std::string_view OutcomeName(Outcome outcome) {
  constexpr std::string_view kNames[] = {"delivered", "deferred",    "bounced",   "expired", "echo",
                                         "probe",     "out-of-band", "complaint", "dropped"};
  static_assert(std::size(kNames) == kOutcomeCount);
  return kNames[static_cast<size_t>(outcome)];
}

std::string_view OriginName(Origin origin) {
  constexpr std::string_view kNames[] = {"remote", "local", "provider"};
  return kNames[static_cast<size_t>(origin)];
}

std::string_view PhaseName(Phase phase) {
  constexpr std::string_view kNames[] = {"unknown", "connect", "helo", "starttls",  "auth",
                                         "mail",    "rcpt",    "data", "end-of-data"};
  static_assert(std::size(kNames) == kPhaseCount);
  return kNames[static_cast<size_t>(phase)];
}

}  // namespace bouncewatch
