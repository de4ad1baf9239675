#include "metrics/incident/share_detector.h"

#include <algorithm>
#include <cmath>

#include "metrics/incident/count_tail.h"

namespace bouncewatch {
namespace {

constexpr uint32_t kMinutesPerDay = 24 * 60;
// What a bucket of five minutes leaves of the long run: half of it after a week.
const double kFading = std::exp2(-5.0 / (7 * kMinutesPerDay));
// An alarm that has lasted so long is how things are now: it is let into what is usual.
constexpr uint32_t kLongAlarm = 12 * 60;
// Correlation of the share's deviation with that of half an hour ago.
constexpr double kPersistence = 0.6;

}  // namespace

ShareDetector::ShareDetector(const ShareDetectorOptions& options) : options_(options), day_(kDayBuckets) {}

bool ShareDetector::Add(uint32_t minute, uint64_t attempts, uint64_t failures) {
  if (last_ != 0 && minute <= last_) return false;
  // A silence of days leaves nothing but the long run; there is no need to count more minutes of it.
  const uint32_t silent = last_ == 0 ? 0 : std::min(minute - last_ - 1, 2 * kMinutesPerDay);
  for (uint32_t i = silent; i > 0; --i) {
    last_ = minute - i;
    Step(0, 0);
  }
  last_ = minute;
  Step(attempts, failures);
  return true;
}

void ShareDetector::Step(uint64_t attempts, uint64_t failures) {
  Slot& slot = recent_[last_ % kLagMinutes];
  Retire(slot.seen, slot.usual);
  slot.seen = {static_cast<double>(attempts), static_cast<double>(failures)};
  slot.usual = slot.seen;
  Assess();
  Decide();
  const bool new_alarm = firing_ && last_ - since_ < kLongAlarm;
  if (new_alarm) {
    const double usual = slot.seen.attempts * assessment_.usual_share;
    slot.usual.failures = std::min(slot.usual.failures, usual);
  }
}

// Takes over a minute that is now an hour old.
void ShareDetector::Retire(const Counts& seen, const Counts& usual) {
  bucket_.seen.attempts += seen.attempts;
  bucket_.seen.failures += seen.failures;
  bucket_.usual.attempts += usual.attempts;
  bucket_.usual.failures += usual.failures;
  day_usual_.attempts += usual.attempts;
  day_usual_.failures += usual.failures;
  if (++bucket_minutes_ < kBucketMinutes) return;
  Slot& oldest = day_[bucket_at_];
  day_usual_.attempts -= oldest.usual.attempts;
  day_usual_.failures -= oldest.usual.failures;
  long_run_.attempts = long_run_.attempts * kFading + oldest.usual.attempts;
  long_run_.failures = long_run_.failures * kFading + oldest.usual.failures;
  oldest = bucket_;
  bucket_at_ = (bucket_at_ + 1) % kDayBuckets;
  bucket_ = Slot();
  bucket_minutes_ = 0;
}

void ShareDetector::Assess() {
  const double long_share = (long_run_.failures + options_.new_attempts * options_.new_share) /
                            (long_run_.attempts + options_.new_attempts);
  const double day_share = (std::max(day_usual_.failures, 0.0) + options_.new_attempts * long_share) /
                           (std::max(day_usual_.attempts, 0.0) + options_.new_attempts);
  const double usual_share = std::max(day_share, options_.share_floor);
  assessment_ = ShareAssessment();
  assessment_.usual_share = usual_share;
  Counts sum;
  uint32_t length = 0;
  for (uint32_t window : kWindows) {
    for (; length < window; ++length) {
      const Counts& minute = recent_[(last_ + kLagMinutes - length) % kLagMinutes].seen;
      sum.attempts += minute.attempts;
      sum.failures += minute.failures;
    }
    // How the share wandered in the rest of the hour tells where it is likely to be now.
    Counts before;
    for (uint32_t i = window; i < kLagMinutes; ++i) {
      const Counts& minute = recent_[(last_ + kLagMinutes - i) % kLagMinutes].usual;
      before.attempts += minute.attempts;
      before.failures += minute.failures;
    }
    const double expected = before.attempts * usual_share, r = options_.dispersion;
    const double known = kPersistence * kPersistence * expected / (expected + r);
    const double drift = 1 + kPersistence * ((before.failures + r) / (expected + r) - 1);
    AssessWindow(window, sum, usual_share * drift, r / (1 - known));
  }
  for (uint32_t window : kLongWindows) {
    const uint32_t buckets = (window - kLagMinutes) / kBucketMinutes;
    if (length == kLagMinutes) {
      sum.attempts += bucket_.seen.attempts;
      sum.failures += bucket_.seen.failures;
    }
    for (uint32_t i = (length - kLagMinutes) / kBucketMinutes; i < buckets; ++i) {
      const Counts& bucket = day_[(bucket_at_ + 2 * kDayBuckets - 1 - i) % kDayBuckets].seen;
      sum.attempts += bucket.attempts;
      sum.failures += bucket.failures;
    }
    length = window;
    AssessWindow(window, sum, std::max(long_share, options_.share_floor), options_.dispersion);
  }
}

void ShareDetector::AssessWindow(uint32_t length, const Counts& counts, double usual_share,
                                 double dispersion) {
  const double expected = counts.attempts * usual_share;
  const auto failures = static_cast<uint64_t>(counts.failures);
  if (failures < options_.min_failures || counts.failures < options_.min_ratio * expected) return;
  const double score = TailScore(failures, expected, dispersion);
  if (score <= assessment_.score) return;
  assessment_.score = score;
  assessment_.window = length;
  assessment_.attempts = static_cast<uint64_t>(counts.attempts);
  assessment_.failures = failures;
  assessment_.expected = expected;
}

void ShareDetector::Decide() {
  above_ = assessment_.score >= options_.fire_score ? above_ + 1 : 0;
  below_ = assessment_.score < options_.clear_score ? below_ + 1 : 0;
  if (!firing_ && above_ >= options_.hold_minutes) {
    firing_ = true;
    since_ = last_;
  } else if (firing_ && below_ >= options_.clear_minutes) {
    firing_ = false;
  }
}

}  // namespace bouncewatch
