// Pieces of DeliveryTotals: counters with their labels rendered once, and the bounded set of names.
// Not thread-safe; DeliveryTotals locks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/taxonomy.h"
#include "classifier/text.h"
#include "metrics/exposition.h"

namespace bouncewatch {

struct LabelledCount {
  std::string labels;  // "": not shown
  uint64_t value = 0;
};

// Writes the shown ones and returns how many they are.
size_t WriteCounts(std::string_view name, std::span<const LabelledCount> counts, ExpositionWriter* writer);

// Attempts and failures by cause of one domain or one source IP. A series is shown from its first failure on.
class CauseCounts {
 public:
  CauseCounts() = default;  // counts nothing, shows nothing
  CauseCounts(std::string_view label, std::string_view value);

  void AddAttempts(uint64_t count) { attempts_.value += count; }
  void AddFailures(CauseIndex cause, uint64_t count);
  // Failures of causes that get no series of their own.
  void AddOther(uint64_t count);
  bool Has(CauseIndex cause) const;
  size_t causes() const { return causes_.size(); }

  const LabelledCount& attempts() const { return attempts_; }
  const std::vector<LabelledCount>& failures() const { return failures_; }
  const LabelledCount& other() const { return other_; }

 private:
  std::string label_, value_;
  LabelledCount attempts_;
  std::vector<CauseIndex> causes_;  // of failures_; few, so a scan is enough
  std::vector<LabelledCount> failures_;
  LabelledCount other_;  // shown from its first failure on
};

// The first `capacity` names get an index of their own; index 0 is "other". Names are kept as LabelValue
// shows them.
class FirstNames {
 public:
  explicit FirstNames(size_t capacity);

  // `overflowed` tells that the name would have got an index if there were room.
  uint32_t Index(std::string_view name, bool* overflowed);
  // The index it has already; 0: none of its own.
  uint32_t Find(std::string_view name) const;
  const std::vector<std::string>& names() const { return names_; }

 private:
  size_t capacity_;
  std::vector<std::string> names_;
  StringMap<uint32_t> index_;
};

}  // namespace bouncewatch
