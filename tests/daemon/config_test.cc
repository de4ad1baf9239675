#include "daemon/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace bouncewatch {
namespace {

using ::testing::HasSubstr;

constexpr char kWhole[] = R"(
[storage]
path = "/srv/bouncewatch"
commit_interval_ms = 200
[http]
listen = "[::1]:9000"
enable_reload = true
top_domains = 50
[[source]]
name = "mail"
kind = "file"
paths = ["/var/log/mail.log", "/var/log/mail/*.log"]
timezone = "Europe/Berlin"
format = "postfix"
start_at = "end"
[[source]]
name = "hook_1"
kind = "webhook"
provider = "sendgrid"
auth = "signature"
secrets = ["file:/etc/key.pub", "credential:next"]
[identity]
ips = ["192.0.2.0/28", "2001:db8::1"]
domains = ["example.com"]
[identity.transports]
"postfix-out1" = "192.0.2.1"
[incidents]
dispersion = 2
[alertmanager]
urls = ["http://127.0.0.1:9093"]
)";

TEST(Config, ReadsAFieldMap) {
  const auto parse = [](const std::string& source) {
    return Config::Parse("[[source]]\nname = \"mta\"\npaths = [\"/x\"]\n" + source, "test.toml");
  };
  const auto config =
      parse("format = \"halon\"\n[source.fields]\ncustomer = [\"jobid\", \"message.jobid\"]\n");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->sources[0].fields, (FieldMap{{"customer", {"jobid", "message.jobid"}}}));
  for (const char* bad :
       {"[source.fields]\ncustomer = [\"a\"]\n", "format = \"halon\"\nfields = 1\n",
        "format = \"halon\"\n[source.fields]\nweather = [\"a\"]\n",
        "format = \"halon\"\n[source.fields]\ncustomer = \"a\"\n",
        "format = \"halon\"\n[source.fields]\ncustomer = [\"\"]\n",
        "format = \"halon\"\n[source.fields]\ncustomer = [\"a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a\"]\n",
        "format = \"halon\"\n[source.fields]\ncode = "
        "[\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\"]\n"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(parse(bad).status())) << bad;
  }
}

TEST(Config, ReadsEveryKey) {
  const absl::StatusOr<Config> config = Config::Parse(kWhole, "test.toml");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->storage_path, "/srv/bouncewatch");
  EXPECT_EQ(config->commit_interval_ms, 200);
  EXPECT_EQ(config->http_listen, "[::1]:9000");
  EXPECT_TRUE(config->http_enable_reload);
  EXPECT_EQ(config->top_domains, 50);
  ASSERT_EQ(config->sources.size(), 2u);
  EXPECT_EQ(config->sources[0].paths.size(), 2u);
  EXPECT_EQ(config->sources[0].timezone, "Europe/Berlin");
  EXPECT_EQ(config->sources[0].format, "postfix");
  EXPECT_EQ(config->sources[0].start_at, StartAt::kEnd);
  EXPECT_EQ(config->sources[1].kind, SourceKind::kWebhook);
  EXPECT_EQ(config->sources[1].auth, "signature");
  EXPECT_EQ(config->identity.transports.at("postfix-out1"), "192.0.2.1");
  EXPECT_EQ(config->incidents_dispersion, 2.0);
  EXPECT_EQ(config->alertmanager_urls.size(), 1u);
}

TEST(Config, HasDefaultsWithoutAFile) {
  const absl::StatusOr<Config> config = Config::Load("");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->http_listen, "127.0.0.1:9899");
  ASSERT_EQ(config->sources.size(), 1u);
  EXPECT_EQ(config->sources[0].name, "mail");
}

