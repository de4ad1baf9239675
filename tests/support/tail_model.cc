#include "tests/support/tail_model.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <sstream>

#include "daemon/source/file_source.h"
#include "tests/support/compressed_file.h"
#include "tests/support/state_table.h"
#include "tests/support/temp_dir.h"

namespace bouncewatch {
namespace {

namespace fs = std::filesystem;

constexpr int kGenerations = 4;
constexpr std::chrono::seconds kRotateWait{30};
constexpr const char* kNames[kTailActions] = {"append", "append-part", "rename",   "reopen", "copytruncate",
                                              "delete", "truncate",    "compress", "read",   "read-all",
                                              "commit", "kill",        "stop",     "start",  "wait"};

struct Line {
  std::string text;              // as it must come, without the newline
  int committed = 0, fresh = 0;  // times it came, before and since the last commit
  bool may_be_lost = false;
};

// Where a line is cut in two: behind its number, so that the first part tells which line it is.
size_t Cut(const std::string& text) {
  const size_t number_end = text.find(' ', 5) + 1;
  return number_end + (text.size() - number_end) / 2;
}

// A file as the writer knows it, wherever it lies.
struct ModelFile {
  std::vector<size_t> lines;
  bool seen = false;  // the source that runs has looked since the file was made
  bool gone = false;  // deleted: only who has it open can still read it
};

class Run {
 public:
  explicit Run(const TailSetting& setting) : setting_(setting) {
    NewLive();
    Start();
    ReadAll();
    Commit();
  }
  ~Run() { ::close(fd_); }

  void Apply(const TailStep& step) {
    switch (step.action) {
      case TailAction::kAppend:
        return Append(step.amount);
      case TailAction::kAppendPart:
        return AppendPart();
      case TailAction::kRename:
        return Rename(step.amount % 2 == 0);
      case TailAction::kReopen:
        return Reopen();
      case TailAction::kCopyTruncate:
        return CopyTruncate();
      case TailAction::kDelete:
        return Delete();
      case TailAction::kTruncate:
        return Truncate();
      case TailAction::kCompress:
        return Compress(step.amount);
      case TailAction::kRead:
        return Read(step.amount);
      case TailAction::kReadAll:
        return ReadAll();
      case TailAction::kCommit:
        return Commit();
      case TailAction::kKill:
        return Kill();
      case TailAction::kStop:
        return Stop();
      case TailAction::kStart:
        return Start();
      case TailAction::kWait:
        return Wait();
    }
  }

  std::optional<std::string> Finish() {
    EndPart();
    Start();
    ReadAll();
    Commit();
    Wait();
    ReadAll();
    Commit();
    for (const Line& line : lines_) {
      const std::string what =
          "\"" + line.text.substr(0, 12) + "\" came " + std::to_string(line.committed) + " times";
      if (line.committed > 1 || (line.committed == 0 && !line.may_be_lost)) Complain(what);
    }
    return problem_;
  }

 private:
  std::string Path(int generation) const {
    return generation == 0 ? dir_ / "mail.log" : dir_ / ("mail.log." + std::to_string(generation));
  }

