// PowerMTA: the accounting file, CSV with a header line at the front of every file, to DeliveryEvents.
//
// Columns are found by the names in the header, never by place: they differ by version and configuration. The
// header and an unfinished record (a quoted field may hold newlines) are part of the file's position
// (FileState::notes). A record without a header before it, or with another number of fields than the header,
// is counted and left out. What breaks the rules of quoting costs its first line; reading goes on behind it.
//
//   type   event
//   d      delivered
//   b      bounced; expired when bounceCat is message-expired, or the status is x.4.7 and no server spoke
//   t      deferred: one recipient's attempt
//   tq     deferred: a whole queue's, no server was reached; the domain is the queue's where none is named
//   rb rs  a bounce or status report that came back by mail: counted as out-of-band
//   f      a complaint: counted as out-of-band
//   r p    received, and handed to a pipe: nothing
//
// Fields: PowerMTA user's guide, "Accounting", 4.0 to 5.5. One thread.
#pragma once

#include <memory>

#include "classifier/decode/formats.h"

namespace bouncewatch {

std::unique_ptr<Decoder> NewPowerMtaDecoder(const DecoderOptions& options);
LineScore ScorePowerMtaLine(std::string_view line);  // see Format::score_line

}  // namespace bouncewatch
