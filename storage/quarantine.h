// Quarantine: blocks and deltas that cannot be read are set aside, so that one damaged value neither stops
// ingest nor is thrown away.
//
// SetAside adds the move to a batch; once that batch is durable, Committed counts and reports it. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "storage/database.h"

namespace bouncewatch {

class Quarantine {
 public:
  using Report = std::function<void(std::string_view what)>;
  explicit Quarantine(Report report) : report_(std::move(report)) {}

  // Counts what `database` holds in quarantine. Of what was in doubt it reports what is there, and forgets
  // the rest.
  absl::Status Load(const Database& database);

  // `key`, of a block, a delta or a marginal, holds `value`, which is damaged for the reason `why`. Puts both
  // under a key of the quarantine; what becomes of the old key is the caller's business.
  void SetAside(std::string_view key, std::string_view value, const absl::Status& why, uint64_t commit,
                rocksdb::WriteBatch* batch);
  void Committed();

  uint64_t size() const { return size_; }  // values set aside, since the store was made

 private:
  const Report report_;
  uint64_t size_ = 0;
  std::map<std::string, std::string> uncommitted_;  // by key: what will be reported
};

}  // namespace bouncewatch
