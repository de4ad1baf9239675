// TopDomains: which recipient domains have series of their own on /metrics; all others share slot kOther.
//
//   TopDomains top(200);
//   top.Count(arrivals, minute, &slots);    // slots[i]: where arrivals[i] is counted
//
// Space-saving (Metwally et al. 2005) finds the busy ones among the rest in bounded memory. A domain takes a
// slot when it surely weighs kEnterFactor times the smallest slot, and holds it for kMinStayMinutes at least:
// series that come and go are what makes a time series database slow. An event is counted in the slot that is
// current at that moment and never moves. A slot that was lost is shown unchanged for kFrozenMinutes, so that
// scrapers see its last value, then vanishes; when its domain comes back it starts at 0. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "classifier/text.h"

namespace bouncewatch {

class TopDomains {
 public:
  static constexpr uint32_t kOther = 0;  // the slot of the rest
  static constexpr double kEnterFactor = 1.5;
  static constexpr uint32_t kMinStayMinutes = 60;
  static constexpr uint32_t kFrozenMinutes = 5;
  static constexpr uint32_t kHalfLifeMinutes = 6 * 60;  // of all weights: busy means busy now
  static constexpr size_t kMaxCandidatesPerRound = 4096;

  struct Arrival {
    std::string_view domain;
    uint64_t attempts = 0;
  };
  struct Slot {
    enum class State : uint8_t { kFree, kLive, kFrozen };
    std::string domain;
    State state = State::kFree;
    uint32_t serial = 0;  // changes when the slot gets another domain: its counters start at 0
    uint64_t weight = 0;
    uint32_t changed_minute = 0;  // when it became live or frozen
  };

  explicit TopDomains(size_t capacity);

  // One round. `arrivals` name each domain once. `minute` is a clock that never goes back.
  void Count(std::span<const Arrival> arrivals, uint32_t minute, std::vector<uint32_t>* slots);

  // All slots; [kOther] is always live. A slot keeps its index while it is live or frozen.
  std::span<const Slot> slots() const { return slots_; }

 private:
  struct Candidate {
    std::string domain;
    uint64_t weight = 0;
    uint64_t error = 0;  // weight - error is certain
  };

  void Age(uint32_t minute);
  void Occupy(std::string_view domain, uint64_t weight, uint32_t minute);
  void FillFreeSlots(std::span<const Arrival> arrivals, const std::vector<uint32_t>& unknown,
                     uint32_t minute);
  void Weigh(const Arrival& arrival);
  void PromoteBusiest(uint32_t minute);
  void Forget(uint32_t candidate);

  size_t capacity_;  // live slots beside kOther
  size_t live_ = 0;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;   // indices of free slots, the next last
  StringMap<uint32_t> slot_of_;  // live and frozen domains
  std::vector<Candidate> candidates_;
  StringMap<uint32_t> candidate_of_;
  std::set<std::pair<uint64_t, uint32_t>> by_weight_;  // (weight, index into candidates_)
  uint32_t aged_minute_ = 0;
};

}  // namespace bouncewatch
