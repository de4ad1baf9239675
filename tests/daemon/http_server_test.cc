#include "daemon/http_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "absl/strings/str_format.h"
#include "daemon/http_client.h"

namespace bouncewatch {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class HttpServerTest : public ::testing::Test {
 protected:
  HttpServerTest() {
    std::vector<HttpRoute> routes;
    routes.push_back({"GET", "/page", [](const HttpRequest& request) {
                        return HttpResponse{200, "text/plain", "page " + request.query};
                      }});
    routes.push_back({"POST", "/echo", [](const HttpRequest& request) {
                        return HttpResponse{200, "text/plain", request.body};
                      }});
    routes.push_back({"GET", "/bad", [](const HttpRequest&) {
                        return HttpResponse{400, "text/plain", "your fault\n"};
                      }});
    absl::StatusOr<std::unique_ptr<HttpServer>> server = HttpServer::Start("127.0.0.1:0", std::move(routes));
    EXPECT_TRUE(server.ok()) << server.status();
    if (server.ok()) server_ = *std::move(server);
  }

  std::string Url(const std::string& target) const {
    return absl::StrFormat("http://127.0.0.1:%d%s", server_->port(), target);
  }

  // Sends bytes as they are and reads until the server closes.
  std::string Raw(const std::string& bytes) const {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(server_->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string answer;
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) {
      EXPECT_EQ(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
      char buffer[4096];
      for (ssize_t n; (n = ::recv(fd, buffer, sizeof(buffer), 0)) > 0;)
        answer.append(buffer, static_cast<size_t>(n));
    }
    ::close(fd);
    return answer;
  }

  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersWithPathAndQueryApart) {
  const absl::StatusOr<std::string> body = HttpGet(Url("/page?a=b&c=%20"));
  ASSERT_TRUE(body.ok()) << body.status();
  EXPECT_EQ(*body, "page a=b&c=%20");
}

TEST_F(HttpServerTest, TheClientTellsFailuresApart) {
  EXPECT_TRUE(absl::IsInvalidArgument(HttpGet(Url("/bad")).status()));
  EXPECT_THAT(std::string(HttpGet(Url("/bad")).status().message()), HasSubstr("your fault"));
  EXPECT_TRUE(absl::IsInternal(HttpGet(Url("/absent")).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(HttpGet("https://127.0.0.1/").status()));
  EXPECT_TRUE(absl::IsUnavailable(HttpGet("http://127.0.0.1:1/").status()));
}

TEST_F(HttpServerTest, KeepsConnectionsAliveAndAnswersHead) {
  const std::string answer =
      Raw("GET /page HTTP/1.1\r\nHost: x\r\n\r\nHEAD /page?1 HTTP/1.1\r\nHost: x\r\n\r\n"
          "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(answer, HasSubstr("page HTTP/1.1 200 OK"));
  EXPECT_THAT(answer,
              HasSubstr("Content-Length: 6\r\n\r\nHTTP/1.1 200 OK"));  // the body of a HEAD is left out
  EXPECT_TRUE(answer.ends_with("hello"));
}

TEST_F(HttpServerTest, RefusesWhatItDoesNotServe) {
  EXPECT_THAT(Raw("POST /page HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(Raw("GET /absent HTTP/1.0\r\n\r\n"), HasSubstr(" 404 "));
  EXPECT_THAT(Raw("\x16\x03\x01 hello\r\n\r\n"), HasSubstr(" 400 "));
  EXPECT_THAT(Raw("GET /page HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n"), HasSubstr(" 431 "));
  EXPECT_THAT(Raw("POST /echo HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"), HasSubstr(" 413 "));
}

TEST(HttpServer, SaysWhyItCannotListen) {
  const absl::StatusOr<std::unique_ptr<HttpServer>> first = HttpServer::Start("127.0.0.1:0", {});
  ASSERT_TRUE(first.ok());
  const std::string taken = absl::StrFormat("127.0.0.1:%d", (*first)->port());
  EXPECT_TRUE(absl::IsUnavailable(HttpServer::Start(taken, {}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(HttpServer::Start("nowhere", {}).status()));
}

}  // namespace
}  // namespace bouncewatch
