#include "classifier/rules/rule_spans.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bouncewatch {
namespace {

// "key:bytes" of each span, in the order found.
std::vector<std::string> Shown(const Rule& rule, std::string_view text) {
  std::vector<std::string> shown;
  for (const RuleSpan& span : FindRuleSpans(rule, text)) {
    shown.push_back(std::string(span.key) + ":" +
                    std::string(text.substr(span.begin, span.end - span.begin)));
  }
  return shown;
}

TEST(RuleSpans, AreTheWordsThatHold) {
  using Texts = std::vector<std::string>;
  Rule rule;
  rule.tokens = {"S3150"};
  rule.lists = {"zen.spamhaus.org"};
  rule.any = {"block*", "absent"};
  rule.all = {"our list"};
  rule.regex = "by.{0,9}(ip|net)[(]";
  EXPECT_EQ(Shown(rule, "XS3150 unblocked Blocked using ZEN.spamhaus.org on OUR LIST by the ip( (S3150)"),
            (Texts{"any:Block", "list:ZEN.spamhaus.org", "all:OUR LIST", "regex:by the ip(", "token:S3150"}));
  EXPECT_EQ(Shown(rule, "nothing of it"), Texts());
  EXPECT_EQ(Shown(rule, ""), Texts());
  EXPECT_EQ(Shown(Rule(), "anything"), Texts());
}

TEST(RuleSpans, GoWithoutARegexOfAnotherDialect) {
  Rule rule;
  rule.regex = "a(?=b)";
  EXPECT_TRUE(FindRuleSpans(rule, "ab").empty());
}

}  // namespace
}  // namespace bouncewatch
