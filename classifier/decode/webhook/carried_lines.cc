#include "classifier/decode/webhook/carried_lines.h"

namespace bouncewatch {
namespace {

constexpr int64_t kDayS = 86400;  // stamps without a year may be of another time zone

}  // namespace

CarriedLines::CarriedLines(const WebhookOptions& options, std::string_view format)
    : options_(options.decoder) {
  if (const Format* known = FindFormat(format)) {
    decoder_ = known->make_decoder(options_);
    file_.format = known->name;
  }
}

// Lines that were not understood, so far.
uint64_t CarriedLines::Unreadable() const {
  uint64_t count = 0;
  for (int i = 0; i < kLineShapeCount; ++i) {
    if (!IsLeftOutOnPurpose(static_cast<LineShape>(i))) count += decoder_->counters().by_shape[i];
  }
  return count;
}

CarriedLines::Result CarriedLines::Read(std::string_view line, WebhookSink* sink) {
  line_.assign(line);
  line_ += '\n';
  if (decoder_ == nullptr) {
    const Format* told = DetectFormat(line_);
    if (told == nullptr) return Result::kUnreadable;
    decoder_ = told->make_decoder(options_);
    file_.format = told->name;
  }
  if (file_.anchor.year == 0) file_.anchor.not_after_s = sink->request().received_s + kDayS;
  const uint64_t unreadable = Unreadable();
  bool any = false;
  std::string_view rest = line_;
  while (!rest.empty()) {
    rest.remove_prefix(decoder_->Decode(rest, &file_, &events_));
    for (size_t i = 0; i < events_.size; ++i) {
      any = true;
      sink->Add(events_.events[i], i, line);
    }
  }
  if (any) return Result::kEvents;
  return Unreadable() > unreadable ? Result::kUnreadable : Result::kNothing;
}

}  // namespace bouncewatch
