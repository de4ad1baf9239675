// A whole log decoded, with the events' strings copied out of their batches.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "classifier/decode/decoder.h"

namespace bouncewatch {

struct DecodedEvent {
  int64_t time_s = 0;
  Outcome outcome = Outcome::kDelivered;
  Origin origin = Origin::kLocal;
  Phase phase = Phase::kUnknown;
  uint32_t repeat = 1;
  std::string queue_id, recipient, domain, sender, relay_host, relay_ip, source_ip, customer, host, tag, dsn,
      reply;
};

inline DecodedEvent CopyEvent(const DeliveryEvent& e) {
  return {e.time_s,
          e.outcome,
          e.origin,
          e.phase,
          e.repeat,
          std::string(e.queue_id),
          std::string(e.recipient),
          std::string(e.recipient_domain),
          std::string(e.sender_domain),
          std::string(e.relay_host),
          std::string(e.relay_ip),
          std::string(e.source_ip),
          std::string(e.customer),
          std::string(e.host),
          std::string(e.tag),
          std::string(e.dsn),
          std::string(e.reply)};
}

inline FileState FileBefore2027() {
  FileState file;
  file.anchor.not_after_s = 1796083200;  // 2026-12-01
  return file;
}

inline void DecodeInto(Decoder* decoder, std::string_view lines, FileState* file,
                       std::vector<DecodedEvent>* events) {
  EventBatch batch;
  while (!lines.empty()) {
    const size_t taken = decoder->Decode(lines, file, &batch);
    if (taken == 0 || taken > lines.size()) std::abort();
    lines.remove_prefix(taken);
    for (size_t i = 0; i < batch.size; ++i) events->push_back(CopyEvent(batch.events[i]));
  }
}

inline std::vector<DecodedEvent> DecodeAll(Decoder* decoder, std::string_view lines) {
  std::vector<DecodedEvent> events;
  FileState file = FileBefore2027();
  DecodeInto(decoder, lines, &file, &events);
  return events;
}

inline uint64_t ShapeCount(const Decoder& decoder, LineShape shape) {
  return decoder.counters().by_shape[static_cast<size_t>(shape)];
}

inline std::string ReadWholeFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Where logs of real MTAs lie: beside the checkout, or where BOUNCEWATCH_SHARED says. Often absent.
inline std::filesystem::path RealLogs() {
  const char* given = std::getenv("BOUNCEWATCH_SHARED");
  const std::filesystem::path shared =
      given != nullptr ? given : std::filesystem::path(BOUNCEWATCH_SOURCE_DIR) / ".." / "shared";
  return shared / "data" / "mta-logs";
}

}  // namespace bouncewatch
