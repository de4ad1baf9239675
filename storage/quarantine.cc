#include "storage/quarantine.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <ctime>
#include <memory>
#include <optional>

#include "absl/strings/str_format.h"
#include "storage/keys.h"

namespace bouncewatch {
namespace {

std::string FormatHour(uint32_t hour) {
  const time_t start_s = static_cast<time_t>(hour) * 3600;
  tm utc{};
  gmtime_r(&start_s, &utc);
  std::array<char, 32> text;
  return {text.data(), strftime(text.data(), text.size(), "%Y-%m-%dT%H:%MZ", &utc)};
}

std::string Describe(std::string_view key) {
  if (const std::optional<BlockAddress> block = ParseBlockKey(key)) {
    return absl::StrFormat("the block of hour %s, shard %d", FormatHour(block->hour), block->shard);
  }
  if (const std::optional<DeltaAddress> delta = ParseDeltaKey(key)) {
    return absl::StrFormat("the delta of hour %s, commit %d", FormatHour(delta->hour), delta->commit);
  }
  if (const std::optional<MarginalAddress> sums = ParseMarginalKey(key)) {
    const bool of_hour = sums->resolution == Resolution::kHour;
    return absl::StrFormat("sums %d of %s %s, part %d", static_cast<int>(sums->marginal),
                           of_hour ? "hour" : "day", FormatHour(of_hour ? sums->bucket : sums->bucket * 24),
                           sums->part);
  }
  return "a value";
}

}  // namespace

absl::Status Quarantine::Load(const Database& database) {
  size_ = 0;
  const std::unique_ptr<rocksdb::Iterator> it(database.db()->NewIterator(rocksdb::ReadOptions()));
  const std::string first(1, kQuarantinePrefix);
  for (it->Seek(first); it->Valid() && it->key().starts_with(first); it->Next()) {
    ++size_;
    const auto in_doubt = uncommitted_.find(it->key().ToString());
    if (in_doubt != uncommitted_.end() && report_ != nullptr) report_(in_doubt->second);
  }
  uncommitted_.clear();
  return ToStatus(it->status(), "read store");
}

void Quarantine::SetAside(std::string_view key, std::string_view value, const absl::Status& why,
                          uint64_t commit, rocksdb::WriteBatch* batch) {
  const std::string place = QuarantineKey(commit, key);
  batch->Put(place, rocksdb::Slice(value.data(), value.size()));
  uncommitted_[place] = absl::StrFormat("%s was set aside: %s", Describe(key), why.ToString());
}

void Quarantine::Committed() {
  size_ += uncommitted_.size();
  if (report_ != nullptr) {
    for (const auto& [key, what] : uncommitted_) report_(what);
  }
  uncommitted_.clear();
}

}  // namespace bouncewatch
