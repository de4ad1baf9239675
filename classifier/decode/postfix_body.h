// The body of a Postfix delivery line, from behind "to=<" to the end of the line:
//
//   addr>, [orig_to=<a>, ]relay=R, [conn_use=N, ]delay=D, delays=a/b/c/d, [tls=.., ]dsn=x.y.z, status=S
//   (reason)
//
// Keys that are not known are skipped. The line may be cut anywhere (Postfix cuts messages at 2000 bytes), so
// nothing is anchored on the closing bracket. Pure.
#pragma once

#include <string_view>

#include "classifier/decode/decoder.h"

namespace bouncewatch {

enum class BodyResult : uint8_t { kDelivery, kBadRecipient, kBadStatus };

// Fills everything of *event that the body tells and *recipient, the whole address. Views point into `body`.
BodyResult ParsePostfixBody(std::string_view body, DeliveryEvent* event, std::string_view* recipient);

// The words behind "status=S (", to the end of the line: sets reply, origin and phase, and the host that they
// name. event->outcome and what relay= said must be set already; a suspended delivery becomes kEcho.
void ReadPostfixReason(std::string_view reason, DeliveryEvent* event);

// Takes "addr>, " off the front of *text. False: no end of an address in it.
bool ConsumeAddress(std::string_view* text, std::string_view* address);

// The domain of an address: behind its last '@'; empty when there is none.
std::string_view AddressDomain(std::string_view address);

// The same of a sender: kNullSender when the address is empty.
std::string_view SenderDomain(std::string_view address);

}  // namespace bouncewatch
