// The commonest Postfix lines in a few wide comparisons: nine of ten delivery and from= lines have the same
// fields in the same order. What these functions read, the general ones (postfix_body.h, PostfixDecoder) read
// alike; whatever has another shape they leave to those. fuzz_postfix compares the two. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "classifier/decode/decoder.h"

namespace bouncewatch {

// So many bytes behind the line must be readable; they do not matter.
inline constexpr ptrdiff_t kCommonSlack = 160;

// "addr>, relay=R, [conn_use=N, ]delay=D, delays=a/b/c/d, [tls=.., ]dsn=x.y.z, status=S (reason)" at p, up to
// `line_end`. As ParsePostfixBody. False: another shape, *event is as it was.
bool ParseCommonBody(const char* p, const char* line_end, DeliveryEvent* event, std::string_view* recipient);

// "addr>, size=282, nrcpt=1 (queue active)" at p, up to `line_end`. False: another shape.
bool ParseCommonFrom(const char* p, const char* line_end, std::string_view* sender_domain,
                     uint32_t* recipients);

}  // namespace bouncewatch
