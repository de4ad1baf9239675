// ExpositionWriter: writes the Prometheus text format 0.0.4 or OpenMetrics 1.0.0, one family at a time,
// straight into a string.
//
//   writer.Family("bouncewatch_attempts_total", "counter", "Delivery attempts ...");
//   writer.Sample("bouncewatch_attempts_total", labels, value);   // labels as made by RenderLabels
//
// Label values come from logs and are hostile: RenderLabels escapes backslash, quote and newline and replaces
// bytes that are not UTF-8. https://prometheus.io/docs/instrumenting/exposition_formats/
// https://github.com/OpenObservability/OpenMetrics/blob/main/specification/OpenMetrics.md
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace bouncewatch {

inline constexpr size_t kMaxLabelValue = 256;  // longer values are cut

// `raw` as valid UTF-8 of at most kMaxLabelValue bytes; every bad byte and every control character but the
// newline becomes U+FFFD. Tables of series are keyed by this: two values never share the name of one series.
std::string LabelValue(std::string_view raw);

// `{a="x",b="y"}`; "" for no labels. Rendered once per series and kept.
std::string RenderLabels(std::initializer_list<std::pair<std::string_view, std::string_view>> labels);

enum class ExpositionFormat : uint8_t { kText, kOpenMetrics };

// What a scraper takes, by its Accept header: OpenMetrics 1.0.0 where it is wanted at least as much as the
// text format, which is also the answer to no header at all.
ExpositionFormat NegotiateFormat(std::string_view accept);
std::string_view ContentType(ExpositionFormat format);

class ExpositionWriter {
 public:
  explicit ExpositionWriter(std::string* out, ExpositionFormat format = ExpositionFormat::kText)
      : out_(out), format_(format) {}
  // `name` of a counter ends in _total; OpenMetrics leaves that to its samples.
  void Family(std::string_view name, std::string_view type, std::string_view help);
  void Sample(std::string_view name, std::string_view rendered_labels, uint64_t value);
  void Sample(std::string_view name, std::string_view rendered_labels, double value);
  // Behind the last family.
  void End();

 private:
  std::string* out_;
  ExpositionFormat format_;
};

}  // namespace bouncewatch
