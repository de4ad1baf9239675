#include "metrics/incident/share_detector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace bouncewatch {
namespace {

// A provider that takes 100 mails a minute and refuses one of them in every other minute.
class Mail {
 public:
  explicit Mail(ShareDetectorOptions options = {}) : detector(options) {}

  void Quiet(uint32_t minutes, uint64_t attempts = 100) {
    for (uint32_t i = 0; i < minutes; ++i) {
      ++minute;
      detector.Add(minute, attempts, minute % 2 * attempts / 100);
      fired = fired || detector.firing();
    }
  }
  void Bad(uint32_t minutes, uint64_t attempts, uint64_t failures) {
    for (uint32_t i = 0; i < minutes; ++i) {
      detector.Add(++minute, attempts, failures);
      fired = fired || detector.firing();
    }
  }

  ShareDetector detector;
  uint32_t minute = 1000;
  bool fired = false;
};

TEST(ShareDetector, IsSilentOnWhatIsUsual) {
  Mail mail;
  mail.Quiet(3 * 24 * 60);
  EXPECT_FALSE(mail.fired);
  EXPECT_NEAR(mail.detector.assessment().usual_share, 0.005, 0.001);
}

TEST(ShareDetector, FindsATenfoldStepWithinMinutesAndSaysSinceWhen) {
  Mail mail;
  mail.Quiet(24 * 60);
  const uint32_t start = mail.minute;
  while (!mail.detector.firing() && mail.minute < start + 60) mail.Bad(1, 100, 5);
  ASSERT_TRUE(mail.detector.firing());
  EXPECT_LE(mail.minute - start, 10u);
  EXPECT_EQ(mail.detector.since(), mail.minute);
  EXPECT_GT(mail.detector.assessment().failures, 3 * mail.detector.assessment().expected);
}

TEST(ShareDetector, ATenfoldCampaignIsNoIncident) {
  Mail mail;
  mail.Quiet(24 * 60);
  mail.Quiet(60, 1000);
  mail.Quiet(60);
  EXPECT_FALSE(mail.fired);
}

TEST(ShareDetector, EndsWhenItHasBeenQuietForAWhile) {
  Mail mail;
  mail.Quiet(24 * 60);
  mail.Bad(60, 100, 10);
  ASSERT_TRUE(mail.detector.firing());
  mail.Quiet(24 * 60);
  EXPECT_FALSE(mail.detector.firing());
}

TEST(ShareDetector, AnAlarmDoesNotBecomeWhatIsUsual) {
  Mail mail;
  mail.Quiet(24 * 60);
  mail.Bad(180, 100, 10);
  EXPECT_TRUE(mail.detector.firing());
  EXPECT_LT(mail.detector.assessment().usual_share, 0.007);
  mail.Quiet(120);
  mail.Bad(15, 100, 10);
  EXPECT_TRUE(mail.detector.firing()) << "the second one is found as the first";
}

TEST(ShareDetector, FiveOfFiveOfASmallSenderAreAnIncident) {
  Mail mail;
  for (uint32_t day = 0; day < 14; ++day) {
    for (uint32_t i = 0; i < 50; ++i) mail.detector.Add(1000 + day * 1440 + i * 28, 1, i == 7);
  }
  mail.minute = 1000 + 14 * 1440;
  EXPECT_FALSE(mail.detector.firing());
  for (int i = 0; i < 5; ++i) {
    mail.minute += 6;
    mail.Bad(1, 1, 1);
  }
  mail.Bad(3, 0, 0);
  EXPECT_TRUE(mail.detector.firing());
}

TEST(ShareDetector, FourFailuresAreNeverAnIncident) {
  Mail mail;
  mail.Quiet(24 * 60, 1);
  mail.Bad(4, 1, 1);
  mail.Bad(30, 0, 0);
  EXPECT_FALSE(mail.fired);
}

TEST(ShareDetector, TakesNoEarlierMinute) {
  ShareDetector detector{ShareDetectorOptions()};
  EXPECT_TRUE(detector.Add(1000, 1, 0));
  EXPECT_FALSE(detector.Add(1000, 1, 0));
  EXPECT_FALSE(detector.Add(999, 1, 0));
  EXPECT_TRUE(detector.Add(1001, 1, 0));
}

TEST(ShareDetector, ALongSilenceIsWalkedOverInBoundedTime) {
  ShareDetector detector{ShareDetectorOptions()};
  EXPECT_TRUE(detector.Add(1, 100, 1));
  EXPECT_TRUE(detector.Add(4'000'000'000u, 100, 1));
  EXPECT_FALSE(detector.firing());
}

}  // namespace
}  // namespace bouncewatch
