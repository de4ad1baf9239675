// Entries: id -> bytes of the store's dictionaries, for readers.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/keys.h"
#include "storage/snapshot.h"

namespace bouncewatch {

class Entries {
 public:
  explicit Entries(const Snapshot& snapshot);
  ~Entries();

  // The entry's bytes, "" for id 0; they live until the next call for this kind. DataLoss: no such entry.
  absl::StatusOr<std::string_view> Find(Kind kind, uint32_t id);

  // A run of entries with consecutive ids. Its views live until the next call for the same kind.
  struct Page {
    uint32_t first = 0;
    std::string bytes;
    std::vector<std::string_view> entries;
  };
  // The page that holds `id`, which is not 0.
  absl::StatusOr<const Page*> FindPage(Kind kind, uint32_t id);

 private:
  absl::Status Load(Kind kind, uint32_t id, Page* page);

  std::unique_ptr<rocksdb::Iterator> it_;
  std::array<Page, kKindCount> pages_;  // the last one of each kind: neighbours are asked together
};

}  // namespace bouncewatch
