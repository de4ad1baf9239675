// Exim: mainlog lines, and the same through syslog, to DeliveryEvents.
//
//   2026-11-23 03:34:29[.368] [+0100] [[pid]] 1xVKp4-00000k-2s => addr R=r T=t H=host [ip] C="250 ok"
//
// "=>", "->" and ">>" are deliveries, "==" a deferral, "**" a failure, "<=" tells the sender, "Completed"
// ends the message. "retry time not reached" is no attempt (kEcho); "retry timeout exceeded" comes besides
// the last deferral (kExpired). Lines without a flag that name a host are attempts at lower MXs, summed up by
// the flagged line that follows; "*>" (delivery suppressed by -N) is none. Message ids: 6-6-2 characters,
// since 4.97 6-11-4.
//
// Sources: Exim 4.96 spec "Log files", src/deliver.c, src/log.c; lines of a real 4.96. What is remembered per
// message: the sender's domain. One thread.
#pragma once

#include <memory>
#include <string_view>

#include "classifier/decode/formats.h"

namespace bouncewatch {

std::unique_ptr<Decoder> NewEximDecoder(const DecoderOptions& options);
LineScore ScoreEximLine(std::string_view line);

}  // namespace bouncewatch
