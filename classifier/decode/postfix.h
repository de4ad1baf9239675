// Postfix: mail log lines of every writer (postlogd, rsyslog in its forms, journald's exports) to
// DeliveryEvents.
//
// Does not go line by line: one vectorised scan finds ` to=<` and ` from=<`, steps back to the line's start
// and reads fields from there; lines without either are only counted. A delivery line is known by its body
// ("QID: to=<..>, ... status=..."), never by the daemon's name, which some writers cut. The sender domain
// comes from the queue manager's line of the same queue id (QueueTable).
//
// Formats: Postfix 3.7 src/global/log_adhoc.c (delivery line), src/qmgr (from= line), src/util/msg_logger.c
// (cuts every message at 2000 bytes, so a line may end anywhere). One thread.
#pragma once

#include <memory>

#include "absl/time/time.h"
#include "classifier/decode/formats.h"

namespace bouncewatch {

struct PostfixOptions {
  absl::TimeZone timezone = absl::UTCTimeZone();  // of stamps without a zone
  uint64_t hash_seed = 0;        // secret of this installation; must not change with the saved state
  size_t queue_slots = 1 << 17;  // queue ids remembered; 16 bytes each
};

std::unique_ptr<Decoder> NewPostfixDecoder(const PostfixOptions& options);
LineScore ScorePostfixLine(std::string_view line);  // see Format::score_line

}  // namespace bouncewatch
