// Haraka: its log in the default format, and the files of haraka-plugin-accounting-files, to DeliveryEvents.
//
//   [ISO stamp] [NOTICE] [UUID.t.r] [outbound] recipient <a> rejected: 550 5.7.1 ..    one recipient
//   .. delivered file=.. domain=.. host=.. ip=.. response=".." rcpts=ok/deferred/bounced
//   .. bouncing mail: 550 5.7.1 ..          all recipients of the domain, none is named
//   .. Temp failing FILE for N seconds: Upstream error: 421 ..
//
// The log names no recipient and no domain where the whole message failed. Both are joined: "[core] recipient
// <a> code=OK" told the recipients of transaction UUID.t in their order, and r counts its domains. "Tried all
// MXs" says nothing: the last failure of a host, logged just before, is told instead. "Too many failures
// (..)" is the last attempt and the end of the message. What stands in a log without stamps
// (`timestamps=false`, the default) is only readable behind a syslog header.
//
// Sources: Haraka 3.3.4 outbound/hmail.js, logger.js; lines of a real 3.3.4. One thread.
#pragma once

#include <memory>
#include <string_view>

#include "classifier/decode/formats.h"

namespace bouncewatch {

std::unique_ptr<Decoder> NewHarakaDecoder(const DecoderOptions& options);
LineScore ScoreHarakaLine(std::string_view line);

}  // namespace bouncewatch
