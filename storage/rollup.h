// Rollup: the counts of one worker between two commits, in memory, with its own small dictionaries.
//
// A row is (minute, recipient domain, lane, answer) -> count. A lane is what is ours: source IP, sender
// domain, customer, logging host. An answer is what was said: template, cause, provider, outcome, code,
// enhanced code, phase, origin. Ids are local to one Rollup; the store's writer translates them. One thread
// fills it, then it moves to the writer.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/event.h"
#include "classifier/interner.h"
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
  uint32_t template_ref = 0;  // from Rollup::Template; 0: no reply text
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
  uint64_t id = 0;   // TemplateId() of the masked text, 0 only at index 0
  std::string text;  // masked, cut at kMaxTemplateText
  std::string rule;  // id of the rule that decided, "" when none
};

struct Row {
  uint32_t minute = 0;  // Unix time / 60
  uint32_t domain = 0;
  uint32_t lane = 0;
  uint32_t answer = 0;
  uint32_t count = 0;
};

class Rollup {
 public:
  // `seed` keys the hash tables against crafted input; any value that senders of mail cannot know.
  explicit Rollup(uint64_t seed);

  // --- Names ---
  // `hash` must be HashName(name, seed()). Prefetch ahead of a batch of Interns hides the cache misses.
  uint64_t seed() const { return seed_; }
  void PrefetchName(Name name, uint64_t hash) const { names_[static_cast<size_t>(name)].Prefetch(hash); }
  uint32_t InternName(Name name, std::string_view text, uint64_t hash) {
    return names_[static_cast<size_t>(name)].Intern(text, hash);
  }
  uint32_t InternName(Name name, std::string_view text) {
    return InternName(name, text, HashName(text, seed_));
  }
  uint32_t InternLane(const LaneKey& lane);
  uint32_t InternTemplate(uint64_t template_id, std::string_view text, std::string_view rule);
  uint32_t InternAnswer(const AnswerKey& answer);

  // --- Rows ---
  void Add(const Row& row) { rows_.push_back(row); }
  bool empty() const { return rows_.empty(); }
  size_t size() const { return rows_.size(); }
  size_t memory_bytes() const;  // about what this rollup holds; the bound for early commits

  // Forgets rows and names; keeps the memory for the next round.
  void Clear();

  // --- For the writer ---
  std::span<const Row> rows() const { return rows_; }
  const Interner& names(Name name) const { return names_[static_cast<size_t>(name)]; }
  std::span<const LaneKey> lanes() const { return lanes_; }
  std::span<const AnswerKey> answers() const { return answers_; }
  std::span<const TemplateRecord> templates() const { return templates_; }

 private:
  uint64_t seed_;
  Interner names_[kNameCount];
  Interner lane_index_, answer_index_, template_index_;
  std::vector<LaneKey> lanes_;
  std::vector<AnswerKey> answers_;
  std::vector<TemplateRecord> templates_;
  size_t template_bytes_ = 0;
  std::vector<Row> rows_;
};

}  // namespace bouncewatch
