// The body of a Sendmail delivery line, from behind "to=" to the end of the line:
//
//   <a>,<b>, [ctladdr=.., ]delay=.., xdelay=.., mailer=esmtp, pri=N, relay=mx. [ip], dsn=x.y.z, [reply=R,
//   ]stat=S
//
// `stat` is Sendmail's reading of the code, `reply` the first line of what the server said (since 8.14; cut
// in its middle at about 200 bytes). 8.17 sendmail/deliver.c (logdelivery, giveresponse). Pure.
#pragma once

#include <string_view>

#include "classifier/decode/decoder.h"
#include "classifier/decode/text_arena.h"

namespace bouncewatch {

enum class SendmailResult : uint8_t {
  kAttempt,
  kNoAttempt,     // queued, or handed to the daemon on this machine, which will log it again
  kBadRecipient,  // no end of the recipients
  kBadStatus,     // no stat=, or one that says nothing
};

// Fills what the body tells but the recipient in *event, and *recipients: the list, for
// ConsumeSendmailAddress. Views point into `text` or *arena.
SendmailResult ParseSendmailBody(std::string_view text, TextArena* arena, DeliveryEvent* event,
                                 std::string_view* recipients);

// Takes one address of a list "<a>,<b>" off the front of *list, without its brackets.
std::string_view ConsumeSendmailAddress(std::string_view* list);

}  // namespace bouncewatch
