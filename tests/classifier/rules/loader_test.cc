#include "classifier/rules/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "classifier/rules/code_condition.h"

namespace bouncewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kFullRule = R"(
[[provider]]
name = "examplemail"
mx   = [".mx.example.net", "in.example.org"]

[[fingerprint]]
provider = "examplemail"
any      = "- exmtp"

[[rule]]
id       = "examplemail-x100"
since    = 2020-02-03
checked  = 2026-11-01
provider = ["examplemail", "othermail"]
codes    = ["550 5.7.1", "4xx -"]
phase    = "mail"
token    = "X100"
list     = ["dnsbl.example.org"]
any      = ["listed", "blocked*"]
all      = "our list"
none     = ["content"]
regex    = 'by.{0,9}ip'
extract  = { ip = '\[([0-9.]+)\]', helo = ['a (b)', 'c (d)'] }
cause    = "blocklist.provider"
priority = -7
remedy   = "ask the postmaster"
url      = "https://help.example.net/x100"
match    = "550 5.7.1 X100 listed by ip"
nomatch  = ["550 5.7.1 X1000"]
)";

EmbeddedFile File(std::string_view name, std::string_view text) {
  return {name, reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

TEST(RuleLoader, ReadsEveryKey) {
  const absl::StatusOr<RuleFileContent> content = ParseRuleFile(kFullRule, "full.toml");
  ASSERT_TRUE(content.ok()) << content.status();
  ASSERT_EQ(content->rules.size(), 1u);
  const Rule& rule = content->rules[0];
  EXPECT_EQ(rule.id, "examplemail-x100");
  EXPECT_EQ(rule.since, "2020-02-03");
  EXPECT_EQ(rule.checked, "2026-11-01");
  EXPECT_THAT(rule.providers, ElementsAre("examplemail", "othermail"));
  ASSERT_EQ(rule.codes.size(), 2u);
  EXPECT_TRUE(rule.codes[1].Matches(421, EnhancedCode{}));
  EXPECT_THAT(rule.phases, ElementsAre(Phase::kMail));
  EXPECT_THAT(rule.tokens, ElementsAre("X100"));
  EXPECT_THAT(rule.lists, ElementsAre("dnsbl.example.org"));
  EXPECT_THAT(rule.any, ElementsAre("listed", "blocked*"));
  EXPECT_THAT(rule.all, ElementsAre("our list"));
  EXPECT_THAT(rule.none, ElementsAre("content"));
  EXPECT_EQ(rule.regex, "by.{0,9}ip");
  ASSERT_EQ(rule.extracts.size(), 3u);
  EXPECT_EQ(rule.extracts[0].kind, IdentityKind::kHelo);
  EXPECT_EQ(rule.extracts[1].pattern, "c (d)");
  EXPECT_EQ(rule.extracts[2].kind, IdentityKind::kIp);
  EXPECT_EQ(Causes()[rule.cause].id, "blocklist.provider");
  EXPECT_EQ(rule.priority, -7);
  EXPECT_EQ(rule.remedy, "ask the postmaster");
  EXPECT_EQ(rule.url, "https://help.example.net/x100");
  EXPECT_THAT(rule.match, ElementsAre("550 5.7.1 X100 listed by ip"));
  EXPECT_THAT(rule.nomatch, ElementsAre("550 5.7.1 X1000"));
  EXPECT_EQ(rule.location.ToString(), "full.toml:10:1");
  EXPECT_EQ(rule.specificity(), Specificity::kProviderToken);

  ASSERT_EQ(content->providers.size(), 1u);
  EXPECT_EQ(content->providers[0].provider, "examplemail");
  EXPECT_THAT(content->providers[0].mx, ElementsAre(".mx.example.net", "in.example.org"));
  ASSERT_EQ(content->fingerprints.size(), 1u);
  EXPECT_THAT(content->fingerprints[0].any, ElementsAre("- exmtp"));
}

TEST(RuleLoader, NamesPlaceAndReasonOfAnError) {
  constexpr std::string_view kHead = "[[rule]]\nid = \"a\"\ncause = \"auth.spf\"\n";
  const std::string head(kHead);
  const struct {
    std::string text, place, reason;
  } cases[] = {
      {head + "any = [\"x\"\n", "r.toml:", "array"},
      {head + "any = \"x\"\ncolour = \"red\"\n", "r.toml:5:10: ", "unknown key \"colour\""},
      {"[settings]\nx = 1\n", "r.toml:1:1: ", "unknown key \"settings\""},
      {"rule = 3\n", "r.toml:1:8: ", "must be written [[rule]]"},
      {"rule = [3]\n", "r.toml:1:9: ", "must be written [[rule]]"},
      {"[rule]\nid = \"a\"\n", "r.toml:1:1: ", "must be written [[rule]]"},
      {head, "r.toml:1:1: ", "no condition"},
      {head + "provider = \"p\"\nnone = \"x\"\n", "r.toml:1:1: ", "no condition"},
      {head + "any = 5\n", "r.toml:4:7: ", "must be a string or a list of strings"},
      {head + "any = [\"x\", 5]\n", "r.toml:4:13: ", "must be a string"},
      {head + "any = \"\"\n", "r.toml:4:7: ", "is empty"},
      {head + "any = \"**\"\n", "r.toml:4:7: ", "would match anything"},
      {head + "any = \"" + std::string(5000, 'x') + "\"\n", "r.toml:4:7: ", "longer than"},
      {head + "codes = \"600\"\n", "r.toml:4:9: ", "no code pattern"},
      {head + "phase = \"dinner\"\n", "r.toml:4:9: ", "unknown phase \"dinner\""},
      {head + "phase = \"unknown\"\n", "r.toml:4:9: ", "unknown phase"},
      {head + "any = \"x\"\npriority = 101\n", "r.toml:5:12: ", "from -100 to 100"},
      {head + "any = \"x\"\nsince = \"2020-01-01\"\n", "r.toml:5:9: ", "must be a date"},
      {head + "any = \"x\"\nprovider = \"No Name\"\n", "r.toml:5:12: ", "no provider name"},
      {head + "extract = 'x'\n", "r.toml:4:11: ", "table of expressions"},
      {head + "extract = { shoe = '(x)' }\n", "r.toml:4:", "no kind of identity"},
      {head + "extract = { ip = 7 }\n", "r.toml:4:", "string or a list"},
      {head + "regex = \"a\\u0000b\"\n", "r.toml:4:9: ", "zero byte"},
      {"[[rule]]\ncause = \"auth.spf\"\nany = \"x\"\n", "r.toml:1:1: ", "without id"},
      {"[[rule]]\nid = \"Upper\"\ncause = \"auth.spf\"\nany = \"x\"\n", "r.toml:2:6: ", "must be like"},
      {"[[rule]]\nid = \"a\"\nany = \"x\"\n", "r.toml:1:1: ", "no cause"},
      {"[[rule]]\nid = \"a\"\nany = \"x\"\ncause = \"auth.nothing\"\n", "r.toml:4:9: ", "unknown cause"},
      {head + "any = \"x\"\n\n" + head + "any = \"y\"\n", "r.toml:6:1: ", "already used at r.toml:1:1"},
      {"disable = 3\n", "r.toml:1:11: ", "must be a string or a list of strings"},
      {"disable = [\"No Id\"]\n", "r.toml:1:11: ", "no rule id"},
      {"[[provider]]\nmx = \".example.net\"\n", "r.toml:1:1: ", "needs a name"},
      {"[[provider]]\nname = \"p\"\nmx = \"*.example.net\"\n", "r.toml:1:1: ", "no host pattern"},
      {"[[provider]]\nname = \"p\"\nhost = \"x\"\n", "r.toml:3:8: ", "unknown key \"host\""},
      {"[[fingerprint]]\nprovider = \"p\"\n", "r.toml:1:1: ", "needs phrases"},
      {"[[fingerprint]]\nany = \"p\"\n", "r.toml:1:1: ", "needs a provider"},
      {"x = \"\xff\"\n", "r.toml:1:", ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text.substr(0, 200));
    const absl::StatusOr<RuleFileContent> content = ParseRuleFile(c.text, "r.toml");
    ASSERT_FALSE(content.ok());
    const std::string message(content.status().message());
    EXPECT_THAT(message, StartsWith(c.place));
    EXPECT_THAT(message, HasSubstr(c.reason));
  }
}

TEST(RuleLoader, BoundsFilesAndEntries) {
  EXPECT_FALSE(ParseRuleFile(std::string((4 << 20) + 1, '#'), "big.toml").ok());
  std::string many;
  for (int i = 0; i <= 20'000; ++i) many += "[[provider]]\nname=\"p" + std::to_string(i) + "\"\n";
  const absl::StatusOr<RuleFileContent> content = ParseRuleFile(many, "many.toml");
  ASSERT_FALSE(content.ok());
  EXPECT_THAT(content.status().ToString(), HasSubstr("more than 20000 entries"));
}

TEST(RuleLoader, NamesBothPlacesOfADuplicateAcrossFiles) {
  constexpr std::string_view kRule = "[[rule]]\nid = \"twice\"\ncause = \"auth.spf\"\nany = \"x\"\n";
  const EmbeddedFile files[] = {File("one.toml", kRule), File("two.toml", kRule)};
  const absl::StatusOr<RuleFileContent> content = ParseRuleFiles(files);
  ASSERT_FALSE(content.ok());
  EXPECT_THAT(content.status().ToString(),
              HasSubstr("two.toml:1:1: rule id \"twice\" is already used at one.toml:1:1"));
}

TEST(CodeCondition, MatchesWhatItsPatternSays) {
  const struct {
    std::string_view pattern;
    int code;
    EnhancedCode enhanced;
    bool matches;
  } cases[] = {
      {"550 5.7.1", 550, {5, 7, 1}, true},
      {"550 5.7.1", 554, {5, 7, 1}, false},
      {"550 5.7.1", 550, {5, 7, 26}, false},
      {"550 5.7.1", 550, {}, false},
      {"550", 550, {5, 7, 1}, true},
      {"550", 550, {}, true},
      {"5xx *", 599, {5, 1, 1}, true},
      {"5xx *", 450, {}, false},
      {"55x", 559, {}, true},
      {"55x", 560, {}, false},
      {"* 5.7.26", 0, {5, 7, 26}, true},
      {"* 5.7.26", 451, {4, 7, 26}, false},
      {"* x.7.26", 451, {4, 7, 26}, true},
      {"* x.7.26", 451, {}, false},
      {"5xx 5.7.x", 550, {5, 7, 999}, true},
      {"5xx 5.7.x", 550, {5, 1, 1}, false},
      {"4xx -", 421, {}, true},
      {"4xx -", 421, {4, 0, 0}, false},
      {"* *", 0, {}, true},
      {"5xx *.7.*", 550, {4, 7, 3}, true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(testing::Message() << c.pattern << " on " << c.code << " " << c.enhanced.ToString());
    const std::optional<CodeCondition> condition = ParseCodeCondition(c.pattern);
    ASSERT_TRUE(condition.has_value());
    EXPECT_EQ(condition->Matches(c.code, c.enhanced), c.matches);
  }
}

TEST(CodeCondition, RefusesWhatIsNoPattern) {
  for (std::string_view text : {"",
                                " ",
                                "5",
                                "55",
                                "650",
                                "150",
                                "5x0",
                                "xxx",
                                "5XX",
                                "550 ",
                                "550  5.7.1",
                                "550 5.7",
                                "550 5.7.1.1",
                                "550 3.7.1",
                                "550 5.x.1",
                                "550 5.7.1000",
                                "550 05.7.1",
                                "550 5.7.01",
                                "550 5.7.1 x",
                                "550 5..1",
                                "5.7.1",
                                "-",
                                "550 x",
                                "* 5.7.-1"}) {
    EXPECT_FALSE(ParseCodeCondition(text).has_value()) << text;
  }
}

TEST(CodeCondition, WeighsWhatItFixes) {
  const std::string_view ascending[] = {"* *",     "5xx",       "55x",       "550",
                                        "* x.7.1", "5xx 5.7.x", "550 5.7.x", "550 5.7.1"};
  int last = -1;
  for (std::string_view text : ascending) {
    const int weight = CodeWeight(*ParseCodeCondition(text));
    EXPECT_GT(weight, last) << text;
    last = weight;
  }
}

}  // namespace
}  // namespace bouncewatch
