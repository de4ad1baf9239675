#include "classifier/rules/rule_skeleton.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "classifier/embedded_file.h"
#include "classifier/mask.h"
#include "classifier/rules/loader.h"
#include "classifier/rules/rule_check.h"

namespace bouncewatch {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string Skeleton(std::string_view reply, std::string_view example, std::string_view provider = "",
                     std::string_view cause = "") {
  std::string masked;
  Mask(reply, &masked);
  SkeletonSource source;
  source.template_id = TemplateId(masked);
  source.text = masked;
  source.example = example;
  source.provider = provider;
  source.cause = cause;
  source.first_seen = "2026-11-20";
  source.today = "2026-11-23";
  return RuleSkeleton(source);
}

// What `rules check` says of the skeletons beside the shipped rules.
std::vector<std::string> Faults(const std::string& toml) {
  auto content = ParseRuleFiles(EmbeddedRuleFiles());
  auto own = ParseRuleFile(toml, "own.toml");
  if (!content.ok() || !own.ok()) return {std::string(own.status().message())};
  content->rules.insert(content->rules.end(), own->rules.begin(), own->rules.end());
  const auto findings = CheckRules(*std::move(content));
  if (!findings.ok()) return {std::string(findings.status().message())};
  std::vector<std::string> faults;
  for (const RuleFinding& finding : *findings) faults.push_back(finding.ToString());
  return faults;
}

TEST(RuleSkeleton, IsARuleWithTheTextAsItsSample) {
  const std::string_view reply = "550 5.7.1 <***@example.org>: the gnomes of 192.0.2.1 are \"angry\" today";
  EXPECT_THAT(
      Skeleton(reply, reply, "google", "content.spam"),
      testing::MatchesRegex("\\[\\[rule\\]\\]\n"
                            "id = \"google-the-gnomes-of-[0-9a-f]{4}\"\n"
                            "since = 2026-11-20\nchecked = 2026-11-23\n"
                            "provider = \"google\"\ncodes = \"550 5.7.1\"\nany = \"the gnomes of\"\n"
                            "cause = \"content.spam\"  # as the nearest .*\n"
                            "match = \"550 5.7.1 <\\*\\*\\*@example.org>: the gnomes of 192.0.2.1 are "
                            "\\\\\"angry\\\\\" today\"\n"));
}

TEST(RuleSkeleton, PassesRulesCheckAsItIs) {
  const std::string_view replies[] = {
      "550 5.7.1 the gnomes of 192.0.2.1 are \"angry\" today",
      "450-4.2.0 gnomes\\went 450 4.2.0 to lunch",
      "gnomes do not speak SMTP at mx1.example.org",
      "550 \xd0\xb3\xd0\xbd\xd0\xbe\xd0\xbc\xd1\x8b \xd1\x83\xd1\x88\xd0\xbb\xd0\xb8",
      "554 GNOMES-AND-ELVES refused for ever and ever and more, since they found no gold, no silver and no "
      "copper",
      "559 4.9.9 12345 67890",
      "550 5.7.1 gnome7 and x.gnome.example said: gnomes-r-us",
  };
  std::string all;
  for (const std::string_view reply : replies) {
    const std::string skeleton = Skeleton(reply, reply);
    EXPECT_THAT(skeleton, HasSubstr("unknown.unspecified")) << reply;
    all += skeleton + "\n";
  }
  EXPECT_THAT(Faults(all), IsEmpty()) << all;
}

TEST(RuleSkeleton, TakesTheTemplateWhereRedactionChangedTheReply) {
  const std::string skeleton = Skeleton("550 gnome bob77x2a is gone", "550 gnome *** is gone");
  EXPECT_THAT(skeleton, HasSubstr("match = \"550 gnome <id> is gone\""));
  EXPECT_THAT(Faults(skeleton), IsEmpty());
}

TEST(RuleSkeleton, IsNothingWhereThereIsNothingToHoldOnTo) {
  EXPECT_EQ(Skeleton("", ""), "");
  EXPECT_EQ(Skeleton("192.0.2.1 12 <a@example.org>", ""), "");
  EXPECT_THAT(Skeleton("550 12", "550 12"), Not(HasSubstr("any =")));
}

}  // namespace
}  // namespace bouncewatch
