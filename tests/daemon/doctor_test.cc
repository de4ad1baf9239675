#include "daemon/doctor.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "daemon/doctor_texts.h"
#include "tests/support/temp_dir.h"

namespace bouncewatch {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kNow = 4'000'000'000;

class DoctorTest : public ::testing::Test {
 protected:
  DoctorTest() {
    options_.root = root_.path();
    options_.run = [](const auto&) { return absl::NotFoundError("no postconf"); };
    options_.now_s = kNow;
    options_.clock_is_synchronized = [] { return true; };
    Follow(root_.Write("mail.log", "line\n"));
  }
  void Follow(const std::string& path) {
    SourceConfig source;
    source.name = "mail";
    source.paths = {path};
    options_.config.sources = {source};
  }
  std::string Write(const std::string& path, const std::string& text) {
    fs::create_directories(fs::path(root_ / path).parent_path());
    return root_.Write(path, text);
  }
  std::vector<std::string> Ids() const {
    std::vector<std::string> ids;
    for (const Finding& finding : Examine(options_)) {
      EXPECT_FALSE(finding.what.empty() || finding.fix.empty()) << finding.id;
      ids.push_back(finding.id);
    }
    return ids;
  }
  using List = std::vector<std::string>;

  TempDir root_;
  DoctorOptions options_;
};

TEST_F(DoctorTest, AHealthyMachineHasNoFindings) {
  EXPECT_EQ(Ids(), List());
}

TEST_F(DoctorTest, PowerMtaWithoutTransientRecords) {
  Write("etc/pmta/config", "<acct-file /var/log/pmta/acct.csv>\n  records d,b\n</acct-file>\n");
  EXPECT_EQ(Ids(), List{"powermta-no-transients"});
  Write("etc/pmta/config", "<acct-file /var/log/pmta/acct.csv>\n  records d, b, t\n</acct-file>\n");
  EXPECT_EQ(Ids(), List());
}

TEST_F(DoctorTest, EximWithoutItsAddress) {
  Write("etc/exim4/conf.d/main/02_log", "log_file_path = /var/log/exim4/%slog\n");
  EXPECT_EQ(Ids(), List{"exim-no-interface"});
  Write("etc/exim4/conf.d/main/90_ours",
        "MAIN_LOG_SELECTOR = +smtp_confirmation \\\n  +incoming_interface\n");
  EXPECT_EQ(Ids(), List());
}

TEST_F(DoctorTest, TheJournalDropsWhatIsTooMuch) {
  options_.config.sources[0].kind = SourceKind::kJournal;
  EXPECT_EQ(Ids(), List{"journald-rate-limit"});
  Write("etc/systemd/journald.conf", "[Journal]\n#RateLimitBurst=0\nRateLimitIntervalSec=30s\n");
  EXPECT_EQ(Ids(), List{"journald-rate-limit"});
  Write("etc/systemd/journald.conf.d/mail.conf", "[Journal]\nRateLimitIntervalSec=0\n");
  EXPECT_EQ(Ids(), List());
}

TEST_F(DoctorTest, CopyTruncateOfAFollowedFile) {
  Write("etc/logrotate.conf", "weekly\ninclude /etc/logrotate.d\n");
  Write("etc/logrotate.d/other", "/var/log/other.log {\n  copytruncate\n}\n");
  EXPECT_EQ(Ids(), List());
  Write("etc/logrotate.d/mail", "\"" + root_.path() + "/*.log\" {\n  daily\n  copytruncate\n}\n");
  EXPECT_EQ(Ids(), List{"logrotate-copytruncate"});
}

TEST_F(DoctorTest, FilesThatAreNotThereOrCannotBeRead) {
  Follow(root_ / "absent.log");
  EXPECT_EQ(Ids(), List{"no-file"});
  fs::create_symlink(root_ / "loop.log", root_ / "loop.log");
  Follow(root_ / "loop.log");
  EXPECT_EQ(Ids(), List{"unreadable"});
}

TEST_F(DoctorTest, ClockTrouble) {
  options_.clock_is_synchronized = [] { return false; };
  EXPECT_EQ(Ids(), List{"clock-unsynchronized"});
  options_.clock_is_synchronized = [] { return true; };
  options_.now_s = 1'000'000'000;  // the file is of today
  EXPECT_EQ(Ids(), List{"clock-file"});
}

TEST_F(DoctorTest, TransportsThatNobodyCanTellApart) {
  options_.run = [](const std::vector<std::string>& arguments) -> absl::StatusOr<std::string> {
    if (arguments.back() == "multi_instance_directories") return "config_directory = /etc/postfix\n";
    if (arguments.back() == "-M") {
      return "out1 unix - - y - - smtp -o x=y\nout2 unix - - y - - smtp\nlocal unix - n n - - local\n";
    }
    if (arguments.back() == "-P") {
      return "out1/unix/smtp_bind_address = 192.0.2.1\nout2/unix/smtp_bind_address = 192.0.2.2\n";
    }
    return "syslog_name = postfix\nsmtp_bind_address =\nsmtp_bind_address6 =\n";
  };
  const std::vector<Finding> findings = Examine(options_);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].id, "postfix-shared-name");
  for (const char* part : {"out1/unix", "192.0.2.1", "out2/unix", "192.0.2.2", "\"postfix\""}) {
    EXPECT_NE(findings[0].what.find(part), std::string::npos) << part;
  }
}

TEST(DoctorTexts, CopyTruncateMayHoldForAll) {
  bool by_default = false;
  EXPECT_EQ(CopyTruncatedPaths("# copytruncate\ncopytruncate\n/a.log /b.log {\n  postrotate\n    x {\n  "
                               "endscript\n}\n/c.log\n{\n nocopytruncate\n}\n",
                               &by_default),
            (std::vector<std::string>{"/a.log", "/b.log"}));
  EXPECT_TRUE(by_default);
}

TEST(DoctorTexts, NeverFail) {
  for (const char* text : {"", "\n", "{", "}", "\"", "= = =", "\\", "<acct-file", "records",
                           "RateLimitBurst=", "RateLimitIntervalSec=5weeks", "log_selector"}) {
    bool by_default = false;
    EXPECT_TRUE(CopyTruncatedPaths(text, &by_default).empty()) << text;
    EXPECT_TRUE(AccountingWithoutTransients(text).empty()) << text;
    EXPECT_FALSE(EximLogsInterface(text).has_value()) << text;
    JournalLimit limit;
    ReadJournalLimit(text, &limit);
    EXPECT_FALSE(limit.burst.has_value() || limit.interval_s.has_value()) << text;
  }
}

}  // namespace
}  // namespace bouncewatch
