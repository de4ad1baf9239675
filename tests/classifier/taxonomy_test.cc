#include "classifier/taxonomy.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

namespace bouncewatch {
namespace {

TEST(Taxonomy, EveryCauseIsWellFormedAndFound) {
  std::set<std::string_view> ids;
  CauseIndex index = 0;
  for (const Cause& cause : Causes()) {
    SCOPED_TRACE(std::string(cause.id));
    EXPECT_TRUE(ids.insert(cause.id).second) << "twice";
    EXPECT_EQ(cause.id.substr(0, cause.id.find('.')), cause.category);
    EXPECT_FALSE(cause.meaning.empty());
    EXPECT_FALSE(cause.action.empty());
    EXPECT_FALSE(cause.alert_group.empty());
    EXPECT_EQ(FindCause(cause.id), index++);
  }
  EXPECT_EQ(ids.size(), 76u);
}

TEST(Taxonomy, GroupsCausesByCategory) {
  std::set<std::string_view> finished;
  std::string_view current;
  for (const Cause& cause : Causes()) {
    if (cause.category == current) continue;
    finished.insert(current);
    current = cause.category;
    EXPECT_FALSE(finished.contains(current)) << current << " is split";
  }
}

TEST(Taxonomy, FindsNothingElse) {
  for (std::string_view id : {"", "auth", "auth.", "auth.sp", "auth.spff", "zzz.zzz", "AUTH.SPF"}) {
    EXPECT_FALSE(FindCause(id).has_value()) << id;
  }
}

TEST(Taxonomy, OnlyDeadAddressesAreSuppressedAtOnce) {
  for (const Cause& cause : Causes()) {
    if (cause.suppress != Suppress::kNow) continue;
    EXPECT_EQ(cause.scope, Scope::kRecipient) << cause.id;
    EXPECT_EQ(cause.permanence, Permanence::kPermanent) << cause.id;
  }
}

TEST(Taxonomy, ResolvesPermanenceByCode) {
  const Cause& unspecified = Causes()[UnspecifiedCause()];
  EXPECT_EQ(unspecified.id, "unknown.unspecified");
  EXPECT_EQ(ResolvePermanence(unspecified, 450), Permanence::kTransient);
  EXPECT_EQ(ResolvePermanence(unspecified, 550), Permanence::kPermanent);
  EXPECT_EQ(ResolvePermanence(unspecified, 0), Permanence::kPermanent);
  const Cause& gone = Causes()[*FindCause("recipient.unknown-user")];
  EXPECT_EQ(ResolvePermanence(gone, 450), Permanence::kPermanent);
}

TEST(Taxonomy, NamesEveryValue) {
  EXPECT_EQ(Causes()[DeliveredCause()].id, "event.delivered");
  EXPECT_EQ(ScopeName(Scope::kIp), "ip");
  EXPECT_EQ(ScopeName(Scope::kUnknown), "unknown");
  EXPECT_EQ(PermanenceName(Permanence::kByCode), "by-code");
  EXPECT_EQ(SuppressName(Suppress::kAfterN), "after-n");
}

}  // namespace
}  // namespace bouncewatch
