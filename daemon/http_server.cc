// The one file that knows Asio and Beast: they cost seconds of compile time wherever they are included.
// Connections live on one thread in callback style; only handlers run elsewhere and post their answer back.
#include "daemon/http_server.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"

namespace bouncewatch {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

constexpr std::chrono::seconds kTimeout(30);
constexpr std::chrono::seconds kDrainTime(2);
constexpr std::chrono::milliseconds kAcceptPause(100);
constexpr uint32_t kMaxHeaderBytes = 16 * 1024;
constexpr size_t kHandlerThreads = 2;

std::string_view View(beast::string_view text) {
  return {text.data(), text.size()};
}

// What all sessions share. Outlives them: the io thread is joined first.
struct Shared {
  explicit Shared(std::vector<HttpRoute> table) : routes(std::move(table)) {}

  std::vector<HttpRoute> routes;
  size_t connections = 0;  // io thread only
  asio::io_context io{1};
  asio::thread_pool handlers{kHandlerThreads};
};

HttpResponse Plain(int status, std::string_view text) {
  return {status, "text/plain; charset=utf-8", std::string(text)};
}

// Runs on a handler thread.
HttpResponse Dispatch(const std::vector<HttpRoute>& routes, std::string_view method,
                      const HttpRequest& request) {
  if (method == "HEAD") method = "GET";
  bool path_known = false;
  for (const HttpRoute& route : routes) {
    if (route.path != request.path) continue;
    path_known = true;
    if (route.method == method) return route.handler(request);
  }
  return path_known ? Plain(405, "this path takes another method\n") : Plain(404, "no such page\n");
}

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, Shared* shared) : stream_(std::move(socket)), shared_(shared) {
    ++shared_->connections;
  }
  ~Session() { --shared_->connections; }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void Read() {
    parser_.emplace();
    parser_->header_limit(kMaxHeaderBytes);
    parser_->body_limit(kMaxBodyBytes);
    stream_.expires_after(kTimeout);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](beast::error_code error, size_t) { self->OnRead(error); });
  }

 private:
  void OnRead(beast::error_code error) {
    keep_alive_ = !error && parser_->get().keep_alive();
    if (error == http::error::body_limit) return Write(Plain(413, "the body is too large\n"));
    if (error == http::error::header_limit) return Write(Plain(431, "the headers are too large\n"));
    if (error) {
      const bool bad_request =
          error.category() == http::make_error_code(http::error::bad_method).category() &&
          error != http::error::end_of_stream && error != http::error::partial_message;
      if (bad_request) return Write(Plain(400, "this is no HTTP request\n"));
      return Close();
    }
    http::request<http::string_body>& message = parser_->get();
    const std::string_view target = View(message.target());
    const size_t question = std::min(target.find('?'), target.size());
    HttpRequest request;
    request.path = target.substr(0, question);
    request.query = target.substr(std::min(question + 1, target.size()));
    request.accept = std::string(View(message[http::field::accept]));
    request.body = std::move(message.body());
    method_ = View(message.method_string());
    stream_.expires_never();  // handlers have limits of their own
    asio::post(shared_->handlers, [self = shared_from_this(), request = std::move(request)]() mutable {
      HttpResponse response = Dispatch(self->shared_->routes, self->method_, request);
      Shared* const shared = self->shared_;
      asio::post(shared->io, [self = std::move(self), response = std::move(response)]() mutable {
        self->Write(std::move(response));
      });
    });
  }

  void Write(HttpResponse answer) {
    response_.emplace(static_cast<http::status>(answer.status), 11);
    response_->set(http::field::content_type, answer.content_type);
    response_->set(http::field::cache_control, "no-store");
    response_->set("X-Content-Type-Options", "nosniff");
    response_->keep_alive(keep_alive_);
    response_->content_length(answer.body.size());
    if (method_ != "HEAD") response_->body() = std::move(answer.body);
    stream_.expires_after(kTimeout);
    const auto done = [self = shared_from_this()](beast::error_code error, size_t) {
      if (error || !self->keep_alive_) return self->Close();
      self->Read();
    };
    if (method_ != "HEAD") {
      http::async_write(stream_, *response_, done);
    } else {
      serializer_.emplace(*response_);
      http::async_write_header(stream_, *serializer_, done);
    }
  }

  // A socket that is closed with unread bytes resets the connection, and the client may never see the answer:
  // what it still sends is read and thrown away first, for a short while.
  void Close() {
    beast::error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream_.expires_after(kDrainTime);
    Drain();
  }

  void Drain() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(kMaxHeaderBytes),
                            [self = shared_from_this()](beast::error_code error, size_t n) {
                              self->drained_ += n;
                              if (!error && self->drained_ < kMaxBodyBytes) self->Drain();
                            });
  }

  beast::tcp_stream stream_;
  Shared* shared_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  std::string method_;
  size_t drained_ = 0;
  bool keep_alive_ = false;
};

}  // namespace

struct HttpServer::Impl {
  explicit Impl(std::vector<HttpRoute> routes)
      : shared(std::move(routes)), acceptor(shared.io), pause(shared.io) {}

  ~Impl() {
    shared.io.stop();
    if (thread.joinable()) thread.join();
    shared.handlers.join();
  }

  absl::Status Listen(const std::string& address) {
    const size_t colon = address.rfind(':');
    std::string host = address.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    beast::error_code error;
    const asio::ip::address ip = asio::ip::make_address(host, error);
    const int port = colon == std::string::npos ? -1 : std::atoi(address.c_str() + colon + 1);
    if (error || port < 0 || port > 65535) {
      return absl::InvalidArgumentError(absl::StrFormat("\"%s\" is no address to listen on", address));
    }
    const tcp::endpoint endpoint(ip, static_cast<uint16_t>(port));
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error)
      return absl::UnavailableError(absl::StrFormat("cannot listen on %s: %s", address, error.message()));
    return absl::OkStatus();
  }

  void Accept() {
    if (shared.connections >= kMaxConnections) return AcceptLater();
    acceptor.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) return AcceptLater();  // out of descriptors
      std::make_shared<Session>(std::move(socket), &shared)->Read();
      Accept();
    });
  }

  void AcceptLater() {
    pause.expires_after(kAcceptPause);
    pause.async_wait([this](beast::error_code error) {
      if (!error) Accept();
    });
  }

  Shared shared;
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  std::thread thread;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const std::string& address,
                                                              std::vector<HttpRoute> routes) {
  auto impl = std::make_unique<Impl>(std::move(routes));
  if (absl::Status status = impl->Listen(address); !status.ok()) return status;
  Impl* const running = impl.get();
  running->Accept();
  running->thread = std::thread([running] { running->shared.io.run(); });
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

uint16_t HttpServer::port() const {
  beast::error_code error;
  return impl_->acceptor.local_endpoint(error).port();
}

}  // namespace bouncewatch
