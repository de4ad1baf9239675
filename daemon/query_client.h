// Where a reading command takes its answers from: a running daemon over HTTP, or a store opened beside it.
// One thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "daemon/query_arguments.h"
#include "storage/reader.h"

namespace CLI {
class App;
}  // namespace CLI

namespace bouncewatch {

// The flags that say where: --data, --url, --config.
struct QueryPlace {
  std::string config, data, url;
};
void AddPlaceOptions(CLI::App* app, QueryPlace* place);

class QueryClient {
 public:
  explicit QueryClient(QueryPlace place) : place_(std::move(place)) {}

  // `spec`: the words, parsed. Without --data and --url: the daemon of this machine, and its store when it is
  // not running. A store stays open between questions.
  absl::StatusOr<QueryResult> Ask(const QueryWords& words, const QuerySpec& spec);

  // For other questions of the same kind: `path` with its parameters of the daemon, or `read` on the store;
  // `parse` takes the daemon's body.
  template <typename T>
  absl::StatusOr<T> AskFor(const std::string& path,
                           const std::function<absl::StatusOr<T>(const std::string&)>& parse,
                           const std::function<absl::StatusOr<T>(Reader*)>& read) {
    absl::StatusOr<std::string> body = Get(path);
    if (body.ok()) return parse(*body);
    if (absl::IsInvalidArgument(body.status()) || !MayReadStore()) return body.status();
    absl::StatusOr<Reader*> reader = OpenReader();
    if (!reader.ok()) return reader.status();
    return read(*reader);
  }

 private:
  absl::StatusOr<std::string> Get(const std::string& path);
  bool MayReadStore() const { return place_.url.empty(); }
  absl::StatusOr<Reader*> OpenReader();

  const QueryPlace place_;
  std::unique_ptr<Reader> reader_;
};

}  // namespace bouncewatch
