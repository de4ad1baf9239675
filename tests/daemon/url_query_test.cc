#include "daemon/url_query.h"

#include <gtest/gtest.h>

#include <string>

namespace bouncewatch {
namespace {

TEST(UrlQuery, ComesBackAsItWasWritten) {
  std::string url = "http://127.0.0.1:9899/api";
  AppendUrlParameter("a", "x y&=?%\xff", &url);
  AppendUrlParameter("empty", "", &url);
  AppendUrlParameter("b", "2", &url);
  EXPECT_EQ(url, "http://127.0.0.1:9899/api?a=x%20y%26%3D%3F%25%FF&b=2");
  const auto parameters = ParseUrlParameters(std::string_view(url).substr(url.find('?') + 1));
  ASSERT_TRUE(parameters.ok());
  ASSERT_EQ(parameters->size(), 2u);
  EXPECT_EQ((*parameters)[0].value, "x y&=?%\xff");
  EXPECT_EQ((*parameters)[1].name, "b");
}

TEST(UrlQuery, TakesWhatBrowsersSend) {
  const auto parameters = ParseUrlParameters("&a=1+2&&b&=c&d==");
  ASSERT_TRUE(parameters.ok());
  ASSERT_EQ(parameters->size(), 4u);
  EXPECT_EQ((*parameters)[0].value, "1 2");
  EXPECT_EQ((*parameters)[1].name, "b");
  EXPECT_EQ((*parameters)[1].value, "");
  EXPECT_EQ((*parameters)[2].name, "");
  EXPECT_EQ((*parameters)[3].value, "=");
  for (const std::string_view damaged : {"a=%", "a=%4", "a=%zz", "a=%4g"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseUrlParameters(damaged).status())) << damaged;
  }
}

}  // namespace
}  // namespace bouncewatch
