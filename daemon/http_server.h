// HttpServer: a small HTTP/1.1 server for metrics, health and queries. It knows routes and limits, not what
// they mean: handlers are plain functions and run on two threads of their own, so that a slow query does not
// hold up a scrape.
//
// Limits: kMaxConnections at once (more wait to be accepted), 16 KiB of headers, kMaxBodyBytes of body, 30 s
// for each request and each answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace bouncewatch {

inline constexpr size_t kMaxConnections = 256;
inline constexpr size_t kMaxBodyBytes = 1 << 20;

struct HttpRequest {
  std::string path;   // "/api/v1/query"
  std::string query;  // behind '?', still escaped
  std::string body;
  std::string accept = "";  // the header of this name
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

// Called on the server's handler threads, several at a time.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

struct HttpRoute {
  std::string method;  // "GET" (which also answers HEAD) or "POST"
  std::string path;
  HttpHandler handler;
};

class HttpServer {
 public:
  // Listens and serves until destroyed. `address`: "127.0.0.1:9899"; port 0: any. Unavailable: cannot listen
  // there.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const std::string& address,
                                                           std::vector<HttpRoute> routes);
  // Drops connections; waits for handlers that run.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  uint16_t port() const;

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace bouncewatch
