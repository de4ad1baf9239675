// ShareDetector: watches the share of attempts that fail for one kind of cause in one slice of the mail (a
// provider, an own IP, a domain), and says when it has left what is usual there.
//
// Minute by minute, in event time. The last minutes, in windows from a few minutes to a day, are held against
// the share of the day before the last hour; the window whose count is least likely decides. A share, not a
// rate: ten times the mail with ten times the failures is no incident. Minutes of an alarm do not become what
// is usual, or only slowly. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace bouncewatch {

struct ShareDetectorOptions {
  double dispersion = 4.0;      // of this site's share, see TailScore; > 0.75
  double fire_score = 3.9;      // an alarm begins at this score,
  double clear_score = 1.5;     // and ends when it stays below this one
  uint32_t clear_minutes = 15;  // for so long.
  uint32_t hold_minutes = 4;    // the score must be reached for so many minutes on end
  uint32_t min_failures = 5;    // in the window; fewer are never an alarm
  double min_ratio = 3;         // of failures to what is usual
  double share_floor = 2e-4;    // nothing is taken to fail more seldom
  double new_share = 1e-2;      // what a slice without a past is taken to be like,
  double new_attempts = 300;    // with the weight of so many attempts
};

struct ShareAssessment {
  double score = 0;        // the least likely window's
  uint32_t window = 0;     // its length, minutes
  uint64_t attempts = 0;   // in it
  uint64_t failures = 0;   // in it
  double expected = 0;     // failures in it, if all were as usual
  double usual_share = 0;  // of attempts
};

class ShareDetector {
 public:
  explicit ShareDetector(const ShareDetectorOptions& options);

  // The counts of one minute (Unix time / 60). Minutes come in order; those left out had no mail. An earlier
  // minute than the last is not taken. False: it was not.
  bool Add(uint32_t minute, uint64_t attempts, uint64_t failures);

  const ShareAssessment& assessment() const { return assessment_; }
  bool firing() const { return firing_; }
  uint32_t since() const { return since_; }  // the minute that the alarm began; only while firing

 private:
  struct Counts {
    double attempts = 0, failures = 0;
  };
  static constexpr uint32_t kLagMinutes = 60, kBucketMinutes = 5;
  static constexpr uint32_t kDayBuckets = 24 * 60 / kBucketMinutes;
  static constexpr std::array<uint32_t, 4> kWindows = {5, 15, 30, 60};
  static constexpr std::array<uint32_t, 2> kLongWindows = {6 * 60, 24 * 60};

  void Step(uint64_t attempts, uint64_t failures);
  void Retire(const Counts& minute, const Counts& usual);
  void Assess();
  void AssessWindow(uint32_t length, const Counts& counts, double usual_share, double dispersion);
  void Decide();

  const ShareDetectorOptions options_;
  uint32_t last_ = 0;  // 0: none yet
  // A minute is in `recent_` for an hour, then in its bucket of the day, then in the long run. `usual` beside
  // each is what it adds to what is usual: an alarm's failures only as far as they were expected.
  struct Slot {
    Counts seen, usual;
  };
  std::array<Slot, kLagMinutes> recent_{};  // by minute
  std::vector<Slot> day_;                   // by bucket of kBucketMinutes
  Slot bucket_;                             // being filled
  uint32_t bucket_minutes_ = 0, bucket_at_ = 0;
  Counts day_usual_;  // of day_ and bucket_
  Counts long_run_;   // of all before, old days fading
  ShareAssessment assessment_;
  bool firing_ = false;
  uint32_t since_ = 0, above_ = 0, below_ = 0;
};

}  // namespace bouncewatch
