#include "daemon/query_client.h"

#include <CLI/CLI.hpp>

#include "classifier/status_macros.h"
#include "daemon/config.h"
#include "daemon/http_client.h"
#include "daemon/query_output.h"

namespace bouncewatch {

void AddPlaceOptions(CLI::App* app, QueryPlace* place) {
  CLI::Option* data = app->add_option("--data", place->data, "Directory of the store");
  app->add_option("--url", place->url, "Address of a running daemon, http://host:port")->excludes(data);
  app->add_option("--config", place->config, "Configuration file that says where daemon and store are");
  app->footer("Without --data and --url the running daemon is asked, else the store is opened.");
}

absl::StatusOr<QueryResult> QueryClient::Ask(const QueryWords& words, const QuerySpec& spec) {
  return AskFor<QueryResult>("/api/v1/query" + ToUrlQuery(words), ParseQueryJson,
                             [&](Reader* reader) { return reader->Query(spec); });
}

absl::StatusOr<std::string> QueryClient::Get(const std::string& path) {
  if (!place_.data.empty()) return absl::UnavailableError("a store was named, no daemon");
  std::string url = place_.url;
  if (url.empty()) {
    ASSIGN_OR_RETURN(const Config config, Config::Load(place_.config));
    url = "http://" + config.http_listen;
  }
  while (url.ends_with('/')) url.pop_back();
  return HttpGet(url + path);
}

absl::StatusOr<Reader*> QueryClient::OpenReader() {
  if (reader_ != nullptr) return reader_.get();
  std::string path = place_.data;
  if (path.empty()) {
    ASSIGN_OR_RETURN(const Config config, Config::Load(place_.config));
    path = config.storage_path;
  }
  ASSIGN_OR_RETURN(reader_, Reader::OpenSecondary(path));
  return reader_.get();
}

}  // namespace bouncewatch
