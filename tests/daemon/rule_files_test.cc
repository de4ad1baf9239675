#include "daemon/rule_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "classifier/classifier.h"
#include "tests/support/temp_dir.h"

namespace bouncewatch {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class RuleFilesTest : public testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories(directory());
    std::ofstream(directory() + "/" + name) << text;
  }
  static std::string OwnRule(const std::string& phrase) {
    return "[[rule]]\nid = \"own\"\npriority = 90\ncause = \"policy.geo\"\nany = \"" + phrase + "\"\n";
  }
  static std::string RuleOf(const std::shared_ptr<const RuleSet>& rules, std::string_view text) {
    const Verdict verdict = Classifier(rules).ClassifyUncached(text, kNoProvider);
    return verdict.rule == kNoRule ? "" : rules->rules()[verdict.rule].id;
  }
  std::string directory() const { return temp_.path() + "/rules.d"; }
  std::string cache() const { return temp_.path() + "/cache/rules.hsdb"; }

  TempDir temp_;
};

TEST_F(RuleFilesTest, AMissingDirectoryIsAnEmptyOne) {
  const auto shipped = LoadRules("", "");
  const auto rules = LoadRules(directory(), "");
  ASSERT_TRUE(shipped.ok() && rules.ok());
  EXPECT_EQ((*rules)->fingerprint(), (*shipped)->fingerprint());
  EXPECT_FALSE(ReadOverlay({directory()}).ok());
}

TEST_F(RuleFilesTest, TheOverlayLiesOverTheShippedRules) {
  const std::string text = "550 5.7.1 the purple frogs of example.org dislike this";
  EXPECT_NE(RuleOf(*LoadRules("", ""), text), "own");
  Write("own.toml", OwnRule("purple frogs"));
  Write("ignored.toml.dpkg-old", "this is no TOML");
  Write(".hidden.toml", "nor is this");
  const auto rules = LoadRules(directory(), "");
  ASSERT_TRUE(rules.ok()) << rules.status();
  EXPECT_EQ(RuleOf(*rules, text), "own");
  Write("z.toml", "disable = \"own\"\n");
  const auto contradicted = LoadRules(directory(), "");
  EXPECT_THAT(contradicted.status().ToString(), HasSubstr(directory() + "/z.toml:1:11: "));
}

TEST_F(RuleFilesTest, KeepsTheCompiledOverlay) {
  Write("own.toml", OwnRule("purple frogs"));
  const auto fresh = LoadRules(directory(), cache());
  ASSERT_TRUE(fresh.ok()) << fresh.status();
  EXPECT_FALSE((*fresh)->loaded());
  EXPECT_TRUE((*LoadRules(directory(), cache()))->loaded());
  Write("own.toml", OwnRule("green frogs"));
  EXPECT_FALSE((*LoadRules(directory(), cache()))->loaded());
  EXPECT_TRUE((*LoadRules(directory(), cache()))->loaded());
}

TEST_F(RuleFilesTest, NamesThePlaceOfAFault) {
  Write("a.toml", OwnRule("purple frogs"));
  Write("b.toml", "[[rule]]\nid = \"b\"\ncause = \"auth.spf\"\nregex = 'frogs[ are'\n");
  EXPECT_THAT(std::string(LoadRules(directory(), "").status().message()),
              StartsWith(directory() + "/b.toml:1:1: regex 'frogs[ are'"));
  Write("b.toml", OwnRule("green frogs"));
  EXPECT_THAT(std::string(LoadRules(directory(), "").status().message()),
              HasSubstr(directory() + "/b.toml:1:1: rule id \"own\" is already used at " + directory() +
                        "/a.toml:1:1"));
}

TEST_F(RuleFilesTest, RefusesWhatIsNoFile) {
  std::filesystem::create_directories(directory() + "/folder.toml");
  EXPECT_THAT(LoadRules(directory(), "").status().ToString(), HasSubstr("folder.toml:1:1: cannot read"));
  std::filesystem::remove(directory() + "/folder.toml");
  std::filesystem::create_symlink("nowhere", directory() + "/link.toml");
  EXPECT_THAT(LoadRules(directory(), "").status().ToString(), HasSubstr("link.toml:1:1: cannot read"));
}

}  // namespace
}  // namespace bouncewatch
