#include "daemon/http_client.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <string_view>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxAnswerBytes = 1u << 30;
constexpr time_t kTimeoutS = 60;

struct Url {
  std::string host, port, target, authority;
};

absl::StatusOr<Url> ParseUrl(std::string_view text) {
  constexpr std::string_view kScheme = "http://";
  const absl::Status bad =
      absl::InvalidArgumentError(absl::StrFormat("\"%s\" is no URL like http://127.0.0.1:9899", text));
  if (!text.starts_with(kScheme)) return bad;
  text.remove_prefix(kScheme.size());
  const size_t slash = std::min(text.find('/'), text.size());
  Url url;
  url.authority = text.substr(0, slash);
  url.target = slash < text.size() ? text.substr(slash) : "/";
  const size_t colon = url.authority.rfind(':');
  const bool has_port = colon != std::string::npos && url.authority.find(']', colon) == std::string::npos;
  url.host = url.authority.substr(0, has_port ? colon : std::string::npos);
  url.port = has_port ? url.authority.substr(colon + 1) : "80";
  if (url.host.starts_with('[') && url.host.ends_with(']'))
    url.host = url.host.substr(1, url.host.size() - 2);
  if (url.host.empty() || url.port.empty()) return bad;
  return url;
}

class Socket {
 public:
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  Socket() = default;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  absl::Status Connect(const Url& url) {
    addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    if (const int error = ::getaddrinfo(url.host.c_str(), url.port.c_str(), &hints, &list); error != 0) {
      return absl::UnavailableError(absl::StrFormat("%s: %s", url.authority, ::gai_strerror(error)));
    }
    int last_error = 0;
    for (const addrinfo* a = list; a != nullptr && fd_ < 0; a = a->ai_next) {
      const int fd = ::socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
      const timeval timeout = {kTimeoutS, 0};
      ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
      ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
      if (fd >= 0 && ::connect(fd, a->ai_addr, a->ai_addrlen) == 0) {
        fd_ = fd;
      } else {
        last_error = errno;
        if (fd >= 0) ::close(fd);
      }
    }
    ::freeaddrinfo(list);
    if (fd_ >= 0) return absl::OkStatus();
    return absl::ErrnoToStatus(last_error, absl::StrFormat("cannot reach %s", url.authority));
  }

  absl::Status Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n < 0) return absl::ErrnoToStatus(errno, "cannot send the question");
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> ReceiveAll() {
    std::string answer;
    char buffer[65536];
    while (answer.size() < kMaxAnswerBytes) {
      const ssize_t n = ::recv(fd_, buffer, sizeof(buffer), 0);
      if (n == 0) return answer;
      if (n < 0 && errno != EINTR) return absl::ErrnoToStatus(errno, "cannot read the answer");
      if (n > 0) answer.append(buffer, static_cast<size_t>(n));
    }
    return absl::ResourceExhaustedError("the answer is too large");
  }

 private:
  int fd_ = -1;
};

}  // namespace

// HTTP/1.0, so that the body is never chunked and ends with the connection.
absl::StatusOr<std::string> HttpGet(const std::string& url_text) {
  ASSIGN_OR_RETURN(const Url url, ParseUrl(url_text));
  Socket socket;
  RETURN_IF_ERROR(socket.Connect(url));
  RETURN_IF_ERROR(socket.Send(absl::StrFormat("GET %s HTTP/1.0\r\nHost: %s\r\nConnection: close\r\n\r\n",
                                              url.target, url.authority)));
  ASSIGN_OR_RETURN(std::string answer, socket.ReceiveAll());
  const size_t header_end = answer.find("\r\n\r\n");
  int code = 0;
  const size_t code_begin = answer.find(' ');
  if (answer.starts_with("HTTP/1.") && code_begin != std::string::npos) {
    std::from_chars(answer.data() + code_begin + 1, answer.data() + answer.size(), code);
  }
  if (code == 0 || header_end == std::string::npos) {
    return absl::InternalError(absl::StrFormat("%s does not answer in HTTP", url.authority));
  }
  answer.erase(0, header_end + 4);
  if (code == 200) return answer;
  while (answer.ends_with('\n')) answer.pop_back();
  const std::string message = absl::StrFormat("%s answers %d: %s", url.authority, code, answer);
  return code == 400 ? absl::InvalidArgumentError(message) : absl::InternalError(message);
}

}  // namespace bouncewatch
