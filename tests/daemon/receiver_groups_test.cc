#include "daemon/receiver_groups.h"

#include <gtest/gtest.h>

#include <string>

namespace bouncewatch {
namespace {

TEST(ReceiverGroups, NumberKnownOnesAsTheMapDoesAndOthersAsTheyCome) {
  ProviderMap map;
  const ProviderIndex acme = map.Intern("acme");
  map.AddPattern(".mx.acme.example", acme);
  ReceiverGroups groups(map);
  EXPECT_EQ(groups.Of("in1.mx.acme.example"), acme);
  EXPECT_EQ(groups.provider(acme), acme);
  EXPECT_EQ(groups.name(acme), "acme");
  const ReceiverGroup other = groups.Of("mx1.mail.example.co.uk");
  EXPECT_NE(other, kNoProvider);
  EXPECT_EQ(groups.name(other), "example.co.uk");
  EXPECT_EQ(groups.provider(other), kNoProvider) << "rules see only known groups";
  EXPECT_EQ(groups.Of("MX2.Example.CO.UK."), other);
  EXPECT_NE(groups.Of("mx.example.org"), other);
  for (const char* none :
       {"", "192.0.2.1", "2001:db8::1", "local", "none", "private/lmtp", "co.uk", "mx example.org"}) {
    EXPECT_EQ(groups.Of(none), kNoProvider) << none;
  }
}

// A host below a group met before is in it at dots only, and a group without entry hides no pattern.
TEST(ReceiverGroups, OfHostsBelowOneAnother) {
  ProviderMap map;
  const ProviderIndex acme = map.Intern("acme");
  map.AddPattern(".in.example.net", acme);
  ReceiverGroups groups(map);
  const ReceiverGroup net = groups.Of("mx.example.net");
  EXPECT_EQ(groups.Of("a.b.c.example.net"), net);
  EXPECT_EQ(groups.Of("example.net"), net);
  EXPECT_EQ(groups.Of("a.in.example.net"), acme);
  EXPECT_NE(groups.Of("mx.notexample.net"), net);
  EXPECT_EQ(groups.name(groups.Of("mx.notexample.net")), "notexample.net");
  EXPECT_EQ(groups.Of("mx.example.net\n"), kNoProvider);
  EXPECT_EQ(groups.Of(std::string(300, 'a') + ".example.net"), kNoProvider);
}

TEST(ReceiverGroups, AreBounded) {
  const ProviderMap map;
  ReceiverGroups groups(map);
  const ReceiverGroup first = groups.Of("mx.first.example");
  for (size_t i = 0; i < 2 * ReceiverGroups::kMaxUnmapped; ++i)
    groups.Of("mx.d" + std::to_string(i) + ".example");
  EXPECT_EQ(groups.Of("mx.late.example"), kNoProvider);
  EXPECT_EQ(groups.Of("other.first.example"), first) << "those that came in time stay";
}

}  // namespace
}  // namespace bouncewatch
