// FindBlame: which slice of the mail carries the failures of an alarm: an own IP, a provider, a sender
// domain, a recipient domain, a customer, or a pair of two of these.
//
// A spatial scan statistic (Kulldorff, 1997): for every slice, how much likelier the counts are when failures
// are more frequent inside it than outside. What is expected comes from each provider's own share, so that a
// strict provider is not blamed for being strict. A pair must be clearly better than one value, since a
// simple answer is the likelier one. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace bouncewatch {

enum class Dimension : uint8_t { kSourceIp, kProvider, kSenderDomain, kRecipientDomain, kCustomer };
inline constexpr size_t kDimensionCount = 5;

// Mail that agrees in every dimension; one alarm's causes in one window.
struct BlameRow {
  std::array<uint32_t, kDimensionCount> values{};  // ids, dense from 0, by Dimension
  uint64_t attempts = 0;
  uint64_t failures = 0;
  double expected = 0;  // failures, by the usual share of the provider
};

struct Slice {
  struct Value {
    Dimension dimension = Dimension::kSourceIp;
    uint32_t value = 0;
    bool operator==(const Value&) const = default;
  };
  std::array<Value, 2> values;
  size_t size = 0;  // of `values` in use; 0: all mail
  bool operator==(const Slice& other) const {
    return size == other.size && (size < 1 || values[0] == other.values[0]) &&
           (size < 2 || values[1] == other.values[1]);
  }
};

struct BlamedSlice {
  Slice slice;
  double score = 0;     // log likelihood ratio, less what a pair costs
  double coverage = 0;  // of the failures above what was expected of all mail; may exceed 1
  uint64_t attempts = 0, failures = 0;
  double expected = 0;
};

struct Blame {
  // What is to blame. A slice of size 0: no slice explains it, the fault is everywhere or mixed.
  BlamedSlice blamed;
  // Other slices that select the same mail, which no count can tell from it ("IP .7 is customer acme").
  std::vector<BlamedSlice> not_separable;
  // The best slice that selects other mail; size 0: there is none.
  BlamedSlice runner_up;
};

// Work and memory: linear in the rows times 36 pairs of values for each pair of dimensions.
Blame FindBlame(std::span<const BlameRow> rows);

}  // namespace bouncewatch
