#include "storage/entries.h"

#include <rocksdb/db.h>

#include <optional>
#include <utility>

#include "classifier/status_macros.h"
#include "storage/database.h"
#include "storage/records.h"

namespace bouncewatch {

Entries::Entries(const Snapshot& snapshot) : it_(snapshot.NewIterator()) {}
Entries::~Entries() = default;

absl::StatusOr<const Entries::Page*> Entries::FindPage(Kind kind, uint32_t id) {
  Page& page = pages_[static_cast<size_t>(kind)];
  if (id < page.first || id - page.first >= page.entries.size()) RETURN_IF_ERROR(Load(kind, id, &page));
  return &page;
}

absl::StatusOr<std::string_view> Entries::Find(Kind kind, uint32_t id) {
  if (id == 0) return std::string_view();
  ASSIGN_OR_RETURN(const Page* const page, FindPage(kind, id));
  return page->entries[id - page->first];
}

absl::Status Entries::Load(Kind kind, uint32_t id, Page* page) {
  page->entries.clear();
  it_->SeekForPrev(PageKey(kind, id));
  RETURN_IF_ERROR(ToStatus(it_->status(), "read store"));
  const absl::Status missing = absl::DataLossError("store: a row names an entry that no dictionary holds");
  if (!it_->Valid()) return missing;
  const std::optional<uint32_t> first = ParsePageKey({it_->key().data(), it_->key().size()}, kind);
  if (!first.has_value()) return missing;
  page->first = *first;
  page->bytes.assign(it_->value().data(), it_->value().size());
  std::optional<std::vector<std::string_view>> entries = DecodePage(page->bytes);
  if (!entries.has_value()) return absl::DataLossError("store: damaged dictionary page");
  if (id - *first >= entries->size()) return missing;
  page->entries = std::move(*entries);
  return absl::OkStatus();
}

}  // namespace bouncewatch
