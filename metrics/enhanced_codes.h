// Which enhanced status codes may be label values: those of the IANA registry and those large providers
// invented. Replies are hostile: there are two million well-formed codes, and every one could be a series.
#pragma once

#include "classifier/reply.h"

namespace bouncewatch {

// The class (4 or 5) does not matter: the registry allows any subject and detail with either.
bool IsKnownEnhancedCode(const EnhancedCode& code);

}  // namespace bouncewatch
