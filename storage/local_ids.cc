#include "storage/local_ids.h"

#include <array>
#include <cstring>
#include <utility>

#include "classifier/redact.h"

namespace bouncewatch {
namespace {

// Lanes and answers are interned by their bytes; a struct's padding must not take part.
using LaneBytes = std::array<char, 16>;
using AnswerBytes = std::array<char, 19>;

template <typename T>
char* Append(char* out, T value) {
  std::memcpy(out, &value, sizeof(value));
  return out + sizeof(value);
}

LaneBytes BytesOf(const LaneKey& lane) {
  LaneBytes bytes;
  char* out = bytes.data();
  for (uint32_t id : {lane.ip, lane.sender, lane.customer, lane.host}) out = Append(out, id);
  return bytes;
}

AnswerBytes BytesOf(const AnswerKey& answer) {
  AnswerBytes bytes;
  char* out = bytes.data();
  out = Append(out, answer.template_ref);
  out = Append(out, answer.provider);
  out = Append(out, answer.enhanced);
  out = Append(out, answer.code);
  out = Append(out, answer.cause);
  out = Append(out, answer.outcome);
  out = Append(out, answer.origin);
  Append(out, answer.phase);
  return bytes;
}

template <size_t kSize>
std::string_view View(const std::array<char, kSize>& bytes) {
  return {bytes.data(), bytes.size()};
}

}  // namespace

// Index 0 of every table is the value without content, as id 0 of a name is the empty name.
LocalIds::LocalIds(uint64_t seed) : seed_(seed), key_(seed) {
  lanes_.push_back({});
  answers_.push_back({});
  templates_.push_back({});
}

uint32_t LocalIds::Lane(const LaneKey& lane) {
  if (lane == LaneKey{}) return 0;
  const LaneBytes bytes = BytesOf(lane);
  const uint32_t id = lane_index_.Intern(View(bytes), HashName(View(bytes), key_));
  if (id == lanes_.size()) lanes_.push_back(lane);
  return id;
}

uint32_t LocalIds::Template(uint64_t template_id, std::string_view text, std::string_view rule,
                            std::string_view reply, std::string_view recipient) {
  if (template_id == 0) return 0;
  std::array<char, 8> bytes;
  Append(bytes.data(), template_id);
  const uint32_t id = template_index_.Intern(View(bytes), HashName(View(bytes), key_));
  if (id == templates_.size()) {
    std::string example = Redact(reply, recipient);
    template_bytes_ += sizeof(TemplateRecord) + text.size() + rule.size() + example.size();
    templates_.push_back({template_id, std::string(text), std::string(rule), std::move(example)});
  }
  return id;
}

uint32_t LocalIds::Answer(const AnswerKey& answer) {
  if (answer == AnswerKey{}) return 0;
  const AnswerBytes bytes = BytesOf(answer);
  const uint32_t id = answer_index_.Intern(View(bytes), HashName(View(bytes), key_));
  if (id == answers_.size()) answers_.push_back(answer);
  return id;
}

LocalIds::Sizes LocalIds::sizes() const {
  Sizes sizes;
  for (size_t i = 0; i < kNameCount; ++i) sizes.names[i] = names_[i].size();
  sizes.lanes = static_cast<uint32_t>(lanes_.size());
  sizes.answers = static_cast<uint32_t>(answers_.size());
  sizes.templates = static_cast<uint32_t>(templates_.size());
  return sizes;
}

size_t LocalIds::memory_bytes() const {
  size_t bytes = lanes_.memory_bytes() + answers_.memory_bytes() + template_bytes_;
  for (const Interner& names : names_) bytes += names.memory_bytes();
  for (const Interner* index : {&lane_index_, &answer_index_, &template_index_})
    bytes += index->memory_bytes();
  return bytes;
}

}  // namespace bouncewatch
