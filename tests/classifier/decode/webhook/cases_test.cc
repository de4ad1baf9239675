// Every case of cases/<provider>.txt: a post, and what it is decoded to.
//
//   # words for the reader
//   > content-type application/json       application/json when not said
//   > header Name: value
//   > query a=1&b=2
//   > format postfix                       of raw log lines
//   > crlf                                 lines of the body end in CR LF
//   BODY
//   =
//   EVENTS, as PostText says them
//   (an empty line)
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/webhook_text.h"

namespace bouncewatch {
namespace {

struct Case {
  WebhookPost post;
  std::vector<std::string> header_texts, want;
  int line = 0;
};

void AddDirective(const std::string& line, Case* one, bool* crlf) {
  const size_t blank = line.find(' ');
  const std::string key = line.substr(0, blank),
                    value = blank == std::string::npos ? "" : line.substr(blank + 1);
  if (key == "content-type") one->post.content_type = value;
  if (key == "query") one->post.query = value;
  if (key == "format") one->post.options.format = value;
  if (key == "header") one->header_texts.push_back(value);
  if (key == "crlf") *crlf = true;
}

std::vector<Case> ReadCases(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<Case> cases;
  std::string line;
  int number = 0;
  bool in_body = true, crlf = false, open = false;
  while (std::getline(file, line)) {
    ++number;
    if (!open) {
      if (line.empty() || line[0] == '#') continue;
      cases.emplace_back().line = number;
      cases.back().post.provider = path.stem().string();
      open = in_body = true;
      crlf = false;
    }
    Case& one = cases.back();
    if (in_body && line.starts_with("> ")) {
      AddDirective(line.substr(2), &one, &crlf);
    } else if (in_body && line == "=") {
      in_body = false;
    } else if (in_body) {
      one.post.body += line + (crlf ? "\r\n" : "\n");
    } else if (line.empty()) {
      open = false;
    } else {
      one.want.push_back(line);
    }
  }
  return cases;
}

class WebhookCases : public testing::TestWithParam<std::string_view> {};

TEST_P(WebhookCases, AreDecodedAsTheySay) {
  const std::filesystem::path path = std::filesystem::path(BOUNCEWATCH_SOURCE_DIR) /
                                     "tests/classifier/decode/webhook/cases" /
                                     (std::string(GetParam()) + ".txt");
  std::vector<Case> cases = ReadCases(path);
  ASSERT_FALSE(cases.empty()) << path;
  for (Case& one : cases) {
    for (const std::string& text : one.header_texts) {
      const size_t colon = text.find(": ");
      one.post.headers.push_back(
          {std::string_view(text).substr(0, colon), std::string_view(text).substr(colon + 2)});
    }
    EXPECT_EQ(PostText(one.post), one.want) << path << ":" << one.line;
  }
}

std::vector<std::string_view> Providers() {
  std::vector<std::string_view> names;
  for (const WebhookFormat& format : WebhookFormats()) names.push_back(format.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Provider, WebhookCases, testing::ValuesIn(Providers()),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace bouncewatch
