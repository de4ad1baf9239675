#include "tests/support/simulated_disk.h"

#include <rocksdb/env.h>

#include <algorithm>
#include <cstring>

namespace bouncewatch {
namespace {

using rocksdb::IOStatus;

class NullLogger : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
  size_t GetLogFileSize() const override { return 0; }
};

class Lock : public rocksdb::FileLock {
 public:
  explicit Lock(std::string path) : path_(std::move(path)) {}
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// RocksDB names directories with a slash at the end, or without.
std::string Directory(const std::string& path) {
  return path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

IOStatus PowerIsOff() {
  return IOStatus::IOError("simulated disk: the power is off");
}

}  // namespace

// One open file, whatever it was opened for.
class SimulatedFile : public rocksdb::FSWritableFile,
                      public rocksdb::FSSequentialFile,
                      public rocksdb::FSRandomAccessFile {
 public:
  using Options = rocksdb::IOOptions;
  using Context = rocksdb::IODebugContext;
  SimulatedFile(SimulatedDisk* disk, SimulatedDisk::FilePointer file) : disk_(disk), file_(std::move(file)) {}

  using FSWritableFile::Append;
  IOStatus Append(const rocksdb::Slice& data, const Options&, Context*) override {
    return disk_->Append(file_.get(), data);
  }
  IOStatus Close(const Options&, Context*) override { return IOStatus::OK(); }
  IOStatus Flush(const Options&, Context*) override { return IOStatus::OK(); }
  IOStatus Sync(const Options&, Context*) override { return disk_->Sync(file_.get()); }
  uint64_t GetFileSize(const Options&, Context*) override {
    const std::lock_guard lock(disk_->mutex_);
    return file_->bytes.size();
  }

  IOStatus Read(size_t size, const Options&, rocksdb::Slice* result, char* scratch, Context*) override {
    const IOStatus status = disk_->Read(*file_, position_, size, result, scratch);
    if (status.ok()) position_ += result->size();
    return status;
  }
  IOStatus Skip(uint64_t size) override {
    position_ += size;
    return IOStatus::OK();
  }
  IOStatus Read(uint64_t offset, size_t size, const Options&, rocksdb::Slice* result, char* scratch,
                Context*) const override {
    return disk_->Read(*file_, offset, size, result, scratch);
  }

  bool use_direct_io() const override { return false; }
  size_t GetRequiredBufferAlignment() const override { return 4096; }
  size_t GetUniqueId(char*, size_t) const override { return 0; }
  IOStatus InvalidateCache(size_t, size_t) override { return IOStatus::OK(); }
  rocksdb::Temperature GetTemperature() const override { return rocksdb::Temperature::kUnknown; }

 private:
  SimulatedDisk* disk_;
  SimulatedDisk::FilePointer file_;
  uint64_t position_ = 0;
};

class SimulatedDirectory : public rocksdb::FSDirectory {
 public:
  explicit SimulatedDirectory(SimulatedDisk* disk) : disk_(disk) {}
  IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return disk_->SyncDirectory();
  }
  IOStatus Close(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override { return IOStatus::OK(); }

 private:
  SimulatedDisk* disk_;
};

SimulatedDisk::SimulatedDisk(uint64_t seed)
    : FileSystemWrapper(rocksdb::FileSystem::Default()), random_(seed) {}

void SimulatedDisk::Inject(const DiskFault& fault) {
  const std::lock_guard lock(mutex_);
  fault_ = fault;
  faulty_ = true;
  counted_ = 0;
}

void SimulatedDisk::Heal() {
  const std::lock_guard lock(mutex_);
  faulty_ = false;
}

uint64_t SimulatedDisk::counted_operations() const {
  const std::lock_guard lock(mutex_);
  return counted_;
}

size_t SimulatedDisk::Spoil(std::string_view path_end, size_t offset) {
  const std::lock_guard lock(mutex_);
  size_t files = 0;
  for (const auto& [path, file] : entries_) {
    if (!std::string_view(path).ends_with(path_end) || offset >= file->bytes.size()) continue;
    file->bytes[offset] = static_cast<char>(~file->bytes[offset]);
    ++files;
  }
  return files;
}

void SimulatedDisk::Hold() {
  const std::lock_guard lock(mutex_);
  held_ = true;
}

void SimulatedDisk::Release() {
  const std::lock_guard lock(mutex_);
  held_ = false;
  released_.notify_all();
}

void SimulatedDisk::CutPowerAt(uint64_t change) {
  const std::lock_guard lock(mutex_);
  changes_left_ = change;
  if (change == 0) powered_ = false;
}

bool SimulatedDisk::powered() const {
  const std::lock_guard lock(mutex_);
  return powered_;
}

size_t SimulatedDisk::SurvivingSize(const File& file) {
  size_t size = file.synced;
  if (file.bytes.size() > size && random_() % 2 == 0) size += random_() % (file.bytes.size() - size + 1);
  return std::min(size, file.doomed.value_or(size));
}

void SimulatedDisk::RestorePower() {
  const std::lock_guard lock(mutex_);
  // The journal of a file system keeps the order of changes.
  const size_t survivors = random_() % 2 == 0 ? random_() % (unsynced_changes_.size() + 1) : 0;
  for (size_t i = 0; i < survivors; ++i) Apply(unsynced_changes_[i], &durable_entries_);
  unsynced_changes_.clear();
  for (auto& [path, file] : durable_entries_) {
    auto survivor = std::make_shared<File>();
    survivor->bytes = file->bytes.substr(0, SurvivingSize(*file));
    survivor->synced = survivor->bytes.size();
    file = std::move(survivor);
  }
  entries_ = durable_entries_;
  locks_.clear();
  changes_left_.reset();
  powered_ = true;
}

SimulatedDisk::Outcome SimulatedDisk::Admit(DiskOperation operation, Io* status) {
  if (!powered_) {
    *status = PowerIsOff();
    return Outcome::kLost;
  }
  if (changes_left_.has_value() && (operation & kDiskChanges) != 0 && --*changes_left_ == 0) {
    // The change under way may be the last one to arrive, but nobody is told.
    powered_ = false;
    *status = PowerIsOff();
    return static_cast<Outcome>(random_() % 3);
  }
  if (!faulty_ || (operation & fault_.operations) == 0) return Outcome::kDone;
  ++counted_;
  if (counted_ < fault_.first || counted_ - fault_.first >= fault_.count) return Outcome::kDone;
  if (fault_.error == DiskFault::Error::kNoSpace) {
    *status = IOStatus::NoSpace("simulated disk: told to fail");
    status->SetRetryable(true);
  } else {
    *status = IOStatus::IOError("simulated disk: told to fail");
  }
  switch (fault_.effect) {
    case DiskFault::Effect::kNone:
      return Outcome::kLost;
    case DiskFault::Effect::kHalf:
      return Outcome::kHalf;
    case DiskFault::Effect::kAll:
      return Outcome::kDone;
  }
  __builtin_unreachable();
}

void SimulatedDisk::Apply(const Change& change, std::map<std::string, FilePointer>* entries) {
  for (const auto& [path, file] : change) {
    if (file == nullptr) {
      entries->erase(path);
    } else {
      (*entries)[path] = file;
    }
  }
}

void SimulatedDisk::Enter(Change change) {
  Apply(change, &entries_);
  unsynced_changes_.push_back(std::move(change));
}

SimulatedDisk::Io SimulatedDisk::Find(const std::string& path, FilePointer* file) {
  const auto found = entries_.find(path);
  if (found == entries_.end()) return Io::PathNotFound(path);
  *file = found->second;
  return Io::OK();
}

SimulatedDisk::Io SimulatedDisk::Append(File* file, const rocksdb::Slice& data) {
  std::unique_lock lock(mutex_);
  released_.wait(lock, [this] { return !held_; });
  Io status;
  const Outcome outcome = Admit(kDiskAppend, &status);
  const size_t size = outcome == Outcome::kDone   ? data.size()
                      : outcome == Outcome::kHalf ? data.size() / 2
                                                  : 0;
  file->bytes.append(data.data(), size);
  return status;
}

SimulatedDisk::Io SimulatedDisk::Sync(File* file) {
  std::unique_lock lock(mutex_);
  released_.wait(lock, [this] { return !held_; });
  Io status;
  switch (Admit(kDiskSync, &status)) {
    case Outcome::kDone:
      file->synced = file->bytes.size();
      break;
    case Outcome::kHalf:
      file->synced += (file->bytes.size() - file->synced) / 2;
      if (powered_ && !file->doomed.has_value()) file->doomed = file->synced;
      break;
    case Outcome::kLost:
      break;
  }
  return status;
}

SimulatedDisk::Io SimulatedDisk::SyncDirectory() {
  const std::lock_guard lock(mutex_);
  Io status;
  const Outcome outcome = Admit(kDiskSyncDirectory, &status);
  const size_t all = unsynced_changes_.size();
  const size_t count = outcome == Outcome::kDone ? all : outcome == Outcome::kHalf ? all / 2 : 0;
  for (size_t i = 0; i < count; ++i) Apply(unsynced_changes_[i], &durable_entries_);
  unsynced_changes_.erase(unsynced_changes_.begin(),
                          unsynced_changes_.begin() + static_cast<std::ptrdiff_t>(count));
  return status;
}

SimulatedDisk::Io SimulatedDisk::Read(const File& file, uint64_t offset, size_t size, rocksdb::Slice* result,
                                      char* scratch) {
  const std::lock_guard lock(mutex_);
  Io status;
  Admit(kDiskRead, &status);
  *result = rocksdb::Slice();
  if (!status.ok() || offset >= file.bytes.size()) return status;
  const size_t count = std::min<size_t>(size, file.bytes.size() - offset);
  std::memcpy(scratch, file.bytes.data() + offset, count);
  *result = rocksdb::Slice(scratch, count);
  return status;
}

SimulatedDisk::Io SimulatedDisk::NewSequentialFile(const std::string& path, const rocksdb::FileOptions&,
                                                   std::unique_ptr<rocksdb::FSSequentialFile>* result,
                                                   Context*) {
  const std::lock_guard lock(mutex_);
  FilePointer file;
  const Io status = Find(path, &file);
  if (status.ok()) *result = std::make_unique<SimulatedFile>(this, std::move(file));
  return status;
}

SimulatedDisk::Io SimulatedDisk::NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions&,
                                                     std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                                                     Context*) {
  const std::lock_guard lock(mutex_);
  FilePointer file;
  const Io status = Find(path, &file);
  if (status.ok()) *result = std::make_unique<SimulatedFile>(this, std::move(file));
  return status;
}

SimulatedDisk::Io SimulatedDisk::NewWritableFile(const std::string& path, const rocksdb::FileOptions&,
                                                 std::unique_ptr<rocksdb::FSWritableFile>* result, Context*) {
  const std::lock_guard lock(mutex_);
  Io status;
  const bool done = Admit(kDiskCreate, &status) == Outcome::kDone;
  auto file = std::make_shared<File>();
  if (done) Enter({{path, file}});
  if (status.ok()) *result = std::make_unique<SimulatedFile>(this, std::move(file));
  return status;
}

SimulatedDisk::Io SimulatedDisk::NewDirectory(const std::string&, const Options&,
                                              std::unique_ptr<rocksdb::FSDirectory>* result, Context*) {
  *result = std::make_unique<SimulatedDirectory>(this);
  return Io::OK();
}

SimulatedDisk::Io SimulatedDisk::FileExists(const std::string& path, const Options&, Context*) {
  const std::lock_guard lock(mutex_);
  return entries_.contains(path) || directories_.contains(Directory(path)) ? Io::OK() : Io::NotFound(path);
}

SimulatedDisk::Io SimulatedDisk::GetChildren(const std::string& path, const Options&,
                                             std::vector<std::string>* result, Context*) {
  const std::lock_guard lock(mutex_);
  result->clear();
  if (!directories_.contains(Directory(path))) return Io::NotFound(path);
  const std::string prefix = Directory(path) + "/";
  for (auto entry = entries_.lower_bound(prefix);
       entry != entries_.end() && entry->first.compare(0, prefix.size(), prefix) == 0; ++entry) {
    result->push_back(entry->first.substr(prefix.size()));
  }
  return Io::OK();
}

SimulatedDisk::Io SimulatedDisk::DeleteFile(const std::string& path, const Options&, Context*) {
  const std::lock_guard lock(mutex_);
  FilePointer file;
  Io status = Find(path, &file);
  if (status.ok() && Admit(kDiskDelete, &status) == Outcome::kDone) Enter({{path, nullptr}});
  return status;
}

SimulatedDisk::Io SimulatedDisk::CreateDir(const std::string& path, const Options&, Context*) {
  const std::lock_guard lock(mutex_);
  return directories_.insert(Directory(path)).second ? Io::OK() : Io::IOError(path, "exists");
}

SimulatedDisk::Io SimulatedDisk::CreateDirIfMissing(const std::string& path, const Options&, Context*) {
  const std::lock_guard lock(mutex_);
  directories_.insert(Directory(path));
  return Io::OK();
}

SimulatedDisk::Io SimulatedDisk::GetFileSize(const std::string& path, const Options&, uint64_t* size,
                                             Context*) {
  const std::lock_guard lock(mutex_);
  FilePointer file;
  const Io status = Find(path, &file);
  if (status.ok()) *size = file->bytes.size();
  return status;
}

SimulatedDisk::Io SimulatedDisk::GetFileModificationTime(const std::string& path, const Options&,
                                                         uint64_t* time_s, Context*) {
  const std::lock_guard lock(mutex_);
  FilePointer file;
  *time_s = 0;
  return Find(path, &file);
}

SimulatedDisk::Io SimulatedDisk::RenameFile(const std::string& from, const std::string& to, const Options&,
                                            Context*) {
  const std::lock_guard lock(mutex_);
  FilePointer file;
  Io status = Find(from, &file);
  if (status.ok() && Admit(kDiskRename, &status) == Outcome::kDone) Enter({{from, nullptr}, {to, file}});
  return status;
}

SimulatedDisk::Io SimulatedDisk::LockFile(const std::string& path, const Options&, rocksdb::FileLock** lock,
                                          Context*) {
  const std::lock_guard guard(mutex_);
  *lock = nullptr;
  if (!locks_.insert(path).second) return Io::IOError("lock " + path, "held");
  *lock = new Lock(path);
  return Io::OK();
}

SimulatedDisk::Io SimulatedDisk::UnlockFile(rocksdb::FileLock* lock, const Options&, Context*) {
  const std::lock_guard guard(mutex_);
  const std::unique_ptr<Lock> owned(static_cast<Lock*>(lock));
  locks_.erase(owned->path());
  return Io::OK();
}

SimulatedDisk::Io SimulatedDisk::IsDirectory(const std::string& path, const Options&, bool* result,
                                             Context*) {
  const std::lock_guard lock(mutex_);
  *result = directories_.contains(Directory(path));
  return Io::OK();
}

SimulatedDisk::Io SimulatedDisk::NewLogger(const std::string&, const Options&,
                                           std::shared_ptr<rocksdb::Logger>* result, Context*) {
  *result = std::make_shared<NullLogger>();
  return Io::OK();
}

}  // namespace bouncewatch
