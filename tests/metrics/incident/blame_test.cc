#include "metrics/incident/blame.h"

#include <gtest/gtest.h>

#include <vector>

namespace bouncewatch {
namespace {

constexpr uint64_t kAttempts = 100;
constexpr double kShare = 0.01;

// Every combination of four IPs, four providers and four sender domains; one recipient domain a provider, one
// customer for all. Where `fails` says so, half of the attempts fail.
template <typename Fails>
std::vector<BlameRow> Mail(Fails fails) {
  std::vector<BlameRow> rows;
  for (uint32_t ip = 0; ip < 4; ++ip) {
    for (uint32_t provider = 0; provider < 4; ++provider) {
      for (uint32_t sender = 0; sender < 4; ++sender) {
        BlameRow row;
        row.values = {ip, provider, sender, provider, 0};
        row.attempts = kAttempts;
        row.expected = kShare * kAttempts;
        row.failures = fails(ip, provider, sender) ? kAttempts / 2 : 1;
        rows.push_back(row);
      }
    }
  }
  return rows;
}

bool Is(const Slice& slice, std::vector<Slice::Value> values) {
  if (slice.size != values.size()) return false;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!(slice.values[i] == values[i])) return false;
  }
  return true;
}

TEST(FindBlame, NamesAnIp) {
  const Blame blame = FindBlame(Mail([](uint32_t ip, uint32_t, uint32_t) { return ip == 2; }));
  EXPECT_TRUE(Is(blame.blamed.slice, {{Dimension::kSourceIp, 2}}));
  EXPECT_NEAR(blame.blamed.coverage, 1, 0.01);
  EXPECT_EQ(blame.blamed.attempts, 16 * kAttempts);
  EXPECT_TRUE(blame.not_separable.empty());
}

TEST(FindBlame, NamesAPairWhenNeitherAloneIsToBlame) {
  const Blame blame =
      FindBlame(Mail([](uint32_t ip, uint32_t provider, uint32_t) { return ip == 1 && provider == 3; }));
  ASSERT_EQ(blame.blamed.slice.size, 2u);
  EXPECT_EQ(blame.blamed.slice.values[0], (Slice::Value{Dimension::kSourceIp, 1}));
}

TEST(FindBlame, SaysWhatCannotBeToldApart) {
  // A provider with one recipient domain: the two select the same mail.
  const Blame blame = FindBlame(Mail([](uint32_t, uint32_t provider, uint32_t) { return provider == 0; }));
  EXPECT_TRUE(Is(blame.blamed.slice, {{Dimension::kProvider, 0}}));
  ASSERT_FALSE(blame.not_separable.empty());
  EXPECT_TRUE(Is(blame.not_separable[0].slice, {{Dimension::kRecipientDomain, 0}}));
}

TEST(FindBlame, NamesNobodyWhenEverythingFails) {
  const Blame blame = FindBlame(Mail([](uint32_t, uint32_t, uint32_t) { return true; }));
  EXPECT_EQ(blame.blamed.slice.size, 0u);
  EXPECT_EQ(blame.blamed.attempts, 64 * kAttempts);
}

TEST(FindBlame, DoesNotBlameAProviderForBeingStrict) {
  std::vector<BlameRow> rows = Mail([](uint32_t, uint32_t, uint32_t sender) { return sender == 1; });
  for (BlameRow& row : rows) {
    if (row.values[static_cast<size_t>(Dimension::kProvider)] != 2) continue;
    row.expected += 20;  // it always refuses a fifth
    row.failures += 20;
  }
  EXPECT_TRUE(Is(FindBlame(rows).blamed.slice, {{Dimension::kSenderDomain, 1}}));
}

TEST(FindBlame, NamesARunnerUpWithOtherMail) {
  const Blame blame =
      FindBlame(Mail([](uint32_t ip, uint32_t, uint32_t sender) { return ip == 0 || sender == 0; }));
  ASSERT_NE(blame.runner_up.slice.size, 0u);
  EXPECT_FALSE(blame.runner_up.slice == blame.blamed.slice);
  EXPECT_LE(blame.runner_up.score, blame.blamed.score);
}

TEST(FindBlame, NothingGivesNothing) {
  EXPECT_EQ(FindBlame({}).blamed.slice.size, 0u);
  const std::vector<BlameRow> idle(3);
  EXPECT_EQ(FindBlame(idle).blamed.slice.size, 0u);
}

}  // namespace
}  // namespace bouncewatch
