// The files of haraka-plugin-accounting-files: one record a line, fields parted by a tab (or another
// character), the names of the fields in the first line of every file. index.js of its release 0.7.0.
//
//   type  timeLogged  timeQueued  rcpt  srcMta  srcIp  vmta  jobId  dsnStatus  dsnMsg
//
// The plugin writes one record per domain of a message and names only the first recipient. Nothing is quoted.
// Pure.
#pragma once

#include <string>
#include <string_view>

#include "classifier/decode/civil_stamp.h"
#include "classifier/decode/decoder.h"
#include "classifier/decode/text_arena.h"

namespace bouncewatch {

// Whether `line` names fields, and so begins a file.
bool IsHarakaHeader(std::string_view line);

enum class HarakaRecord : uint8_t { kEvent, kBadStamp, kBadRecord };

// Reads a record of a file that began with `header`. Views point into `line` or *arena.
HarakaRecord ParseHarakaRecord(std::string_view header, std::string_view line, CivilStampParser* stamp,
                               TextArena* arena, DeliveryEvent* event);

}  // namespace bouncewatch
