#include "daemon/open_store.h"

#include <ctime>
#include <string_view>
#include <utility>

#include "daemon/log.h"

namespace bouncewatch {

absl::StatusOr<std::unique_ptr<Store>> OpenStore(const std::string& path, const Config& config) {
  StoreOptions options;
  options.path = path;
  options.retention = config.retention;
  options.now_s = [] { return int64_t{std::time(nullptr)}; };
  options.on_damage = [path](std::string_view what) {
    LogError("the store is damaged; counts are missing", {{"store", path}, {"what", std::string(what)}});
  };
  return Store::Open(std::move(options));
}

}  // namespace bouncewatch
