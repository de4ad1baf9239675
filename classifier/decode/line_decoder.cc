#include "classifier/decode/line_decoder.h"

#include <algorithm>
#include <cstring>

namespace bouncewatch {

size_t LineDecoder::Decode(std::string_view lines, FileState* file, EventBatch* batch) {
  batch->size = 0;
  arena_.Clear();
  names_.clear();
  queue_.Compact();
  size_t taken = 0;
  while (taken < lines.size() && batch->size < EventBatch::kMax) {
    std::string_view line = lines.substr(taken);
    const auto* newline = static_cast<const char*>(std::memchr(line.data(), '\n', line.size()));
    if (newline != nullptr) line = line.substr(0, static_cast<size_t>(newline - line.data()));
    const size_t length = line.size() + (newline != nullptr ? 1 : 0);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty() && DecodeLine(line, file, batch) == LineResult::kNeedsRoom) break;
    taken += length;
    ++counters_.lines;
  }
  for (const LaterName& name : names_) *name.text = queue_.name(name.id);
  counters_.events += batch->size;
  return taken;
}

DeliveryEvent* LineDecoder::Add(EventBatch* batch) {
  DeliveryEvent* event = &batch->events[batch->size++];
  *event = DeliveryEvent{};
  return event;
}

void LineDecoder::JoinSender(uint64_t queue_hash, DeliveryEvent* event) {
  const uint32_t sender = queue_.Sender(queue_hash);
  if (sender == QueueTable::kUnknown) {
    ++counters_.join_misses;
    return;
  }
  ++counters_.joined;
  NameLater(sender, &event->sender_domain);
}

void LineDecoder::AddExpired(uint64_t queue_hash, const DeliveryEvent& line, EventBatch* batch) {
  const uint32_t sender = queue_.Sender(queue_hash);
  domains_.clear();
  if (!queue_.Expired(queue_hash, &domains_) || domains_.empty()) return Skip(LineShape::kNoRecipient);
  // In the table's order: name ids differ after a restart.
  for (auto domain = domains_.begin(); domain != domains_.end(); ++domain) {
    if (std::find(domains_.begin(), domain, *domain) != domain) continue;
    if (batch->size == EventBatch::kMax) return Skip(LineShape::kNoRecipient);
    DeliveryEvent* event = Add(batch);
    *event = line;
    event->outcome = Outcome::kExpired;
    event->repeat = static_cast<uint32_t>(std::count(domain, domains_.end(), *domain));
    NameLater(*domain, &event->recipient_domain);
    NameLater(sender, &event->sender_domain);
    ++counters_.joined;
  }
}

}  // namespace bouncewatch
