#include "storage/block.h"

#include <algorithm>
#include <bit>

#include "absl/strings/str_format.h"

namespace bouncewatch {
namespace {

constexpr char kFormat = 1;
constexpr size_t kRowsMax = UINT32_MAX;

template <typename T>
void PutColumn(std::string* out, std::span<const T> values) {
  T all = 0;
  for (T value : values) all |= value;
  const int width = (std::bit_width(all) + 7) / 8;
  out->push_back(static_cast<char>(width));
  size_t at = out->size();
  out->resize(at + values.size() * static_cast<size_t>(width));
  for (int shift = 0; shift < 8 * width; shift += 8) {
    char* plane = out->data() + at;
    for (size_t i = 0; i < values.size(); ++i) plane[i] = static_cast<char>(values[i] >> shift);
    at += values.size();
  }
}

// The minute always takes its byte: that bounds the number of rows by the number of bytes, whatever a header
// says.
void PutMinutes(std::string* out, std::span<const PackedRow> rows) {
  out->push_back(1);
  for (const PackedRow& row : rows) out->push_back(static_cast<char>(row.minute()));
}

template <typename Field>
void PutField(std::string* out, std::span<const PackedRow> rows, std::vector<uint32_t>* scratch,
              Field field) {
  scratch->clear();
  for (const PackedRow& row : rows) scratch->push_back(field(row));
  Column::Put(out, *scratch);
}

void PutRowColumns(std::string* out, std::span<const PackedRow> rows, std::vector<uint32_t>* scratch) {
  PutMinutes(out, rows);
  PutField(out, rows, scratch, [](const PackedRow& row) { return row.lane(); });
  PutField(out, rows, scratch, [](const PackedRow& row) { return row.answer(); });
  PutField(out, rows, scratch, [](const PackedRow& row) { return row.count() - 1; });
}

absl::Status Damaged(std::string_view what) {
  return absl::DataLossError(absl::StrFormat("store: damaged %s", what));
}

bool ReadHeader(Input* in, uint64_t* rows) {
  char format = 0;
  return in->Fixed(&format) && format == kFormat && in->Varint(rows) && *rows <= kRowsMax;
}

}  // namespace

void Column::Put(std::string* out, std::span<const uint64_t> values) {
  PutColumn(out, values);
}

void Column::Put(std::string* out, std::span<const uint32_t> values) {
  PutColumn(out, values);
}

bool Column::Read(Input* in, size_t size, Column* column, int width_max) {
  uint8_t width = 0;
  if (!in->Fixed(&width) || width > width_max) return false;
  column->width_ = width;
  column->size_ = size;
  return in->Take(size * width, &column->bytes_);
}

bool RowColumns::Read(Input* in, size_t size) {
  if (!Column::Read(in, size, &minute_) || minute_.width() != 1) return false;
  if (!std::all_of(minute_.bytes().begin(), minute_.bytes().end(), [](char c) { return c >= 0 && c < 60; })) {
    return false;
  }
  return Column::Read(in, size, &lane_) && Column::Read(in, size, &answer_) &&
         Column::Read(in, size, &count_) && in->empty();
}

absl::StatusOr<BlockView> BlockView::Parse(std::string_view bytes, uint32_t shard) {
  Input in(bytes);
  BlockView view;
  uint64_t rows = 0, domains = 0;
  if (!ReadHeader(&in, &rows) || !in.Varint(&domains) || domains > rows || rows > bytes.size()) {
    return Damaged("block header");
  }
  Column steps, lengths;
  if (!Column::Read(&in, domains, &steps) || !Column::Read(&in, domains, &lengths)) {
    return Damaged("block directory");
  }
  view.runs_.reserve(domains);
  uint64_t place = 0, row = 0;  // a domain's place in its shard: id / kShardCount
  for (size_t i = 0; i < domains; ++i) {
    place += uint64_t{steps[i]} + (i > 0 ? 1 : 0);
    const uint64_t end = row + lengths[i] + 1;
    if (place > UINT32_MAX / kShardCount || end > rows) return Damaged("block directory");
    view.runs_.push_back({static_cast<uint32_t>(place) * kShardCount + shard, row, end});
    row = end;
  }
  if (row != rows || !view.Read(&in, rows)) return Damaged("block columns");
  view.rows_ = rows;
  return view;
}

void BlockView::AppendTo(std::vector<PackedRow>* rows) const {
  rows->reserve(rows->size() + rows_);
  for (const Run& run : runs_) {
    for (size_t i = run.begin; i < run.end; ++i) {
      AppendRow(rows, PackedRow::Of(run.domain, minute(i), lane(i), answer(i), 0), count(i));
    }
  }
}

absl::StatusOr<DeltaView> DeltaView::Parse(std::string_view bytes) {
  Input in(bytes);
  DeltaView view;
  uint64_t rows = 0;
  if (!ReadHeader(&in, &rows) || rows > bytes.size()) return Damaged("delta header");
  if (!Column::Read(&in, rows, &view.domain_) || !view.Read(&in, rows)) return Damaged("delta columns");
  view.rows_ = rows;
  return view;
}

void DeltaView::AppendTo(std::vector<PackedRow>* rows) const {
  for (size_t i = 0; i < rows_; ++i) {
    AppendRow(rows, PackedRow::Of(domain(i), minute(i), lane(i), answer(i), 0), count(i));
  }
}

std::string EncodeBlock(std::span<const PackedRow> rows) {
  std::vector<uint32_t> steps, lengths;
  uint32_t place = 0;
  for (size_t begin = 0; begin < rows.size();) {
    const uint32_t domain = rows[begin].domain();
    size_t end = begin + 1;
    while (end < rows.size() && rows[end].domain() == domain) ++end;
    steps.push_back(domain / kShardCount - place - (begin > 0 ? 1 : 0));
    lengths.push_back(static_cast<uint32_t>(end - begin - 1));
    place = domain / kShardCount;
    begin = end;
  }
  std::string out(1, kFormat);
  out.reserve(16 + rows.size() * 8);
  PutVarint(&out, rows.size());
  PutVarint(&out, steps.size());
  Column::Put(&out, steps);
  Column::Put(&out, lengths);
  PutRowColumns(&out, rows, &steps);
  return out;
}

std::string EncodeDelta(std::span<const PackedRow> rows) {
  std::string out(1, kFormat);
  std::vector<uint32_t> scratch;
  scratch.reserve(rows.size());
  PutVarint(&out, rows.size());
  PutField(&out, rows, &scratch, [](const PackedRow& row) { return row.domain(); });
  PutRowColumns(&out, rows, &scratch);
  return out;
}

}  // namespace bouncewatch
