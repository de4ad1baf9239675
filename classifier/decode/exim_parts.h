// Exim cuts what it hands to syslog into parts: at about 870 bytes "[1/3] ...", "[2/3] ...", at a line end
// within a record "[1\2] ...". The parts of one process come in order, those of several may mix. src/log.c
// (write_syslog).
//
// Pure functions on the notes that are kept with the file's position.
#pragma once

#include <string>
#include <string_view>

#include "classifier/decode/text_arena.h"

namespace bouncewatch {

enum class EximPart : uint8_t {
  kWhole,    // not a part: *record is `body`
  kWaiting,  // kept; more is to come
  kJoined,   // *record is complete, or as complete as it will ever be
  kStray,    // a later part whose beginning was not seen
};

// `pid` tells one process from another; `notes` holds the parts that wait, at most 64 KiB. A record that
// waits when another of its process begins, or when too many wait, comes out unfinished.
EximPart JoinEximParts(std::string_view pid, std::string_view body, std::string* notes, TextArena* arena,
                       std::string_view* record);

}  // namespace bouncewatch
