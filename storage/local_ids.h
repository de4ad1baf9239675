// LocalIds: the small dictionaries of one worker: names, lanes, answers and templates to ids of its own.
//
// They outlive the commits: what was named once keeps its id, and the writer translates it to the store's id
// once. One thread adds; the writer reads, meanwhile, what a sealed Rollup refers to (nothing ever moves).
// When they have grown too large the worker begins new ones.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "classifier/event.h"
#include "classifier/interner.h"
#include "classifier/stable_vector.h"
#include "classifier/taxonomy.h"

namespace bouncewatch {

// Dictionaries of names. Id 0 is always the empty name.
enum class Name : uint8_t { kDomain, kIp, kSender, kCustomer, kHost, kProvider };
inline constexpr int kNameCount = 6;

struct LaneKey {
  uint32_t ip = 0, sender = 0, customer = 0, host = 0;  // local ids of the names
  bool operator==(const LaneKey&) const = default;
};

struct AnswerKey {
  uint32_t template_ref = 0;  // from LocalIds::Template; 0: no reply text
  uint32_t provider = 0;      // local id of Name::kProvider
  uint32_t enhanced = 0;      // EnhancedCode::packed()
  uint16_t code = 0;          // basic code, 0: none
  CauseIndex cause = 0;
  Outcome outcome = Outcome::kDelivered;
  Origin origin = Origin::kLocal;
  Phase phase = Phase::kUnknown;
  bool operator==(const AnswerKey&) const = default;
};

struct TemplateRecord {
  uint64_t id = 0;      // TemplateId() of the masked text, 0 only at index 0
  std::string text;     // masked, cut at kMaxTemplateText
  std::string rule;     // id of the rule that decided, "" when none
  std::string example;  // the first reply of it, redacted; "" when none was given
};

class LocalIds {
 public:
  // How many of each there are; what a Rollup may refer to.
  struct Sizes {
    std::array<uint32_t, kNameCount> names{};
    uint32_t lanes = 0, answers = 0, templates = 0;
  };

  // `seed` keys the hash tables against crafted input; any value that senders of mail cannot know.
  explicit LocalIds(uint64_t seed);

  uint64_t seed() const { return seed_; }
  Interner& names(Name name) { return names_[static_cast<size_t>(name)]; }
  const Interner& names(Name name) const { return names_[static_cast<size_t>(name)]; }
  uint32_t Lane(const LaneKey& lane);
  // Of a new one the reply, as said about `recipient`, becomes its example, without people in it
  // (classifier/redact.h).
  uint32_t Template(uint64_t template_id, std::string_view text, std::string_view rule,
                    std::string_view reply = {}, std::string_view recipient = {});
  uint32_t Answer(const AnswerKey& answer);

  const LaneKey& lane(uint32_t id) const { return lanes_[id]; }
  const AnswerKey& answer(uint32_t id) const { return answers_[id]; }
  const TemplateRecord& template_record(uint32_t id) const { return templates_[id]; }

  Sizes sizes() const;  // for the thread that adds, as memory_bytes
  size_t memory_bytes() const;

 private:
  uint64_t seed_;
  HashKey key_;
  Interner names_[kNameCount];
  Interner lane_index_, answer_index_, template_index_;
  StableVector<LaneKey> lanes_;
  StableVector<AnswerKey> answers_;
  StableVector<TemplateRecord> templates_;
  size_t template_bytes_ = 0;
};

}  // namespace bouncewatch
