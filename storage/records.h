// The values of the store that are not rows: the meta record, and the dictionaries' entries that are not
// plain names.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "classifier/event.h"
#include "storage/keys.h"

namespace bouncewatch {

inline constexpr uint8_t kStoreFormat = 2;
inline constexpr uint8_t kFormatWithoutMarginals = 1;  // still read; the writer brings it to kStoreFormat

struct Meta {
  uint8_t format = kStoreFormat;
  uint64_t hash_seed = 0;
  uint64_t commit = 0;         // number of the last commit that landed
  int64_t newest_event_s = 0;  // event-time watermark
  std::array<uint32_t, kKindCount> next_id = {1, 1, 1, 1, 1, 1, 1, 1, 1};
  std::array<uint32_t, kKindCount> indexed_id = {1, 1, 1, 1, 1, 1, 1, 1, 1};  // ids below are in the index

  // --- What is kept at which resolution; format 2 ---
  // Below these numbers blocks, hour marginals and day marginals may be missing; 0: nothing was ever dropped.
  uint32_t minutes_from_hour = 0, hours_from_hour = 0, days_from_day = 0;
  // Days below this number have day marginals that hold all that is folded.
  uint32_t days_closed = 0;
  // While days up to `closing_to` are being closed: the marginal and part that come next. Parts before have
  // been done.
  uint32_t closing_to = 0, closing_marginal = 0, closing_part = 0;

  // Whether the day marginal of this part takes what is folded from now on.
  bool DayIsClosed(Marginal marginal, uint32_t part, uint32_t day) const {
    if (day < days_closed) return true;
    const uint32_t number = static_cast<uint32_t>(marginal);
    return day < closing_to &&
           (number < closing_marginal || (number == closing_marginal && part < closing_part));
  }
};
std::string EncodeMeta(const Meta& meta);
// DataLoss: damaged, or of a newer build.
absl::StatusOr<Meta> DecodeMeta(std::string_view bytes);

// All ids are of the store. Id 0 of any dictionary is the empty entry and is not stored.
struct LaneRecord {
  uint32_t ip = 0, sender = 0, customer = 0, host = 0;
};
struct AnswerRecord {
  uint32_t template_id = 0, provider = 0, enhanced = 0;
  uint16_t code = 0;
  Outcome outcome = Outcome::kDelivered;
  Origin origin = Origin::kLocal;
  Phase phase = Phase::kUnknown;
  std::string_view cause;  // its id: numbers of causes change between builds
};
struct StoredTemplate {
  uint64_t id = 0;
  std::string_view text = {}, rule = {};
  std::string_view example = {};  // a reply of it, redacted; "" in entries of earlier builds
};
// An entry is known by its bytes; a template by its id alone, which comes first.
inline constexpr size_t kTemplateIdentitySize = 8;
std::string EncodeLane(const LaneRecord& lane);
std::string EncodeAnswer(const AnswerRecord& answer);
std::string EncodeTemplate(const StoredTemplate& stored);
// nullopt: damaged. Views point into `bytes`.
std::optional<LaneRecord> DecodeLane(std::string_view bytes);
std::optional<AnswerRecord> DecodeAnswer(std::string_view bytes);
std::optional<StoredTemplate> DecodeTemplate(std::string_view bytes);

// What the index says of an entry: its id, never 0.
std::string EncodeIndex(uint32_t id);
std::optional<uint32_t> DecodeIndex(std::string_view bytes);

// A page: entries with consecutive ids. Few large values cost a commit less than many small ones.
inline constexpr size_t kPageEntriesMax = 128;
// `bytes`: the entries one after another, of these sizes.
std::string EncodePage(std::span<const uint32_t> sizes, std::string_view bytes);
std::optional<std::vector<std::string_view>> DecodePage(std::string_view bytes);

}  // namespace bouncewatch
