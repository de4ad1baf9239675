// LineDecoder: the frame of the decoders that read a log line by line and join what other lines said of a
// message (QueueTable).
//
// A derived class reads one line at a time and adds events. It may name what the table knows by NameLater:
// the table's names may move while lines are read, so they are looked at when the batch is complete.
#pragma once

#include <string_view>
#include <vector>

#include "classifier/decode/decoder.h"
#include "classifier/decode/queue_table.h"
#include "classifier/decode/text_arena.h"

namespace bouncewatch {

class LineDecoder : public Decoder {
 public:
  size_t Decode(std::string_view lines, FileState* file, EventBatch* batch) final;
  bool SaveChanges(std::string* record) override { return queue_.SaveChanges(record); }
  void WantSnapshot() override { queue_.WantSnapshot(); }
  bool LoadRecord(std::string_view record) override { return queue_.LoadRecord(record); }
  const DecoderCounters& counters() const override { return counters_; }

 protected:
  // `queue_slots`: messages remembered, a power of two; 16 bytes each.
  LineDecoder(size_t queue_slots, uint64_t hash_seed) : queue_(queue_slots, hash_seed) {}

  enum class LineResult : uint8_t {
    kTaken,
    kNeedsRoom,  // nothing was done: ask again with an empty batch. Never for an empty batch
  };
  // Reads one line (without its newline; a '\r' before it is gone). There is room for one event at least.
  virtual LineResult DecodeLine(std::string_view line, FileState* file, EventBatch* batch) = 0;

  // The next event of the batch, empty.
  DeliveryEvent* Add(EventBatch* batch);
  void Skip(LineShape shape) { ++counters_.by_shape[static_cast<size_t>(shape)]; }

  // Sets the event's sender from the table, or counts that it is not known.
  void JoinSender(uint64_t queue_hash, DeliveryEvent* event);
  // *text becomes the table's name when the batch is complete.
  void NameLater(uint32_t name_id, std::string_view* text) { names_.push_back({name_id, text}); }
  // An expiry that names no recipient: one event for each domain of the message's deferred recipients, like
  // `line`; the message is forgotten. Counted as kNoRecipient when none is known. Wants an empty batch;
  // domains that do not fit into it are counted too.
  void AddExpired(uint64_t queue_hash, const DeliveryEvent& line, EventBatch* batch);

  QueueTable queue_;
  TextArena arena_;  // cleared before a batch
  DecoderCounters counters_;

 private:
  struct LaterName {
    uint32_t id;
    std::string_view* text;
  };
  std::vector<LaterName> names_;
  std::vector<uint32_t> domains_;
};

}  // namespace bouncewatch
