// Sendmail: mail log lines in every syslog form to DeliveryEvents.
//
//   Nov 23 03:45:29 mx7 sm-mta[93]: 6AN3jTcZ000091: to=<u@a.test>, delay=.., relay=.., dsn=.., reply=..,
//   stat=..
//
// One event per recipient of the line. The sender stands on the "from=" line of the same queue id; "QID:
// QID2: DSN:" tells that QID2 is a notice with the null sender. "Cannot send message for 5 days" ends a
// message without naming its recipients: those that were deferred expire. "sender notify: Warning" and
// "return to sender" are no attempts. Not logged by Sendmail, so not told: the stage of the session, our
// sending address.
//
// Sources: Sendmail 8.17 sendmail/deliver.c, savemail.c, queue.c; lines of a real 8.17.1.9. One thread.
#pragma once

#include <memory>
#include <string_view>

#include "classifier/decode/formats.h"

namespace bouncewatch {

std::unique_ptr<Decoder> NewSendmailDecoder(const DecoderOptions& options);
LineScore ScoreSendmailLine(std::string_view line);

}  // namespace bouncewatch
