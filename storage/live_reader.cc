#include "storage/live_reader.h"

#include <rocksdb/db.h>
#include <rocksdb/snapshot.h>

#include <shared_mutex>
#include <utility>

#include "classifier/status_macros.h"
#include "storage/query.h"
#include "storage/replies.h"
#include "storage/snapshot.h"

namespace bouncewatch {
namespace {

class LiveReader : public Reader {
 public:
  explicit LiveReader(std::shared_ptr<const Database> database) : database_(std::move(database)) {}

  absl::StatusOr<QueryResult> Query(const QuerySpec& spec) override {
    const std::shared_lock lock(database_->mutex());
    if (database_->db() == nullptr) return absl::UnavailableError("store: not open after an error");
    rocksdb::ManagedSnapshot at(database_->db());
    return RunQuery(Snapshot(database_->db(), at.snapshot()), spec);
  }

  int64_t newest_event_s() override {
    const std::shared_lock lock(database_->mutex());
    if (database_->db() == nullptr) return 0;
    const absl::StatusOr<Meta> meta = Snapshot(database_->db(), nullptr).GetMeta();
    return meta.ok() ? meta->newest_event_s : 0;
  }

  absl::Status VisitReplies(const ReplyVisitor& visit) override {
    const std::shared_lock lock(database_->mutex());
    if (database_->db() == nullptr) return absl::UnavailableError("store: not open after an error");
    rocksdb::ManagedSnapshot at(database_->db());
    return bouncewatch::VisitReplies(Snapshot(database_->db(), at.snapshot()), visit);
  }

 private:
  const std::shared_ptr<const Database> database_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Reader>> OpenLiveReader(std::shared_ptr<const Database> database) {
  {
    const std::shared_lock lock(database->mutex());
    if (database->db() == nullptr) return absl::UnavailableError("store: not open after an error");
  }
  return std::unique_ptr<Reader>(std::make_unique<LiveReader>(std::move(database)));
}

}  // namespace bouncewatch
