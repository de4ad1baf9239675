#include "storage/rollup.h"

#include <array>
#include <cstring>

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
Rollup::Rollup(uint64_t seed) : seed_(seed), lanes_(1), answers_(1), templates_(1) {}

uint32_t Rollup::InternLane(const LaneKey& lane) {
  if (lane == LaneKey{}) return 0;
  const LaneBytes bytes = BytesOf(lane);
  const uint32_t id = lane_index_.Intern(View(bytes), HashName(View(bytes), seed_));
  if (id == lanes_.size()) lanes_.push_back(lane);
  return id;
}

uint32_t Rollup::InternTemplate(uint64_t template_id, std::string_view text, std::string_view rule) {
  if (template_id == 0) return 0;
  std::array<char, 8> bytes;
  Append(bytes.data(), template_id);
  const uint32_t id = template_index_.Intern(View(bytes), HashName(View(bytes), seed_));
  if (id == templates_.size()) {
    templates_.push_back({template_id, std::string(text), std::string(rule)});
    template_bytes_ += sizeof(TemplateRecord) + text.size() + rule.size();
  }
  return id;
}

uint32_t Rollup::InternAnswer(const AnswerKey& answer) {
  if (answer == AnswerKey{}) return 0;
  const AnswerBytes bytes = BytesOf(answer);
  const uint32_t id = answer_index_.Intern(View(bytes), HashName(View(bytes), seed_));
  if (id == answers_.size()) answers_.push_back(answer);
  return id;
}

size_t Rollup::memory_bytes() const {
  size_t bytes = lanes_.capacity() * sizeof(LaneKey) + answers_.capacity() * sizeof(AnswerKey) +
                 rows_.capacity() * sizeof(Row) + template_bytes_;
  for (const Interner& names : names_) bytes += names.memory_bytes();
  for (const Interner* index : {&lane_index_, &answer_index_, &template_index_})
    bytes += index->memory_bytes();
  return bytes;
}

void Rollup::Clear() {
  for (Interner& names : names_) names.Clear();
  for (Interner* index : {&lane_index_, &answer_index_, &template_index_}) index->Clear();
  lanes_.resize(1);
  answers_.resize(1);
  templates_.resize(1);
  template_bytes_ = 0;
  rows_.clear();
}

}  // namespace bouncewatch
