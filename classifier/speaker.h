// Speaker: on whose behalf a reply was said. It decides whose door to knock on, and whose rate a failure may
// count in: a smarthost that suspends its own customer says nothing about the receiver. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "classifier/reply.h"
#include "classifier/taxonomy.h"

namespace bouncewatch {

enum class Speaker : uint8_t {
  kReceiver,        // the receiving side: its server, its filter, its policy
  kRecipientRule,   // a rule that the recipient or its organisation made; the provider's postmaster cannot
                    // help
  kBrokenReceiver,  // the receiving side is out of order and says what is not so ("open resolver" of a
                    // blocklist)
  kOwnRelay,        // our own smarthost, tenant or sending service, about us
  kOwnMta,          // our own MTA: no server said this
};
inline constexpr int kSpeakerCount = 5;

std::string_view SpeakerName(Speaker speaker);  // "receiver", "recipient-rule", ...

// From the cause, and from what only the reply tells: whether a server said it at all, and marks of
// recipients' rules.
Speaker SpeakerOf(CauseIndex cause, const Reply& reply);

}  // namespace bouncewatch
