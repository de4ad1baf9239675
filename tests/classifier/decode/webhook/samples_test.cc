// The sample bodies beside the checkout (BOUNCEWATCH_SHARED, else ../shared): each gives the events that its
// provider's table of fields implies. samples.txt has one line a file:
//
//   amazon_ses/x.json  bounced/remote 1501893662 example.com 5.1.1 550 | skipped ignored 1
//
// that is, for each event: outcome/origin, time, recipient's domain, status, and the reply's code.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "classifier/decode/read_text.h"
#include "tests/support/webhook_text.h"

namespace bouncewatch {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// "time=1 outcome=x origin=y ... to=d ... dsn=z reply=550 ..." to what samples.txt has of it.
std::string Short(const std::string& line) {
  if (!line.starts_with("time=")) return line;
  const auto value = [&line](std::string_view key) -> std::string {
    const size_t at = line.find(key);
    if (at == std::string::npos) return "-";
    const size_t start = at + key.size();
    return line.substr(start, line.find(' ', start) - start);
  };
  const size_t reply = line.find(" reply=");
  const std::string text = reply == std::string::npos ? "" : line.substr(reply + 7);
  return value(" outcome=") + "/" + value(" origin=") + " " + value("time=") + " " + value(" to=") + " " +
         value(" dsn=") + " " + (StartsWithReplyCode(text) ? text.substr(0, 3) : "-");
}

std::string Provider(const std::string& folder) {
  static const std::map<std::string, std::string> kOthers = {
      {"aws_sns", "amazon_ses"}, {"dsn", "mail_report"}, {"shippers", "vector"}};
  const auto other = kOthers.find(folder);
  return other == kOthers.end() ? folder : other->second;
}

// The content type and the other headers of "<file>.headers"; its first line is that of the request.
void ReadHeaders(const fs::path& body, std::string* text, WebhookPost* post) {
  fs::path path = body;
  *text = ReadFile(path.replace_extension(".headers"));
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const size_t colon = line.find(": ");
    if (colon == std::string_view::npos || line.starts_with('#')) continue;
    std::string_view value = line.substr(colon + 2);
    if (value.ends_with('\r')) value.remove_suffix(1);
    if (line.substr(0, colon) == "Content-Type") {
      post->content_type = value;
    } else {
      post->headers.push_back({line.substr(0, colon), value});
    }
  }
}

std::string DefaultType(const std::string& extension) {
  static const std::map<std::string, std::string> kTypes = {{".ndjson", "application/x-ndjson"},
                                                            {".eml", "message/rfc822"},
                                                            {".txt", "text/plain"},
                                                            {".form", "application/x-www-form-urlencoded"}};
  const auto type = kTypes.find(extension);
  return type == kTypes.end() ? "application/json" : type->second;
}

TEST(WebhookSamples, GiveTheEventsOfTheirTables) {
  const char* shared = std::getenv("BOUNCEWATCH_SHARED");
  const fs::path root =
      (shared != nullptr ? fs::path(shared) : fs::path(BOUNCEWATCH_SOURCE_DIR) / "../shared") /
      "data/webhooks";
  if (!fs::exists(root)) GTEST_SKIP() << "no samples at " << root;
  std::ifstream list(fs::path(BOUNCEWATCH_SOURCE_DIR) / "tests/classifier/decode/webhook/samples.txt");
  std::string line;
  size_t files = 0;
  while (std::getline(list, line)) {
    if (line.empty() || line[0] == '#') continue;
    const std::string name = line.substr(0, line.find("  "));
    const fs::path path = root / name;
    ASSERT_TRUE(fs::exists(path)) << path;
    ++files;
    WebhookPost post;
    post.provider = Provider(path.parent_path().filename().string());
    post.options.format = "postfix";
    post.content_type = DefaultType(path.extension().string());
    std::string header_text;
    ReadHeaders(path, &header_text, &post);
    post.body = ReadFile(path);
    if (path.extension() == ".query") {  // "GET /hook?a=1 HTTP/1.1"
      post.query = post.body.substr(post.body.find('?') + 1);
      post.query.resize(post.query.find(' '));
      post.body.clear();
      post.content_type.clear();
    }
    std::string got;
    for (const std::string& text : PostText(post)) got += (got.empty() ? "" : " | ") + Short(text);
    EXPECT_EQ(got, line.substr(std::min(name.size() + 2, line.size()))) << name;
  }
  EXPECT_GT(files, 200u);
}

}  // namespace
}  // namespace bouncewatch
