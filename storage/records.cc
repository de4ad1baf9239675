#include "storage/records.h"

#include "absl/strings/str_format.h"
#include "storage/coding.h"

namespace bouncewatch {

std::string EncodeMeta(const Meta& meta) {
  std::string out(1, static_cast<char>(meta.format));
  PutFixed(&out, meta.hash_seed);
  PutVarint(&out, meta.commit);
  PutVarint(&out, static_cast<uint64_t>(meta.newest_event_s));
  for (uint32_t id : meta.next_id) PutVarint(&out, id);
  for (uint32_t id : meta.indexed_id) PutVarint(&out, id);
  if (meta.format == kFormatWithoutMarginals) return out;
  for (uint32_t number : {meta.minutes_from_hour, meta.hours_from_hour, meta.days_from_day, meta.days_closed,
                          meta.closing_to, meta.closing_marginal, meta.closing_part}) {
    PutVarint(&out, number);
  }
  return out;
}

absl::StatusOr<Meta> DecodeMeta(std::string_view bytes) {
  Input in(bytes);
  uint8_t format = 0;
  if (!in.Fixed(&format)) return absl::DataLossError("store: the meta record is empty");
  if (format != kStoreFormat && format != kFormatWithoutMarginals) {
    return absl::DataLossError(
        absl::StrFormat("store: written in format %d; this build reads formats %d to %d", format,
                        kFormatWithoutMarginals, kStoreFormat));
  }
  Meta meta;
  meta.format = format;
  uint64_t newest = 0;
  bool good = in.Fixed(&meta.hash_seed) && in.Varint(&meta.commit) && in.Varint(&newest);
  for (uint32_t& id : meta.next_id) good = good && in.Varint(&id) && id > 0;
  for (size_t i = 0; i < kKindCount; ++i) {
    uint32_t& id = meta.indexed_id[i];
    good = good && in.Varint(&id) && id > 0 && id <= meta.next_id[i];
  }
  if (format != kFormatWithoutMarginals) {
    for (uint32_t* number :
         {&meta.minutes_from_hour, &meta.hours_from_hour, &meta.days_from_day, &meta.days_closed,
          &meta.closing_to, &meta.closing_marginal, &meta.closing_part}) {
      good = good && in.Varint(number);
    }
  }
  if (!good || !in.empty() || newest > INT64_MAX) return absl::DataLossError("store: damaged meta record");
  meta.newest_event_s = static_cast<int64_t>(newest);
  return meta;
}

std::string EncodeLane(const LaneRecord& lane) {
  std::string out;
  for (uint32_t id : {lane.ip, lane.sender, lane.customer, lane.host}) PutVarint(&out, id);
  return out;
}

std::optional<LaneRecord> DecodeLane(std::string_view bytes) {
  Input in(bytes);
  LaneRecord lane;
  if (!in.Varint(&lane.ip) || !in.Varint(&lane.sender) || !in.Varint(&lane.customer) ||
      !in.Varint(&lane.host)) {
    return {};
  }
  if (!in.empty()) return {};
  return lane;
}

std::string EncodeAnswer(const AnswerRecord& answer) {
  std::string out;
  PutVarint(&out, answer.template_id);
  PutVarint(&out, answer.provider);
  PutVarint(&out, answer.enhanced);
  PutVarint(&out, answer.code);
  PutFixed(&out, answer.outcome);
  PutFixed(&out, answer.origin);
  PutFixed(&out, answer.phase);
  PutBytes(&out, answer.cause);
  return out;
}

std::optional<AnswerRecord> DecodeAnswer(std::string_view bytes) {
  Input in(bytes);
  AnswerRecord answer;
  uint32_t code = 0;
  uint8_t outcome = 0, origin = 0, phase = 0;
  if (!in.Varint(&answer.template_id) || !in.Varint(&answer.provider) || !in.Varint(&answer.enhanced) ||
      !in.Varint(&code) || code > UINT16_MAX || !in.Fixed(&outcome) || !in.Fixed(&origin) ||
      !in.Fixed(&phase) || !in.Bytes(&answer.cause) || !in.empty()) {
    return {};
  }
  if (outcome >= kOutcomeCount || origin > static_cast<uint8_t>(Origin::kProvider) || phase >= kPhaseCount) {
    return {};
  }
  answer.code = static_cast<uint16_t>(code);
  answer.outcome = static_cast<Outcome>(outcome);
  answer.origin = static_cast<Origin>(origin);
  answer.phase = static_cast<Phase>(phase);
  return answer;
}

std::string EncodeTemplate(const StoredTemplate& stored) {
  std::string out;
  PutFixed(&out, stored.id);
  PutBytes(&out, stored.text);
  PutBytes(&out, stored.rule);
  PutBytes(&out, stored.example);
  return out;
}

std::optional<StoredTemplate> DecodeTemplate(std::string_view bytes) {
  Input in(bytes);
  StoredTemplate stored;
  if (!in.Fixed(&stored.id) || !in.Bytes(&stored.text) || !in.Bytes(&stored.rule)) return {};
  if (!in.empty() && (!in.Bytes(&stored.example) || !in.empty())) return {};
  return stored;
}

std::string EncodeIndex(uint32_t id) {
  std::string out;
  PutFixed(&out, id);
  return out;
}

std::optional<uint32_t> DecodeIndex(std::string_view bytes) {
  Input in(bytes);
  uint32_t id = 0;
  if (!in.Fixed(&id) || id == 0 || !in.empty()) return {};
  return id;
}

std::string EncodePage(std::span<const uint32_t> sizes, std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + 2 * sizes.size() + 2);
  PutVarint(&out, sizes.size());
  for (uint32_t size : sizes) PutVarint(&out, size);
  out.append(bytes);
  return out;
}

std::optional<std::vector<std::string_view>> DecodePage(std::string_view bytes) {
  Input in(bytes);
  uint64_t count = 0;
  if (!in.Varint(&count) || count > kPageEntriesMax) return {};
  std::vector<uint64_t> sizes(count);
  for (uint64_t& size : sizes) {
    if (!in.Varint(&size)) return {};
  }
  std::vector<std::string_view> entries(count);
  for (size_t i = 0; i < count; ++i) {
    if (!in.Take(sizes[i], &entries[i])) return {};
  }
  if (!in.empty()) return {};
  return entries;
}

}  // namespace bouncewatch