  void NewLive() {
    live_ = std::make_shared<ModelFile>();
    names_[0] = live_;
    OpenWriter();
  }
  void OpenWriter() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = ::open(Path(0).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    written_ = names_[0];
  }
  void Write(std::string_view text) {
    if (::write(fd_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) Complain("cannot write");
  }

  // Lines of some length, now and then longer than what identifies a file.
  size_t NewLine() {
    const size_t number = lines_.size();
    std::string text = "line " + std::to_string(number) + " ";
    text.append(number % 7 == 0 ? 5000 : number % 40, 'x');
    lines_.push_back({std::move(text)});
    written_->lines.push_back(number);
    if (written_->gone && !source_) lines_.back().may_be_lost = true;
    return number;
  }

  void Append(uint32_t amount) {
    EndPart();
    std::string text;
    for (uint32_t i = 0; i <= amount % 5; ++i) text += lines_[NewLine()].text + "\n";
    Write(text);
  }
  void AppendPart() {
    EndPart();
    part_ = NewLine();
    Write(lines_[*part_].text.substr(0, Cut(lines_[*part_].text)));
  }
  void EndPart() {
    if (!part_) return;
    const std::string& text = lines_[*part_].text;
    Write(text.substr(Cut(text)) + "\n");
    part_.reset();
  }

  void Rename(bool keep_writing) {
    if (written_ != live_) Reopen();  // the last rotation's writer
    Lose(names_[kGenerations], /*deleted=*/true);
    RemoveGeneration(kGenerations);
    for (int i = kGenerations - 1; i >= 0; --i) {
      for (const std::string suffix : {"", ".gz"}) {
        if (fs::exists(Path(i) + suffix)) fs::rename(Path(i) + suffix, Path(i + 1) + suffix);
      }
      names_[static_cast<size_t>(i) + 1] = names_[static_cast<size_t>(i)];
    }
    live_ = names_[0] = std::make_shared<ModelFile>();
    const int created = ::open(Path(0).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    ::close(created);
    if (!keep_writing) Reopen();
  }
  void RemoveGeneration(int generation) {
    fs::remove(Path(generation));
    fs::remove(Path(generation) + ".gz");
    names_[static_cast<size_t>(generation)] = nullptr;
  }
  void Reopen() {
    if (written_ == live_) return;
    // A writer that dies in the midst of a line leaves it as it is.
    if (part_) {
      Line& line = lines_[*part_];
      line.text.resize(Cut(line.text));
      part_.reset();
    }
    OpenWriter();
  }

  void CopyTruncate() {
    Reopen();
    EndPart();
    Lose(names_[kGenerations], true);
    RemoveGeneration(kGenerations);
    for (int i = kGenerations - 1; i >= 1; --i) {
      for (const std::string suffix : {"", ".gz"}) {
        if (fs::exists(Path(i) + suffix)) fs::rename(Path(i) + suffix, Path(i + 1) + suffix);
      }
      names_[static_cast<size_t>(i) + 1] = names_[static_cast<size_t>(i)];
    }
    fs::copy_file(Path(0), Path(1));
    names_[1] = std::make_shared<ModelFile>();
    names_[1]->lines = live_->lines;
    live_->lines.clear();
    if (::ftruncate(fd_, 0) != 0) Complain("cannot truncate");
  }
  void Delete() {
    Reopen();
    EndPart();
    Lose(live_, true);
    fs::remove(Path(0));
    NewLive();
  }
  void Truncate() {
    Reopen();
    EndPart();
    Lose(live_, /*deleted=*/false);
    live_->lines.clear();
    if (::ftruncate(fd_, 0) != 0) Complain("cannot truncate");
  }
  void Compress(uint32_t amount) {
    const std::string path = Path(1 + static_cast<int>(amount % (kGenerations - 1)));
    const auto file = names_[1 + amount % (kGenerations - 1)];
    if (!fs::exists(path) || file == written_) return;
    std::ifstream in(path, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    if (!WriteCompressed(path + ".gz", text, archive_write_add_filter_gzip)) Complain("cannot compress");
    fs::last_write_time(path + ".gz", fs::last_write_time(path));
    fs::remove(path);
  }

  // What is not committed of a file whose bytes go away now. A running source that knows a deleted file has
  // it open, if it may have as many open as it likes.
  void Lose(const std::shared_ptr<ModelFile>& file, bool deleted) {
    if (file == nullptr) return;
    const bool held = deleted && source_ && file->seen && setting_.open_files_max > kGenerations + 2;
    file->gone = deleted;
    if (held) {
      held_.push_back(file);
      return;
    }
    for (const size_t line : file->lines) MayBeLost(&lines_[line]);
  }
  static void MayBeLost(Line* line) {
    if (line->committed == 0) line->may_be_lost = true;
  }

  void Start() {
    if (source_) return;
    FileSourceOptions options;
    options.name = "mail";
    options.paths = {Path(0)};
    options.use_inotify = setting_.use_inotify;
    options.scan_interval = std::chrono::milliseconds(0);
    options.watched_scan_interval = std::chrono::milliseconds(0);
    options.rotate_wait = kRotateWait;
    options.open_files_max = setting_.open_files_max;
    options.now = [this] { return now_; };
    source_ = std::make_unique<FileSource>(options, states_.saved());
    states_.Attach();
  }
  void Kill() {
    if (!source_) return;
    Forget();
    Start();
  }
  void Stop() {
    if (!source_) return;
    Commit();
    Forget();
  }
  void Forget() {
    source_.reset();
    for (Line& line : lines_) line.fresh = 0;
    for (const auto& file : held_) {
      for (const size_t line : file->lines) MayBeLost(&lines_[line]);
    }
    held_.clear();
    for (const auto& file : names_) {
      if (file != nullptr) file->seen = false;
    }
  }
  void Commit() {
    if (!source_) return;
    states_.Save(source_.get());
    for (Line& line : lines_) line.committed += std::exchange(line.fresh, 0);
  }
  // Only where no line is half written to a rotated file: nobody could tell that from one that was left so.
  void Wait() {
    if (part_ && written_ != live_) return;
    now_ += 2 * kRotateWait;
  }

  void ReadAll() { Read(1000); }
  void Read(uint32_t chunks) {
    if (!source_ || chunks == 0) return;
    for (const auto& file : names_) {
      if (file != nullptr) file->seen = true;
    }
    for (uint32_t i = 0, empty = 0; i < chunks && empty < 4; ++i) {
      now_ += std::chrono::milliseconds(1);
      const absl::StatusOr<Chunk> chunk = source_->Read();
      if (!chunk.ok()) return Complain(chunk.status().ToString());
      empty = chunk->lines.empty() ? empty + 1 : 0;
      Take(chunk->lines);
    }
  }
  void Take(std::string_view text) {
    while (!text.empty()) {
      const size_t end = text.find('\n');
      const std::string line(text.substr(0, end));
      text.remove_prefix(end + 1);
      const size_t number =
          line.starts_with("line ") ? std::strtoul(line.c_str() + 5, nullptr, 10) : lines_.size();
      if (number >= lines_.size() || lines_[number].text != line) {
        Complain("no such line: \"" + line.substr(0, 60) + "\"");
      } else {
        ++lines_[number].fresh;
      }
    }
  }

  void Complain(const std::string& what) {
    if (!problem_) problem_ = what;
  }

  TailSetting setting_;
  TempDir dir_;
  StateTable states_;
  std::unique_ptr<FileSource> source_;
  std::chrono::steady_clock::time_point now_{std::chrono::hours(1)};
  int fd_ = -1;
  std::vector<Line> lines_;
  std::optional<size_t> part_;
  std::shared_ptr<ModelFile> live_, written_;  // by name; by the writer
  std::array<std::shared_ptr<ModelFile>, kGenerations + 1> names_;
  std::vector<std::shared_ptr<ModelFile>> held_;  // deleted, and open in the source
  std::optional<std::string> problem_;
};

}  // namespace

TailSequence RandomTailSequence(std::mt19937_64* random, size_t length) {
  TailSequence steps;
  for (size_t i = 0; i < length; ++i) {
    const uint64_t draw = (*random)();
    // Every other step writes or reads: nothing happens to files that are empty.
    const TailAction common[] = {TailAction::kAppend, TailAction::kAppend, TailAction::kRead,
                                 TailAction::kCommit};
    const TailAction action =
        draw % 2 == 0 ? common[(draw >> 1) % 4] : static_cast<TailAction>((draw >> 1) % kTailActions);
    steps.push_back({action, static_cast<uint32_t>((draw >> 32) % 8)});
  }
  return steps;
}

std::optional<std::string> RunTailSequence(const TailSequence& steps, const TailSetting& setting) {
  Run run(setting);
  for (const TailStep& step : steps) run.Apply(step);
  return run.Finish();
}

TailSequence ShrinkTailSequence(TailSequence steps, const TailSetting& setting) {
  for (size_t size = steps.size() / 2; size > 0;) {
    bool shrunk = false;
    for (size_t at = 0; at + size <= steps.size();) {
      TailSequence shorter = steps;
      shorter.erase(shorter.begin() + static_cast<ptrdiff_t>(at),
                    shorter.begin() + static_cast<ptrdiff_t>(at + size));
      if (RunTailSequence(shorter, setting)) {
        steps = std::move(shorter);
        shrunk = true;
      } else {
        ++at;
      }
    }
    if (!shrunk || size > steps.size()) size /= 2;
  }
  return steps;
}

std::string FormatTailSequence(const TailSequence& steps) {
  std::ostringstream text;
  for (const TailStep& step : steps)
    text << kNames[static_cast<size_t>(step.action)] << " " << step.amount << "; ";
  return text.str();
}

}  // namespace bouncewatch
