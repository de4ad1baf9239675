// OpenSMTPD: mail log lines in every syslog form to DeliveryEvents.
//
//   SID mta delivery evpid=E from=<s> to=<a> rcpt=<-> source="192.0.2.1" relay="ip (name)" delay=0s
//       result="Ok|TempFail|PermFail" stat="550 5.7.1 ..."           since 6.4; "mta event=delivery" before
//   SID mda delivery evpid=E from=<s> to=<a> rcpt=<b> user=u delay=0s result=Ok stat=Delivered
//   relay: Expire for E: from=<s>, to=<a>, rcpt=<->, delay=4d, stat=Envelope expired
//
// Every line names sender and recipient, so nothing is remembered. A rejecting banner is logged on a line
// that names no recipient, and the delivery line says "Network error on destination MXs" only: who said what
// cannot be joined, so these count as local failures. Sources: OpenSMTPD 6.8 smtpd/mta.c (mta_log), mda.c,
// queue.c; lines of a real 6.8.0p2. One thread.
#pragma once

#include <memory>
#include <string_view>

#include "classifier/decode/formats.h"

namespace bouncewatch {

std::unique_ptr<Decoder> NewOpenSmtpdDecoder(const DecoderOptions& options);
LineScore ScoreOpenSmtpdLine(std::string_view line);

}  // namespace bouncewatch
