#include "classifier/decode/decoder_set.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

namespace bouncewatch {
namespace {

// A record is a row of parts: u8 size of the format's name, the name, u32 size (little-endian), that
// decoder's record.
void AppendPart(std::string_view name, std::string_view part, std::string* record) {
  record->push_back(static_cast<char>(name.size()));
  record->append(name);
  for (int shift = 0; shift < 32; shift += 8) record->push_back(static_cast<char>(part.size() >> shift));
  record->append(part);
}

bool TakePart(std::string_view* record, std::string_view* name, std::string_view* part) {
  const size_t name_size = static_cast<unsigned char>(record->front());
  if (record->size() < 1 + name_size + 4) return false;
  *name = record->substr(1, name_size);
  record->remove_prefix(1 + name_size);
  size_t size = 0;
  for (size_t i = 0; i < 4; ++i) size |= size_t{static_cast<unsigned char>((*record)[i])} << (8 * i);
  record->remove_prefix(4);
  if (record->size() < size) return false;
  *part = record->substr(0, size);
  record->remove_prefix(size);
  return true;
}

class DecoderSet final : public Decoder {
 public:
  DecoderSet(const Format* format, const DecoderOptions& options) : fixed_(format), options_(options) {}

  size_t Decode(std::string_view lines, FileState* file, EventBatch* batch) override;
  bool SaveChanges(std::string* record) override;
  void WantSnapshot() override;
  bool LoadRecord(std::string_view record) override;
  const DecoderCounters& counters() const override { return counters_; }

 private:
  struct Member {
    const Format* format;
    std::unique_ptr<Decoder> decoder;
  };

  const Format* FormatOf(std::string_view lines, FileState* file) const;
  Decoder* MemberOf(const Format* format);
  size_t SkipUntold(std::string_view lines);
  void SumCounters();

  const Format* fixed_;
  DecoderOptions options_;
  std::vector<Member> members_;
  DecoderCounters untold_;  // of lines whose format could not be told
  DecoderCounters counters_;
};

const Format* DecoderSet::FormatOf(std::string_view lines, FileState* file) const {
  const Format* format = fixed_ != nullptr ? fixed_ : FindFormat(file->format);
  if (format == nullptr) format = DetectFormat(lines);
  if (format == nullptr) return nullptr;
  if (file->format != format->name) {
    file->format = format->name;
    file->notes.clear();
  }
  return format;
}

Decoder* DecoderSet::MemberOf(const Format* format) {
  for (const Member& member : members_) {
    if (member.format == format) return member.decoder.get();
  }
  members_.push_back({format, format->make_decoder(options_)});
  return members_.back().decoder.get();
}

size_t DecoderSet::SkipUntold(std::string_view lines) {
  const auto count = static_cast<uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
  untold_.lines += count;
  untold_.by_shape[static_cast<size_t>(LineShape::kUnknownFormat)] += count;
  return lines.size();
}

size_t DecoderSet::Decode(std::string_view lines, FileState* file, EventBatch* batch) {
  batch->size = 0;
  const Format* format = FormatOf(lines, file);
  const size_t taken = format == nullptr ? SkipUntold(lines) : MemberOf(format)->Decode(lines, file, batch);
  SumCounters();
  return taken;
}

void DecoderSet::SumCounters() {
  counters_ = untold_;
  for (const Member& member : members_) {
    const DecoderCounters& add = member.decoder->counters();
    counters_.lines += add.lines;
    counters_.events += add.events;
    counters_.joined += add.joined;
    counters_.join_misses += add.join_misses;
    for (size_t i = 0; i < kLineShapeCount; ++i) counters_.by_shape[i] += add.by_shape[i];
  }
}

// A snapshot replaces all earlier records, those of the other members too: when one gives a snapshot, all do.
bool DecoderSet::SaveChanges(std::string* record) {
  std::vector<std::string> parts(members_.size());
  std::vector<bool> is_snapshot(members_.size());
  for (size_t i = 0; i < members_.size(); ++i) {
    is_snapshot[i] = members_[i].decoder->SaveChanges(&parts[i]);
  }
  const bool any = std::find(is_snapshot.begin(), is_snapshot.end(), true) != is_snapshot.end();
  for (size_t i = 0; i < members_.size(); ++i) {
    if (any && !is_snapshot[i]) {
      parts[i].clear();
      members_[i].decoder->WantSnapshot();
      members_[i].decoder->SaveChanges(&parts[i]);
    }
    if (!parts[i].empty()) AppendPart(members_[i].format->name, parts[i], record);
  }
  return any;
}

void DecoderSet::WantSnapshot() {
  for (const Member& member : members_) member.decoder->WantSnapshot();
}

// A part of a format that this version does not know is passed over: a newer version wrote it.
bool DecoderSet::LoadRecord(std::string_view record) {
  while (!record.empty()) {
    std::string_view name, part;
    bool good = TakePart(&record, &name, &part);
    const Format* format = good ? FindFormat(name) : nullptr;
    if (format != nullptr) good = MemberOf(format)->LoadRecord(part);
    if (good) continue;
    members_.clear();
    return false;
  }
  return true;
}

}  // namespace

std::unique_ptr<Decoder> NewDecoderSet(const Format* format, const DecoderOptions& options) {
  return std::make_unique<DecoderSet>(format, options);
}

}  // namespace bouncewatch
