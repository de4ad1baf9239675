// A Reader beside whoever writes the store: RocksDB's secondary instance, caught up once per query.
#include <rocksdb/db.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "storage/database.h"
#include "storage/query.h"
#include "storage/reader.h"
#include "storage/replies.h"
#include "storage/snapshot.h"

namespace bouncewatch {
namespace {

// A directory of its own, gone with the object.
class TemporaryDirectory {
 public:
  static absl::StatusOr<std::unique_ptr<TemporaryDirectory>> Make() {
    std::error_code error;
    std::filesystem::path base = std::filesystem::temp_directory_path(error);
    if (error) base = "/tmp";
    std::string path = (base / "bouncewatch-reader-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) {
      return absl::UnavailableError(
          absl::StrFormat("cannot make a temporary directory in %s", base.string()));
    }
    return std::unique_ptr<TemporaryDirectory>(new TemporaryDirectory(std::move(path)));
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
  const std::string path_;
};

class SecondaryReader : public Reader {
 public:
  SecondaryReader(std::string path, std::unique_ptr<TemporaryDirectory> logs)
      : path_(std::move(path)), logs_(std::move(logs)) {}

  absl::Status Open() {
    rocksdb::Options options = MakeOptions(nullptr);
    options.create_if_missing = false;
    options.max_open_files = -1;  // files that the writer removes stay readable
    rocksdb::DB* db = nullptr;
    const rocksdb::Status status = rocksdb::DB::OpenAsSecondary(options, path_, logs_->path(), &db);
    db_.reset(db);
    return ToStatus(status, absl::StrFormat("open store %s", path_));
  }

  absl::StatusOr<QueryResult> Query(const QuerySpec& spec) override {
    absl::StatusOr<QueryResult> result = CaughtUpQuery(spec);
    // The writer may remove a file between the moment we read of it and the moment we open it.
    if (result.ok() || absl::IsInvalidArgument(result.status()) ||
        absl::IsResourceExhausted(result.status())) {
      return result;
    }
    db_.reset();
    RETURN_IF_ERROR(Open());
    return CaughtUpQuery(spec);
  }

  int64_t newest_event_s() override {
    if (db_ == nullptr || !db_->TryCatchUpWithPrimary().ok()) return 0;
    const absl::StatusOr<Meta> meta = Snapshot(db_.get(), nullptr).GetMeta();
    return meta.ok() ? meta->newest_event_s : 0;
  }

  absl::Status VisitReplies(const ReplyVisitor& visit) override {
    if (db_ == nullptr) return absl::UnavailableError(absl::StrFormat("store %s: not open", path_));
    RETURN_IF_ERROR(ToStatus(db_->TryCatchUpWithPrimary(), absl::StrFormat("read store %s", path_)));
    return bouncewatch::VisitReplies(Snapshot(db_.get(), nullptr), visit);
  }

 private:
  absl::StatusOr<QueryResult> CaughtUpQuery(const QuerySpec& spec) {
    if (db_ == nullptr) return absl::UnavailableError(absl::StrFormat("store %s: not open", path_));
    RETURN_IF_ERROR(ToStatus(db_->TryCatchUpWithPrimary(), absl::StrFormat("read store %s", path_)));
    return RunQuery(Snapshot(db_.get(), nullptr), spec);
  }

  const std::string path_;
  const std::unique_ptr<TemporaryDirectory> logs_;
  std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Reader>> Reader::OpenSecondary(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::path(path) / "CURRENT", error)) {
    return absl::NotFoundError(absl::StrFormat("no store at %s", path));
  }
  ASSIGN_OR_RETURN(std::unique_ptr<TemporaryDirectory> logs, TemporaryDirectory::Make());
  auto reader = std::make_unique<SecondaryReader>(path, std::move(logs));
  RETURN_IF_ERROR(reader->Open());
  return std::unique_ptr<Reader>(std::move(reader));
}

}  // namespace bouncewatch
