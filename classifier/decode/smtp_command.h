// The SMTP command a reply answered, as logs name it, to the phase of the session.
#pragma once

#include <string_view>

#include "classifier/event.h"

namespace bouncewatch {

// `command`: a command with or without its arguments ("RCPT TO:<a@b>", "mail", "."), or the name of a state
// ("CONNECT", "BANNER", "EOD"). Case does not matter. kUnknown when it is none of these.
Phase PhaseOfCommand(std::string_view command);

}  // namespace bouncewatch
