#include "metrics/top_domains.h"

#include <algorithm>

namespace bouncewatch {
namespace {

constexpr size_t kCandidatesPerSlot = 4;

// A name that is shown as it is written; anything else is counted under kOther. "other" is taken.
bool CanHaveSeries(std::string_view domain) {
  if (domain.empty() || domain.size() > 253 || domain == "other") return false;
  return std::all_of(domain.begin(), domain.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

}  // namespace

// Frozen slots need room beside the live ones: as many again, since a slot lives longer than it is frozen.
TopDomains::TopDomains(size_t capacity) : capacity_(capacity), slots_(1 + 2 * capacity) {
  slots_[kOther].domain = "other";
  slots_[kOther].state = Slot::State::kLive;
  for (size_t i = slots_.size() - 1; i > 0; --i) free_.push_back(static_cast<uint32_t>(i));
}

void TopDomains::Count(std::span<const Arrival> arrivals, uint32_t minute, std::vector<uint32_t>* slots) {
  Age(minute);
  slots->assign(arrivals.size(), kOther);
  if (capacity_ == 0) return;
  std::vector<uint32_t> unknown;
  for (uint32_t i = 0; i < arrivals.size(); ++i) {
    if (!CanHaveSeries(arrivals[i].domain)) continue;
    const auto known = slot_of_.find(arrivals[i].domain);
    if (known == slot_of_.end()) {
      unknown.push_back(i);
    } else if (slots_[known->second].state == Slot::State::kLive) {
      (*slots)[i] = known->second;
      slots_[known->second].weight += arrivals[i].attempts;
    }
  }
  // The heaviest first, and only so many: one huge round costs no more than a large one.
  const auto heavier = [&](uint32_t a, uint32_t b) {
    if (arrivals[a].attempts != arrivals[b].attempts) return arrivals[a].attempts > arrivals[b].attempts;
    return arrivals[a].domain < arrivals[b].domain;
  };
  const size_t kept = std::min(unknown.size(), kMaxCandidatesPerRound);
  std::partial_sort(unknown.begin(), unknown.begin() + static_cast<ptrdiff_t>(kept), unknown.end(), heavier);
  unknown.resize(kept);
  FillFreeSlots(arrivals, unknown, minute);
  for (uint32_t i : unknown) {
    const auto known = slot_of_.find(arrivals[i].domain);
    if (known != slot_of_.end()) {
      (*slots)[i] = known->second;
    } else {
      Weigh(arrivals[i]);
    }
  }
  PromoteBusiest(minute);
}

void TopDomains::Age(uint32_t minute) {
  for (uint32_t i = 1; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (slot.state != Slot::State::kFrozen || minute - slot.changed_minute < kFrozenMinutes) continue;
    slot_of_.erase(slot.domain);
    slot.domain.clear();
    slot.state = Slot::State::kFree;
    free_.push_back(i);
  }
  if (aged_minute_ == 0) aged_minute_ = minute;
  const uint32_t halvings = std::min((minute - aged_minute_) / kHalfLifeMinutes, 63u);
  if (halvings == 0) return;
  aged_minute_ = minute;
  for (Slot& slot : slots_) slot.weight >>= halvings;
  by_weight_.clear();
  for (uint32_t i = 0; i < candidates_.size(); ++i) {
    Candidate& candidate = candidates_[i];
    candidate.weight >>= halvings;
    candidate.error >>= halvings;
    by_weight_.emplace(candidate.weight, i);
  }
}

void TopDomains::Occupy(std::string_view domain, uint64_t weight, uint32_t minute) {
  const uint32_t index = free_.back();
  free_.pop_back();
  Slot& slot = slots_[index];
  slot = {std::string(domain), Slot::State::kLive, slot.serial + 1, weight, minute};
  slot_of_.emplace(slot.domain, index);
  ++live_;
}

// While there is room nobody has to qualify.
void TopDomains::FillFreeSlots(std::span<const Arrival> arrivals, const std::vector<uint32_t>& unknown,
                               uint32_t minute) {
  for (uint32_t i : unknown) {
    if (live_ >= capacity_ || free_.empty()) return;
    Occupy(arrivals[i].domain, arrivals[i].attempts, minute);
  }
}

// Space-saving: a stranger takes over the lightest candidate's weight as its own possible error.
void TopDomains::Weigh(const Arrival& arrival) {
  auto known = candidate_of_.find(arrival.domain);
  if (known == candidate_of_.end()) {
    uint32_t index = static_cast<uint32_t>(candidates_.size());
    if (index < kCandidatesPerSlot * capacity_) {
      candidates_.push_back({std::string(arrival.domain), 0, 0});
    } else {
      index = by_weight_.begin()->second;
      Candidate& lightest = candidates_[index];
      candidate_of_.erase(lightest.domain);
      lightest = {std::string(arrival.domain), lightest.weight, lightest.weight};
      by_weight_.erase(by_weight_.begin());
    }
    known = candidate_of_.emplace(arrival.domain, index).first;
  } else {
    by_weight_.erase({candidates_[known->second].weight, known->second});
  }
  Candidate& candidate = candidates_[known->second];
  candidate.weight += arrival.attempts;
  by_weight_.emplace(candidate.weight, known->second);
}

void TopDomains::Forget(uint32_t index) {
  by_weight_.erase({candidates_[index].weight, index});
  candidate_of_.erase(candidates_[index].domain);
  const uint32_t last = static_cast<uint32_t>(candidates_.size() - 1);
  if (index != last) {
    by_weight_.erase({candidates_[last].weight, last});
    candidates_[index] = std::move(candidates_[last]);
    candidate_of_[candidates_[index].domain] = index;
    by_weight_.emplace(candidates_[index].weight, index);
  }
  candidates_.pop_back();
}

// There are candidates only when every slot is taken, so each promotion costs somebody a slot.
void TopDomains::PromoteBusiest(uint32_t minute) {
  const auto certain = [](const Candidate& c) { return c.weight - c.error; };
  while (!candidates_.empty() && !free_.empty()) {
    const auto busiest =
        std::max_element(candidates_.begin(), candidates_.end(),
                         [&](const Candidate& a, const Candidate& b) { return certain(a) < certain(b); });
    Slot* smallest = nullptr;
    for (size_t i = 1; i < slots_.size(); ++i) {
      Slot& slot = slots_[i];
      if (slot.state != Slot::State::kLive || minute - slot.changed_minute < kMinStayMinutes) continue;
      if (smallest == nullptr || slot.weight < smallest->weight) smallest = &slot;
    }
    if (smallest == nullptr || certain(*busiest) == 0) return;
    if (static_cast<double>(certain(*busiest)) < kEnterFactor * static_cast<double>(smallest->weight)) return;
    smallest->state = Slot::State::kFrozen;
    smallest->changed_minute = minute;
    --live_;
    const Candidate winner = *busiest;
    Forget(static_cast<uint32_t>(busiest - candidates_.begin()));
    Occupy(winner.domain, certain(winner), minute);
  }
}

}  // namespace bouncewatch
