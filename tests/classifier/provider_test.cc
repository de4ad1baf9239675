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

TEST(ProviderMap, IgnoresWhatIsTooLongToBeAHost) {
  ProviderMap map;
  map.AddPattern(".example.org", map.Intern("acme"));
  EXPECT_EQ(map.Find(std::string(300, 'a') + ".example.org"), kNoProvider);
  EXPECT_NE(map.Find(std::string(200, 'a') + ".example.org"), kNoProvider);
}

}  // namespace
}  // namespace bouncewatch
