#include "daemon/postfix_instances.h"

#include <gtest/gtest.h>

#include <string>

namespace bouncewatch {
namespace {

using Texts = std::map<std::string, std::string>;

// Answers in the place of postconf(1): by its arguments without the program.
ProgramRunner Answering(Texts answers) {
  return [answers =
              std::move(answers)](const std::vector<std::string>& arguments) -> absl::StatusOr<std::string> {
    std::string key;
    for (size_t i = 1; i < arguments.size(); ++i) key += (i > 1 ? " " : "") + arguments[i];
    const auto found = answers.find(key);
    if (found == answers.end()) return absl::AbortedError("no answer to " + key);
    return found->second;
  };
}

Texts TwoInstances() {
  const std::string values = " -x syslog_name smtp_bind_address smtp_bind_address6";
  return {
      {"-x config_directory multi_instance_directories",
       "config_directory = /etc/postfix\nmulti_instance_directories = /etc/postfix-out3\n"},
      {"-c /etc/postfix" + values, "syslog_name = postfix\nsmtp_bind_address =\nsmtp_bind_address6 =\n"},
      {"-c /etc/postfix -M",
       "smtp inet n - y - - smtpd\nsmtp unix - - y - - smtp\nout1 unix - - y - - smtp -o a=b\n"
       "relay unix - - y - - smtp\nboth unix - - y - - smtp\nlmtp unix - - y - - lmtp\n    -o c=d\n"},
      {"-c /etc/postfix -x -P",
       "out1/unix/smtp_bind_address = 192.0.2.1\nout1/unix/syslog_name = postfix-out1\n"
       "relay/unix/syslog_name = postfix/$service_name\nboth/unix/syslog_name = both\n"
       "both/unix/smtp_bind_address = 192.0.2.9\nboth/unix/smtp_bind_address6 = 2001:db8::9\n"},
      {"-c /etc/postfix-out3" + values,
       "syslog_name = postfix-out3\nsmtp_bind_address = 192.0.2.3\nsmtp_bind_address6 =\n"},
      {"-c /etc/postfix-out3 -M", "smtp unix - - y - - smtp\n"},
      {"-c /etc/postfix-out3 -x -P", ""},
  };
}

TEST(PostfixInstances, NamesOfAllInstancesTellTheirAddress) {
  const auto transports = FindPostfixTransports(Answering(TwoInstances()));
  ASSERT_TRUE(transports.ok()) << transports.status();
  EXPECT_EQ(transports->size(), 5u);
  EXPECT_EQ(AddressesBySyslogName(*transports), (Texts{{"both", ""},
                                                       {"postfix", ""},
                                                       {"postfix-out1", "192.0.2.1"},
                                                       {"postfix-out3", "192.0.2.3"},
                                                       {"postfix/relay", ""}}));
  EXPECT_TRUE(SharedSyslogNames(*transports).empty());
}

TEST(PostfixInstances, ASharedNameTellsNone) {
  Texts answers = TwoInstances();
  answers["-c /etc/postfix -x -P"] = "out1/unix/smtp_bind_address = 192.0.2.1\n";
  const auto transports = FindPostfixTransports(Answering(answers));
  ASSERT_TRUE(transports.ok());
  EXPECT_EQ(AddressesBySyslogName(*transports).at("postfix"), "");
  const auto shared = SharedSyslogNames(*transports);
  ASSERT_EQ(shared.size(), 1u);
  EXPECT_EQ(shared.begin()->first, "postfix");
  EXPECT_EQ(shared.begin()->second.size(), 4u);
}

TEST(PostfixInstances, AnInstanceThatCannotBeReadHidesNoOther) {
  Texts answers = TwoInstances();
  answers.erase("-c /etc/postfix -M");
  const auto transports = FindPostfixTransports(Answering(answers));
  ASSERT_TRUE(transports.ok());
  EXPECT_EQ(AddressesBySyslogName(*transports), (Texts{{"postfix-out3", "192.0.2.3"}}));
  answers.erase("-c /etc/postfix-out3 -M");
  EXPECT_TRUE(absl::IsAborted(FindPostfixTransports(Answering(answers)).status()));
}

TEST(PostfixInstances, NothingIsSaidWhereNothingIsBound) {
  Texts answers = TwoInstances();
  answers["-c /etc/postfix -x -P"] = "";
  answers["-x config_directory multi_instance_directories"] = "config_directory = /etc/postfix\n";
  const auto transports = FindPostfixTransports(Answering(answers));
  ASSERT_TRUE(transports.ok());
  EXPECT_TRUE(AddressesBySyslogName(*transports).empty());
}

TEST(RunProgram, GivesBackWhatWasWritten) {
  const absl::StatusOr<std::string> text = RunProgram({"/bin/sh", "-c", "echo one; echo two >&2"});
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(*text, "one\n");
}

TEST(RunProgram, Refuses) {
  EXPECT_TRUE(absl::IsNotFound(RunProgram({"/nonexistent/program"}).status()));
  EXPECT_TRUE(absl::IsAborted(RunProgram({"/bin/sh", "-c", "exit 3"}).status()));
  EXPECT_TRUE(absl::IsResourceExhausted(RunProgram({"/bin/cat", "/dev/zero"}).status()));
}

}  // namespace
}  // namespace bouncewatch
