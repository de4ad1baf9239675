#include "metrics/series.h"

#include <algorithm>

namespace bouncewatch {

size_t WriteCounts(std::string_view name, std::span<const LabelledCount> counts, ExpositionWriter* writer) {
  size_t shown = 0;
  for (const LabelledCount& count : counts) {
    if (count.labels.empty()) continue;
    writer->Sample(name, count.labels, count.value);
    ++shown;
  }
  return shown;
}

CauseCounts::CauseCounts(std::string_view label, std::string_view value) : label_(label), value_(value) {
  attempts_.labels = RenderLabels({{label, value}});
}

void CauseCounts::AddFailures(CauseIndex cause, uint64_t count) {
  const auto known = std::find(causes_.begin(), causes_.end(), cause);
  const size_t index = static_cast<size_t>(known - causes_.begin());
  if (known == causes_.end()) {
    causes_.push_back(cause);
    failures_.push_back({RenderLabels({{label_, value_}, {"cause", Causes()[cause].id}}), 0});
  }
  failures_[index].value += count;
}

void CauseCounts::AddOther(uint64_t count) {
  if (other_.labels.empty()) other_.labels = RenderLabels({{label_, value_}, {"cause", "other"}});
  other_.value += count;
}

bool CauseCounts::Has(CauseIndex cause) const {
  return std::find(causes_.begin(), causes_.end(), cause) != causes_.end();
}

FirstNames::FirstNames(size_t capacity) : capacity_(capacity), names_{"other"} {
  index_.emplace("other", 0);
}

uint32_t FirstNames::Index(std::string_view name, bool* overflowed) {
  const std::string value = LabelValue(name);
  *overflowed = false;
  const auto known = index_.find(value);
  if (known != index_.end()) return known->second;
  *overflowed = names_.size() > capacity_;
  if (*overflowed) return 0;
  const uint32_t index = static_cast<uint32_t>(names_.size());
  index_.emplace(value, index);
  names_.push_back(value);
  return index;
}

uint32_t FirstNames::Find(std::string_view name) const {
  const auto known = index_.find(LabelValue(name));
  return known == index_.end() ? 0 : known->second;
}

}  // namespace bouncewatch
