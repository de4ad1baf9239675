#include "daemon/stream.h"

#include <charconv>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/decode/decoder_set.h"
#include "classifier/status_macros.h"
#include "daemon/log.h"

namespace bouncewatch {

Stream::Stream(std::unique_ptr<Source> source, std::unique_ptr<Decoder> decoder)
    : source_(std::move(source)), decoder_(std::move(decoder)) {}

// Zero-padded, so that the order of keys is the order of records.
std::string Stream::RecordKey(uint64_t number) const {
  return absl::StrFormat("decoder/%s/%016x", source_->name(), number);
}

absl::StatusOr<std::unique_ptr<Stream>> Stream::Open(const Store& store, std::unique_ptr<Source> source,
                                                     std::unique_ptr<Decoder> decoder) {
  std::unique_ptr<Stream> stream(new Stream(std::move(source), std::move(decoder)));
  const std::string prefix = absl::StrFormat("decoder/%s/", stream->source_->name());
  ASSIGN_OR_RETURN(const SavedStates records, LoadStates(store, prefix));
  bool damaged = false;
  for (const auto& [key, value] : records) {
    stream->records_.push_back(key);
    uint64_t number = 0;
    std::from_chars(key.data() + prefix.size(), key.data() + key.size(), number, 16);
    stream->next_record_ = number + 1;
    if (!stream->decoder_->LoadRecord(value)) damaged = true;
  }
  if (damaged) {
    stream->damaged_.swap(stream->records_);
    LogWarning("what was known of queued messages is damaged; some sender domains will be unknown",
               {{"source", stream->source_->name()}});
  }
  return stream;
}

void Stream::Collect(std::vector<StateUpdate>* states) {
  source_->SaveState(states);
  const uint64_t lines = decoder_->counters().lines;
  if (lines == lines_at_save_) return;
  lines_at_save_ = lines;
  for (std::string& key : damaged_) states->push_back({std::move(key), std::nullopt});
  damaged_.clear();
  std::string record;
  const bool is_snapshot = decoder_->SaveChanges(&record);
  if (is_snapshot) {
    for (const std::string& key : records_) states->push_back({key, std::nullopt});
    records_.clear();
  }
  if (record.empty()) return;
  records_.push_back(RecordKey(next_record_++));
  states->push_back({records_.back(), std::move(record)});
}

absl::StatusOr<SavedStates> LoadStates(const Store& store, std::string_view prefix) {
  SavedStates saved;
  RETURN_IF_ERROR(store.ScanStates(
      prefix, [&saved](std::string_view key, std::string_view value) { saved.emplace_back(key, value); }));
  return saved;
}

absl::StatusOr<std::unique_ptr<Decoder>> NewDecoder(const std::string& format,
                                                    const DecoderOptions& options) {
  if (format == "auto") return NewDecoderSet(nullptr, options);
  if (const Format* known = FindFormat(format)) return NewDecoderSet(known, options);
  return absl::InvalidArgumentError(
      absl::StrFormat("format \"%s\" is not supported by this version", format));
}

absl::StatusOr<absl::TimeZone> FindTimeZone(const std::string& name) {
  if (name.empty()) return absl::LocalTimeZone();
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(name, &zone)) {
    return absl::InvalidArgumentError(absl::StrFormat("\"%s\" is no time zone known here", name));
  }
  return zone;
}

}  // namespace bouncewatch
