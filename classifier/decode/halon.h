// Halon: what a post-delivery script writes, one JSON object a line, to DeliveryEvents.
//
// The names are the script author's. A field map says where each field of an event stands: a list of paths
// with dots between the steps ("attempt.result.code"), of which the first that is there and not null counts.
// Fields that the map given does not name keep their default, which suits the scripts that Halon publishes.
//
//   time              Unix time in s, ms, us or ns, or ISO 8601
//   outcome           a word: delivered, deferred, bounced and what scripts write for them (see halon.cc)
//   temporary         true or false: of a failure
//   code, enhanced    of the reply; enhanced as text or as three numbers
//   reason            the reply's text, or a list of its lines
//   error             text: no reply, what went wrong on our side
//   phase             the SMTP command or state
//   source_ip, relay_ip, relay_host, host, id, customer
//   sender, recipient: addresses; recipient_domain: used where there is no recipient
//
// The outcome is that of its word where the word settles it, else of the reply's code, else of `temporary`.
// Lines without any of them are counted as bad-status. One thread.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "classifier/decode/formats.h"

namespace bouncewatch {

// The field names that a map may have, in the order above.
std::span<const std::string_view> HalonFields();
// The paths that are looked at when the map does not say.
const FieldMap& DefaultHalonFields();

inline constexpr size_t kFieldPathsMax = 8;   // of one field
inline constexpr size_t kFieldStepsMax = 16;  // of one path

// Names and paths beyond these limits are passed over; the configuration refuses them.
std::unique_ptr<Decoder> NewHalonDecoder(const DecoderOptions& options);
LineScore ScoreHalonLine(std::string_view line);  // see Format::score_line; knows the default map only

}  // namespace bouncewatch
