#include "daemon/rule_moves.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "classifier/rules/loader.h"

namespace bouncewatch {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

constexpr std::string_view kBefore = R"(
[[provider]]
name = "alpha"
[[rule]]
id = "spf"
any = "spf"
cause = "auth.spf"
)";

// A store that holds nothing but these replies.
class FakeReader : public Reader {
 public:
  explicit FakeReader(std::vector<StoredReply> replies) : replies_(std::move(replies)) {}
  absl::StatusOr<QueryResult> Query(const QuerySpec&) override { return QueryResult(); }
  int64_t newest_event_s() override { return 0; }
  absl::Status VisitReplies(const ReplyVisitor& visit) override {
    for (const StoredReply& reply : replies_) {
      if (!visit(reply)) break;
    }
    return absl::OkStatus();
  }

 private:
  std::vector<StoredReply> replies_;
};

std::shared_ptr<const RuleSet> Rules(const std::string& more) {
  absl::StatusOr<RuleFileContent> content = ParseRuleFile(std::string(kBefore) + more, "rules.toml");
  EXPECT_TRUE(content.ok()) << content.status();
  return *RuleSet::Compile(*std::move(content));
}

TEST(RuleMoves, NamesWhatChangesItsCause) {
  FakeReader reader({{1, "550 5.7.1 spf and dkim", "", Phase::kUnknown},
                     {1, "550 5.7.1 spf and dkim", "", Phase::kUnknown},  // twice: another outcome
                     {1, "550 5.7.1 spf and dkim", "alpha", Phase::kUnknown},
                     {2, "550 5.7.1 spf only", "", Phase::kUnknown},
                     {3, "450 wait", "", Phase::kConnect},
                     {3, "450 wait", "", Phase::kData}});
  const auto before = Rules("");
  const auto after = Rules(R"(
[[rule]]
id = "dkim"
provider = "alpha"
any = "dkim"
cause = "auth.dkim"
[[rule]]
id = "connect"
phase = "connect"
any = "wait"
cause = "rate.connections"
)");
  const absl::StatusOr<RuleMoves> moves = CompareRules(&reader, *before, *after);
  ASSERT_TRUE(moves.ok()) << moves.status();
  EXPECT_EQ(moves->looked_at, 5u);
  EXPECT_EQ(moves->moved, 2u);
  EXPECT_THAT(moves->first,
              ElementsAre(RuleMove{"auth.spf", "auth.dkim", "alpha", "550 5.7.1 spf and dkim", 1},
                          RuleMove{"unknown.unspecified", "rate.connections", "", "450 wait", 3}));
  EXPECT_EQ(CompareRules(&reader, *before, *before)->moved, 0u);
}

TEST(RuleMoves, AreBounded) {
  std::vector<std::string> texts;
  for (size_t i = 0; i < kRepliesCompared + 10; ++i) texts.push_back("550 dkim " + std::to_string(i));
  std::vector<StoredReply> replies;
  for (size_t i = 0; i < texts.size(); ++i) replies.push_back({i + 1, texts[i], "", Phase::kUnknown});
  FakeReader reader(std::move(replies));
  const auto after = Rules("[[rule]]\nid = \"dkim\"\nany = \"dkim\"\ncause = \"auth.dkim\"\n");
  const absl::StatusOr<RuleMoves> moves = CompareRules(&reader, *Rules(""), *after);
  ASSERT_TRUE(moves.ok());
  EXPECT_EQ(moves->looked_at, kRepliesCompared);
  EXPECT_EQ(moves->moved, kRepliesCompared);
  EXPECT_THAT(moves->first, SizeIs(kMovesShown));
  EXPECT_EQ(moves->first[1].text, "550 dkim 1");
}

}  // namespace
}  // namespace bouncewatch
