// Rollup: the counts of one worker between two commits, in memory.
//
// A row is (minute, recipient domain, lane, answer) -> count. A lane is what is ours: source IP, sender
// domain, customer, logging host. An answer is what was said: template, cause, provider, outcome, code,
// enhanced code, phase, origin. Ids are those of a LocalIds that several rollups share, one after the other;
// the store's writer translates them. One thread fills it, then it moves to the writer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "storage/local_ids.h"

namespace bouncewatch {

struct Row {
  uint32_t minute = 0;  // Unix time / 60
  uint32_t domain = 0;
  uint32_t lane = 0;
  uint32_t answer = 0;
  uint32_t count = 0;
};

class Rollup {
 public:
  // With ids of its own; for `seed` see LocalIds.
  explicit Rollup(uint64_t seed) : Rollup(std::make_shared<LocalIds>(seed)) {}
  explicit Rollup(std::shared_ptr<LocalIds> ids) : ids_(std::move(ids)) {}

  // --- Names ---
  // `hash` must be HashName(name, seed()). Prefetch ahead of a batch of Interns hides the cache misses.
  uint64_t seed() const { return ids_->seed(); }
  void PrefetchName(Name name, uint64_t hash) const { ids_->names(name).Prefetch(hash); }
  uint32_t InternName(Name name, std::string_view text, uint64_t hash) {
    return ids_->names(name).Intern(text, hash);
  }
  uint32_t InternName(Name name, std::string_view text) {
    return InternName(name, text, HashName(text, seed()));
  }
  uint32_t InternLane(const LaneKey& lane) { return ids_->Lane(lane); }
  uint32_t InternTemplate(uint64_t template_id, std::string_view text, std::string_view rule,
                          std::string_view reply = {}, std::string_view recipient = {}) {
    return ids_->Template(template_id, text, rule, reply, recipient);
  }
  uint32_t InternAnswer(const AnswerKey& answer) { return ids_->Answer(answer); }

  // --- Rows ---
  void Add(const Row& row) { rows_.push_back(row); }
  bool empty() const { return rows_.empty(); }
  size_t size() const { return rows_.size(); }

  // Call before another thread gets the rollup while this one goes on adding ids: fixes what sizes() says.
  void Seal() { sealed_ = ids_->sizes(); }
  // Forgets the rows, keeps their memory, and goes on with the ids given.
  void Restart(std::shared_ptr<LocalIds> ids);
  void Clear() { Restart(ids_); }

  // --- For the writer ---
  std::span<const Row> rows() const { return rows_; }
  const std::shared_ptr<LocalIds>& ids() const { return ids_; }
  LocalIds::Sizes sizes() const { return sealed_ ? *sealed_ : ids_->sizes(); }

 private:
  std::shared_ptr<LocalIds> ids_;
  std::optional<LocalIds::Sizes> sealed_;
  std::vector<Row> rows_;
};

}  // namespace bouncewatch
