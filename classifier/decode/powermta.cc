// The decoder reads record by record from a text that begins with what an earlier chunk left unfinished.
// Records are found by their quotes alone; a record that breaks the rules gives up its first line, and the
// next line is read as the beginning of a record. That stays linear: a line that a failed reading passed over
// from inside quotes has none but doubled ones, so it does not itself open a quote.
#include "classifier/decode/powermta.h"

#include <algorithm>
#include <string>

#include "classifier/decode/powermta_record.h"

namespace bouncewatch {
namespace {

constexpr size_t kRecordMax = 64 * 1024, kHeaderMax = 16 * 1024;
static_assert(kRecordMax + kHeaderMax + 1 <= FileState::kNotesMax);

class PowerMtaDecoder final : public Decoder {
 public:
  explicit PowerMtaDecoder(const DecoderOptions& options) : time_(options.timezone) {}

  size_t Decode(std::string_view lines, FileState* file, EventBatch* batch) override;
  bool SaveChanges(std::string*) override { return false; }
  bool LoadRecord(std::string_view) override { return true; }
  const DecoderCounters& counters() const override { return counters_; }

 private:
  size_t DecodeRecords(std::string_view text, size_t stop, EventBatch* batch);
  size_t DecodeFirst(std::string_view text, EventBatch* batch);
  void DecodeRecord(std::string_view text, EventBatch* batch);
  void SetHeader(std::string_view text);
  void LoadNotes(std::string_view notes);
  void SaveNotes(FileState* file) const;
  void Skip(LineShape shape) { ++counters_.by_shape[static_cast<size_t>(shape)]; }

  LogTimeParser time_;
  DecoderCounters counters_;
  // Of the file whose lines are decoded; they are its notes: the header, a newline, the unfinished record.
  std::string header_;  // without its line end; empty: none
  std::string pending_;
  PowerMtaColumns columns_;  // of header_
  // Of the batch.
  std::string joined_;  // an unfinished record and what follows it
  TextArena arena_;
  CsvRecord record_;
  uint64_t lines_passed_ = 0;
};

uint64_t CountLines(std::string_view text) {
  return static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

size_t PowerMtaDecoder::Decode(std::string_view lines, FileState* file, EventBatch* batch) {
  batch->size = 0;
  arena_.Clear();
  LoadNotes(file->notes);
  size_t taken = 0;
  if (!pending_.empty()) {
    joined_.assign(pending_);
    joined_.append(lines.substr(0, kRecordMax));
    const size_t passed = DecodeRecords(joined_, pending_.size(), batch);
    if (passed < pending_.size()) {
      pending_.erase(0, passed);
    } else {
      taken = passed - pending_.size();
      pending_.clear();
      counters_.lines += CountLines(lines.substr(0, taken));
    }
  }
  if (pending_.empty()) {
    lines_passed_ = 0;
    taken += DecodeRecords(lines.substr(taken), lines.size(), batch);
    counters_.lines += lines_passed_;
  }
  if (batch->size < EventBatch::kMax) {  // what is left needs more text
    pending_.append(lines.substr(taken));
    counters_.lines += CountLines(lines.substr(taken));
    taken = lines.size();
  }
  counters_.events += batch->size;
  SaveNotes(file);
  return taken;
}

// Decodes records of `text` that begin before `stop`, until the batch is full. Returns the bytes passed;
// fewer than `stop` with room in the batch: a record there needs more text.
size_t PowerMtaDecoder::DecodeRecords(std::string_view text, size_t stop, EventBatch* batch) {
  size_t passed = 0;
  while (passed < std::min(stop, text.size()) && batch->size < EventBatch::kMax) {
    const size_t length = DecodeFirst(text.substr(passed), batch);
    if (length == 0) break;
    passed += length;
  }
  return passed;
}

// Returns the bytes that were used up; 0: the record does not end in `text`.
size_t PowerMtaDecoder::DecodeFirst(std::string_view text, EventBatch* batch) {
  switch (ReadCsvRecord(text.substr(0, kRecordMax), &record_)) {
    case CsvResult::kRecord:
      lines_passed_ += record_.lines;
      DecodeRecord(text.substr(0, record_.length), batch);
      return record_.length;
    case CsvResult::kUnfinished:
      if (text.size() < kRecordMax) return 0;
      Skip(LineShape::kTooLong);
      break;
    case CsvResult::kBroken:
      Skip(LineShape::kBadRecord);
      break;
  }
  ++lines_passed_;
  return std::min(text.find('\n'), text.size() - 1) + 1;
}

void PowerMtaDecoder::DecodeRecord(std::string_view text, EventBatch* batch) {
  if (record_.size == 1 && record_.fields[0].text.empty()) return;
  if (PowerMtaColumns::IsHeader(record_)) return SetHeader(text);
  if (columns_.size() == 0) return Skip(LineShape::kNoHeader);
  if (record_.size != columns_.size()) return Skip(LineShape::kBadRecord);
  switch (ReadPowerMtaRecord(columns_, record_, &time_, &arena_, &batch->events[batch->size])) {
    case PowerMtaResult::kEvent:
      ++batch->size;
      return;
    case PowerMtaResult::kNothing:
      return;
    case PowerMtaResult::kOutOfBand:
      return Skip(LineShape::kOutOfBand);
    case PowerMtaResult::kBadTime:
      return Skip(LineShape::kBadHeader);
    case PowerMtaResult::kBadRecipient:
      return Skip(LineShape::kBadRecipient);
    case PowerMtaResult::kUnknownType:
      return Skip(LineShape::kBadStatus);
  }
}

// A header that cannot be kept is none: its records must not be read by the columns of an earlier one.
void PowerMtaDecoder::SetHeader(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  header_.clear();
  if (text.size() <= kHeaderMax && text.find('\n') == std::string_view::npos && columns_.Read(record_)) {
    header_ = text;
    return;
  }
  columns_.Clear();
  Skip(LineShape::kBadRecord);
}

void PowerMtaDecoder::LoadNotes(std::string_view notes) {
  const size_t end = std::min(notes.find('\n'), notes.size());
  pending_ = notes.substr(std::min(end + 1, notes.size()));
  const std::string_view header = notes.substr(0, end);
  if (header == header_) return;
  header_.clear();
  columns_.Clear();
  if (header.empty()) return;
  std::string line(header);
  line += '\n';
  if (ReadCsvRecord(line, &record_) == CsvResult::kRecord && PowerMtaColumns::IsHeader(record_))
    SetHeader(line);
}

void PowerMtaDecoder::SaveNotes(FileState* file) const {
  file->notes.clear();
  if (header_.empty() && pending_.empty()) return;
  file->notes.append(header_).append("\n").append(pending_);
}

}  // namespace

std::unique_ptr<Decoder> NewPowerMtaDecoder(const DecoderOptions& options) {
  return std::make_unique<PowerMtaDecoder>(options);
}

LineScore ScorePowerMtaLine(std::string_view line) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  if (line.starts_with("type,timeLogged,")) return kCertain;
  return line.starts_with("type,") && line.find(",timeLogged,") != std::string_view::npos ? kCertain
                                                                                          : kNotTold;
}

}  // namespace bouncewatch
