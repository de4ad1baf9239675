#include "metrics/exposition.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace bouncewatch {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// Length of the well-formed UTF-8 sequence at the start of `text` (Unicode 15, table 3-7), 0 when there is
// none.
size_t SequenceLength(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  size_t length = 0;
  unsigned char low = 0x80, high = 0xBF;  // bounds of the second byte
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return 0;
  }
  if (text.size() < length || byte(1) < low || byte(1) > high) return 0;
  for (size_t i = 2; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

// The scrapers' lexers stop at NUL and people's terminals obey the others.
bool IsControl(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F;
}

void AppendEscaped(std::string_view value, std::string* out) {
  for (char c : value) {
    if (c == '\\') {
      *out += "\\\\";
    } else if (c == '"') {
      *out += "\\\"";
    } else if (c == '\n') {
      *out += "\\n";
    } else {
      *out += c;
    }
  }
}

}  // namespace

std::string LabelValue(std::string_view raw) {
  std::string value;
  while (!raw.empty()) {
    const size_t length = IsControl(raw[0]) ? 0 : SequenceLength(raw);
    const std::string_view piece = length == 0 ? kReplacement : raw.substr(0, length);
    if (value.size() + piece.size() > kMaxLabelValue) break;
    value += piece;
    raw.remove_prefix(length == 0 ? 1 : length);
  }
  return value;
}

std::string RenderLabels(std::initializer_list<std::pair<std::string_view, std::string_view>> labels) {
  std::string out;
  for (const auto& [name, value] : labels) {
    out += out.empty() ? '{' : ',';
    out += name;
    out += "=\"";
    AppendEscaped(LabelValue(value), &out);
    out += '"';
  }
  if (!out.empty()) out += '}';
  return out;
}

constexpr double kExactWholes = 9007199254740992;  // 2^53

// The q of one entry of an Accept header, RFC 9110 12.4.2; 1 where it has none.
double Quality(std::string_view parameters) {
  const size_t at = parameters.find("q=");
  if (at == std::string_view::npos) return 1;
  double quality = 0;
  const std::string_view digits = parameters.substr(at + 2);
  std::from_chars(digits.data(), digits.data() + digits.size(), quality);
  return quality;
}

ExpositionFormat NegotiateFormat(std::string_view accept) {
  double text = 0, open_metrics = 0;
  while (!accept.empty()) {
    const size_t comma = std::min(accept.find(','), accept.size());
    std::string_view entry = accept.substr(0, comma);
    accept.remove_prefix(std::min(comma + 1, accept.size()));
    entry.remove_prefix(std::min(entry.find_first_not_of(' '), entry.size()));
    const size_t semicolon = std::min(entry.find(';'), entry.size());
    const std::string_view type = entry.substr(0, std::min(entry.find(' '), semicolon));
    const std::string_view parameters = entry.substr(semicolon);
    const size_t version = parameters.find("version=");
    if (type == "application/openmetrics-text") {
      const bool known =
          version == std::string_view::npos || parameters.substr(version + 8).starts_with("1.0.0");
      if (known) open_metrics = std::max(open_metrics, Quality(parameters));
    } else if (type == "text/plain" || type == "text/*" || type == "*/*") {
      text = std::max(text, Quality(parameters));
    }
  }
  return open_metrics > 0 && open_metrics >= text ? ExpositionFormat::kOpenMetrics : ExpositionFormat::kText;
}

std::string_view ContentType(ExpositionFormat format) {
  return format == ExpositionFormat::kText ? "text/plain; version=0.0.4; charset=utf-8"
                                           : "application/openmetrics-text; version=1.0.0; charset=utf-8";
}

void ExpositionWriter::End() {
  if (format_ == ExpositionFormat::kOpenMetrics) out_->append("# EOF\n");
}

void ExpositionWriter::Family(std::string_view name, std::string_view type, std::string_view help) {
  constexpr std::string_view kTotal = "_total";
  if (format_ == ExpositionFormat::kOpenMetrics && type == "counter" && name.ends_with(kTotal)) {
    name.remove_suffix(kTotal.size());
  }
  out_->append("# HELP ").append(name).append(" ");
  // A help text escapes backslash and newline, not the quote; ours hold none of the three.
  out_->append(help).append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

void ExpositionWriter::Sample(std::string_view name, std::string_view rendered_labels, uint64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  out_->append(name).append(rendered_labels).append(" ").append(digits, end).append("\n");
}

void ExpositionWriter::Sample(std::string_view name, std::string_view rendered_labels, double value) {
  char digits[32];
  std::string_view text;
  if (std::isnan(value)) {
    text = "NaN";
  } else if (std::isinf(value)) {
    text = value > 0 ? "+Inf" : "-Inf";
  } else {
    // Whole numbers as such: "1.8e+09" is right, but nobody reads a time in it.
    const bool whole = std::trunc(value) == value && std::abs(value) < kExactWholes;
    const auto end = whole ? std::to_chars(digits, digits + sizeof(digits), static_cast<int64_t>(value)).ptr
                           : std::to_chars(digits, digits + sizeof(digits), value).ptr;
    text = std::string_view(digits, static_cast<size_t>(end - digits));
  }
  out_->append(name).append(rendered_labels).append(" ").append(text).append("\n");
}

}  // namespace bouncewatch
