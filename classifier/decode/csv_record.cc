#include "classifier/decode/csv_record.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "classifier/decode/scan.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace bouncewatch {
namespace {

// The first ',' or '\n' at or behind p, or end.
const char* FindFieldEnd(const char* p, const char* end) {
#if defined(__SSE2__)
  const __m128i comma = _mm_set1_epi8(','), newline = _mm_set1_epi8('\n');
  for (; end - p >= 16; p += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(bytes, comma), _mm_cmpeq_epi8(bytes, newline));
    const auto found = static_cast<unsigned>(_mm_movemask_epi8(hit));
    if (found != 0) return p + std::countr_zero(found);
  }
#endif
  while (p < end && *p != ',' && *p != '\n') ++p;
  return p;
}

// Reads from behind the opening quote. Returns the byte behind the closing one; null when there is none.
const char* ReadQuoted(const char* p, const char* end, CsvField* field, size_t* newlines) {
  const char* const begin = p;
  field->is_plain = true;
  while (true) {
    const size_t quote = FindByte(std::string_view(p, end), '"');
    if (quote == std::string_view::npos) return nullptr;
    p += quote + 1;
    if (p == end || *p != '"') break;
    field->is_plain = false;
    ++p;
  }
  field->text = std::string_view(begin, p - 1);
  if (FindByte(field->text, '\n') != std::string_view::npos) {
    field->is_plain = false;
    *newlines += static_cast<size_t>(std::count(field->text.begin(), field->text.end(), '\n'));
  }
  return p;
}

}  // namespace

CsvResult ReadCsvRecord(std::string_view text, CsvRecord* record) {
  const char* p = text.data();
  const char* const end = p + text.size();
  record->size = 0;
  record->lines = 1;
  CsvField beyond;
  while (true) {
    CsvField& field = record->size < CsvRecord::kMaxFields ? record->fields[record->size] : beyond;
    ++record->size;
    if (p < end && *p == '"') {
      p = ReadQuoted(p + 1, end, &field, &record->lines);
      if (p == nullptr) return CsvResult::kUnfinished;
      if (p < end && *p == '\r' && (p + 1 == end || p[1] == '\n')) ++p;
      if (p < end && *p != ',' && *p != '\n') return CsvResult::kBroken;
    } else {
      const char* const begin = p;
      p = FindFieldEnd(p, end);
      field = {std::string_view(begin, p), true};
      if (p < end && *p == '\n' && field.text.ends_with('\r')) field.text.remove_suffix(1);
    }
    if (p == end) return CsvResult::kUnfinished;
    if (*p++ == '\n') break;
  }
  record->length = static_cast<size_t>(p - text.data());
  return CsvResult::kRecord;
}

void AppendPlainText(std::string_view text, std::string* out) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] == '\r' && next == '\n') continue;
    out->push_back(text[i] == '\n' ? ' ' : text[i]);
    if (text[i] == '"' && next == '"') ++i;
  }
}

}  // namespace bouncewatch