TEST(Config, SaysWhereTheErrorIs) {
  const struct {
    const char* text;
    const char* error;
  } kCases[] = {
      {"[storage]\npth = \"x\"", "t.toml:2:1: unknown key \"pth\""},
      {"color = 1", "t.toml:1:1: unknown key \"color\""},
      {"[storage]\npath = 3", "t.toml:2:8: \"path\" must be a string"},
      {"storage = 1", "t.toml:1:11: must be written [storage]"},
      {"[http\n", "t.toml:1:"},
      {"[http]\nlisten = \"9899\"", "t.toml:2:10: \"listen\" must be an address and a port"},
      {"[http]\nlisten = \"localhost:99999\"", "\"listen\" must be"},
      {"[http]\ntop_domains = -1", "t.toml:2:15: \"top_domains\" must be a whole number from 0"},
      {"[http]\nenable_reload = 1", "must be true or false"},
      {"[incidents]\ndispersion = 0.75", "t.toml:2:14: \"dispersion\" must be a number greater than 0.75"},
      {"[incidents]\ndispersion = inf", "must be a number"},
      {"[[source]]\nname = \"Mail\"\npaths=[\"x\"]", "t.toml:2:8: a source needs a \"name\""},
      {"[[source]]\npaths=[\"x\"]", "t.toml:1:1: a source needs a \"name\""},
      {"[[source]]\nname=\"a\"", "needs \"paths\""},
      {"[[source]]\nname=\"a\"\npaths=\"x\"", "\"paths\" must be a list of strings"},
      {"[[source]]\nname=\"a\"\nkind=\"tape\"", "\"kind\" is \"tape\"; it must be one of file, journal"},
      {"[[source]]\nname=\"a\"\npaths=[\"x\"]\nformat=\"csv\"", "t.toml:4:8: \"format\" is \"csv\""},
      {"[[source]]\nname=\"a\"\npaths=[\"x\"]\nstart_at=\"middle\"", "\"start_at\" is"},
      {"[[source]]\nname=\"a\"\npaths=[\"x\"]\ntimezone=\"Mars/Base\"", "no time zone"},
      {"[[source]]\nname=\"a\"\nkind=\"journal\"\npaths=[\"x\"]", "is for sources of kind \"file\""},
      {"[[source]]\nname=\"a\"\npaths=[\"x\"]\nsecrets=[\"file:/x\"]", "\"secrets\" is for webhooks"},
      {"[[source]]\nname=\"a\"\nkind=\"webhook\"\nprovider=\"p\"\nauth=\"bearer\"\nsecrets=[\"hunter2\"]",
       "t.toml:6:9: a secret is not written here"},
      {"[[source]]\nname=\"a\"\nkind=\"webhook\"\nauth=\"none\"", "needs \"provider\""},
      {"[[source]]\nname=\"a\"\nkind=\"webhook\"\nprovider=\"p\"", "needs \"auth\""},
      {"[[source]]\nname=\"a\"\npaths=[\"x\"]\n[[source]]\nname=\"a\"\npaths=[\"y\"]",
       "t.toml:5:6: a second source named \"a\""},
      {"[source]\nname=\"a\"", "must be written [[source]]"},
      {"[identity]\nips = [\"192.0.2.1\", \"192.0.2.0/33\"]",
       "t.toml:2:21: \"192.0.2.0/33\" is no IP address"},
      {"[identity.transports]\nout1 = \"example.com\"", "t.toml:2:8: transport \"out1\" needs an IP address"},
      {"[alertmanager]\nurls = [\"ftp://x\"]", "must begin with http"},
  };
  for (const auto& test : kCases) {
    const absl::StatusOr<Config> config = Config::Parse(test.text, "t.toml");
    ASSERT_FALSE(config.ok()) << test.text;
    EXPECT_THAT(std::string(config.status().message()), HasSubstr(test.error)) << test.text;
  }
}

TEST(Config, NeverRepeatsASecretInAnError) {
  const absl::StatusOr<Config> config = Config::Parse(
      "[[source]]\nname=\"a\"\nkind=\"webhook\"\nprovider=\"p\"\nauth=\"bearer\"\nsecrets=[\"hunter2\"]",
      "t.toml");
  ASSERT_FALSE(config.ok());
  EXPECT_THAT(std::string(config.status().message()), ::testing::Not(HasSubstr("hunter2")));
}

TEST(Config, TakesOverridesFromTheEnvironment) {
  ::setenv("BOUNCEWATCH_STORAGE_PATH", "/elsewhere", 1);
  ::setenv("BOUNCEWATCH_HTTP_TOP_DOMAINS", "7", 1);
  const absl::StatusOr<Config> good = Config::Parse(kWhole, "test.toml");
  ::setenv("BOUNCEWATCH_HTTP_TOP_DOMAINS", "many", 1);
  const absl::StatusOr<Config> bad = Config::Parse(kWhole, "test.toml");
  ::unsetenv("BOUNCEWATCH_STORAGE_PATH");
  ::unsetenv("BOUNCEWATCH_HTTP_TOP_DOMAINS");
  ASSERT_TRUE(good.ok()) << good.status();
  EXPECT_EQ(good->storage_path, "/elsewhere");
  EXPECT_EQ(good->top_domains, 7);
  ASSERT_FALSE(bad.ok());
  EXPECT_THAT(std::string(bad.status().message()), HasSubstr("environment BOUNCEWATCH_HTTP_TOP_DOMAINS"));
}

}  // namespace
}  // namespace bouncewatch
