// SimulatedDisk: a disk in memory under RocksDB that fails on command and forgets at a power loss what was
// not synced.
//
// Every file knows how many of its bytes a sync made durable; creating, renaming and deleting are durable
// only once the directory was synced. A power loss keeps what is durable and, as real disks do, sometimes
// also some of the rest: a part of the bytes behind the last sync, the first few changes of a directory.
// Seeded: the same calls in the same order have the same outcome. All functions may be called by any thread.
//
//   auto disk = std::make_shared<SimulatedDisk>(seed);
//   const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(disk);
#pragma once

#include <rocksdb/file_system.h>

#include <condition_variable>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncewatch {

// What a program does to a disk, as bits.
enum DiskOperation : unsigned {
  kDiskCreate = 1,
  kDiskAppend = 2,
  kDiskSync = 4,
  kDiskSyncDirectory = 8,
  kDiskRename = 16,
  kDiskDelete = 32,
  kDiskRead = 64,
};
inline constexpr unsigned kDiskChanges =
    kDiskCreate | kDiskAppend | kDiskSync | kDiskSyncDirectory | kDiskRename | kDiskDelete;

struct DiskFault {
  unsigned operations = kDiskChanges;                     // the ones that are counted, and fail
  uint64_t first = 1;                                     // the n-th of them, from 1 ...
  uint64_t count = std::numeric_limits<uint64_t>::max();  // ... and this many from there on
  enum class Error { kNoSpace, kInputOutput } error = Error::kNoSpace;
  // How much of a failed change comes to pass all the same. Of a sync that failed in the midst the bytes are
  // lost at the next power loss, even when a later sync succeeds, as on Linux.
  enum class Effect { kNone, kHalf, kAll } effect = Effect::kNone;
};

class SimulatedDisk : public rocksdb::FileSystemWrapper {
 public:
  explicit SimulatedDisk(uint64_t seed);
  const char* Name() const override { return "SimulatedDisk"; }

  // --- Faults ---
  void Inject(const DiskFault& fault);
  void Heal();                          // no fault from here on
  uint64_t counted_operations() const;  // that the injected fault was compared with
  // Inverts the byte at `offset` of every file whose path ends so; returns how many there were.
  size_t Spoil(std::string_view path_end, size_t offset);
  // Appends and syncs wait until Release.
  void Hold();
  void Release();

  // --- Power ---
  // The power goes in the midst of the n-th change from here; 0: now. Then everything fails and nothing reaches
  // the disk any more.
  void CutPowerAt(uint64_t change);
  bool powered() const;
  // What a machine finds that starts again. Everything that was open must be closed before.
  void RestorePower();

  // --- rocksdb::FileSystem ---
  using Io = rocksdb::IOStatus;
  using Options = rocksdb::IOOptions;
  using Context = rocksdb::IODebugContext;
  Io NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                       std::unique_ptr<rocksdb::FSSequentialFile>* result, Context* context) override;
  Io NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions& options,
                         std::unique_ptr<rocksdb::FSRandomAccessFile>* result, Context* context) override;
  Io NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                     std::unique_ptr<rocksdb::FSWritableFile>* result, Context* context) override;
  Io NewDirectory(const std::string& path, const Options& options,
                  std::unique_ptr<rocksdb::FSDirectory>* result, Context* context) override;
  Io FileExists(const std::string& path, const Options& options, Context* context) override;
  Io GetChildren(const std::string& path, const Options& options, std::vector<std::string>* result,
                 Context* context) override;
  Io DeleteFile(const std::string& path, const Options& options, Context* context) override;
  Io CreateDir(const std::string& path, const Options& options, Context* context) override;
  Io CreateDirIfMissing(const std::string& path, const Options& options, Context* context) override;
  Io GetFileSize(const std::string& path, const Options& options, uint64_t* size, Context* context) override;
  Io GetFileModificationTime(const std::string& path, const Options& options, uint64_t* time_s,
                             Context* context) override;
  Io RenameFile(const std::string& from, const std::string& to, const Options& options,
                Context* context) override;
  Io LockFile(const std::string& path, const Options& options, rocksdb::FileLock** lock,
              Context* context) override;
  Io UnlockFile(rocksdb::FileLock* lock, const Options& options, Context* context) override;
  Io IsDirectory(const std::string& path, const Options& options, bool* result, Context* context) override;
  Io NewLogger(const std::string& path, const Options& options, std::shared_ptr<rocksdb::Logger>* result,
               Context* context) override;

 private:
  friend class SimulatedFile;
  friend class SimulatedDirectory;
  struct File {
    std::string bytes;
    size_t synced = 0;             // bytes that a power loss cannot take
    std::optional<size_t> doomed;  // a sync failed: bytes from here on will not survive
  };
  using FilePointer = std::shared_ptr<File>;
  using Change = std::vector<std::pair<std::string, FilePointer>>;  // entries set together; null: removed
  enum class Outcome { kDone, kHalf, kLost };

  // Both with the lock held. Admit counts one operation and says how far it goes; *status is the answer.
  Outcome Admit(DiskOperation operation, Io* status);
  void Enter(Change change);
  static void Apply(const Change& change, std::map<std::string, FilePointer>* entries);
  Io Find(const std::string& path, FilePointer* file);
  size_t SurvivingSize(const File& file);

  Io Append(File* file, const rocksdb::Slice& data);
  Io Sync(File* file);
  Io SyncDirectory();
  Io Read(const File& file, uint64_t offset, size_t size, rocksdb::Slice* result, char* scratch);

  mutable std::mutex mutex_;
  std::condition_variable released_;
  std::mt19937_64 random_;
  std::map<std::string, FilePointer> entries_, durable_entries_;  // by path
  std::vector<Change> unsynced_changes_;
  std::set<std::string> directories_, locks_;
  DiskFault fault_;
  bool faulty_ = false, held_ = false, powered_ = true;
  uint64_t counted_ = 0;
  std::optional<uint64_t> changes_left_;
};

}  // namespace bouncewatch
