#include "classifier/provider.h"

#include <gtest/gtest.h>

#include <string>

namespace bouncewatch {
namespace {

TEST(ProviderMap, KnowsNothingAtFirst) {
  const ProviderMap map;
  EXPECT_EQ(map.Find("mx.example.org"), kNoProvider);
  EXPECT_EQ(map.Find(""), kNoProvider);
  EXPECT_EQ(map.FindName("acme"), kNoProvider);
  EXPECT_EQ(map.name(kNoProvider), "");
}

TEST(ProviderMap, InternsEachNameOnce) {
  ProviderMap map;
  const ProviderIndex acme = map.Intern("acme");
  const ProviderIndex bell = map.Intern("bell");
  EXPECT_NE(acme, bell);
  EXPECT_EQ(map.Intern("acme"), acme);
  EXPECT_EQ(map.Intern(""), kNoProvider);
  EXPECT_EQ(map.FindName("bell"), bell);
  EXPECT_EQ(map.name(acme), "acme");
  EXPECT_EQ(map.names().size(), 3u);
}

TEST(ProviderMap, LongestPatternWinsOnDotBoundaries) {
  ProviderMap map;
  const ProviderIndex business = map.Intern("business");
  const ProviderIndex consumer = map.Intern("consumer");
  const ProviderIndex lone = map.Intern("lone");
  map.AddPattern(".mail.example.org", business);
  map.AddPattern(".olc.mail.example.org", consumer);
  map.AddPattern("mx.example.net", lone);
  map.AddPattern("vip.olc.mail.example.org", lone);
  struct {
    const char* host;
    ProviderIndex provider;
  } const kCases[] = {
      {"a.mail.example.org", business},
      {"a.b.mail.example.org", business},
      {"a.olc.mail.example.org", consumer},
      {"vip.olc.mail.example.org", lone},
      {"A.Mail.EXAMPLE.org.", business},
      {"mail.example.org", kNoProvider},
      {"hotmail.example.org", kNoProvider},
      {"xmail.example.org", kNoProvider},
      {"mx.example.net", lone},
      {"a.mx.example.net", kNoProvider},
      {"mail.example.org.example.com", kNoProvider},
      {"...", kNoProvider},
  };
  for (const auto& c : kCases) EXPECT_EQ(map.Find(c.host), c.provider) << c.host;
}

TEST(ProviderMap, GroupsUnknownHostsByTheirRegistrableDomain) {
  ProviderMap map;
  map.AddPattern(".mx.example.net", map.Intern("acme"));
  const struct {
    const char* host;
    const char* group;
  } kCases[] = {
      {"a.mx.example.net", "acme"},
      {"mx.example.net", "example.net"},
      {"mx1.mail.example.co.uk", "example.co.uk"},
      {"MX.Example.COM.", "example.com"},
      {"example.org", "example.org"},
      {"a.b.example.test", "example.test"},
      {"co.uk", ""},
      {"com", ""},
      {"localhost", ""},
      {"none", ""},
      {"", ""},
      {".", ""},
      {"..com", ""},
      {"192.0.2.1", ""},
      {"[192.0.2.1]", ""},
      {"2001:db8::1", ""},
      {"private/dovecot-lmtp", ""},
      {"/var/run/lmtp.sock", ""},
      {"mx.example.org\nx", ""},
  };
  for (const auto& c : kCases) EXPECT_EQ(map.GroupOf(c.host), c.group) << c.host;
  EXPECT_EQ(map.GroupOf(std::string(300, 'a') + ".example.org"), "");
}

TEST(ProviderMap, IgnoresWhatIsTooLongToBeAHost) {
  ProviderMap map;
  map.AddPattern(".example.org", map.Intern("acme"));
  EXPECT_EQ(map.Find(std::string(300, 'a') + ".example.org"), kNoProvider);
  EXPECT_NE(map.Find(std::string(200, 'a') + ".example.org"), kNoProvider);
}

}  // namespace
}  // namespace bouncewatch
