// QueueTable: what Postfix says about a message on other lines than the delivery line, joined by queue id.
//
// Holds, per queue id, the sender's domain (from the queue manager's "from=" line), how many recipients are
// still to be tried, and the recipients that were deferred so far, which a later "status=expired" line does
// not name. Memory is bounded: buckets of four slots, newest first, the oldest falls out; an entry is freed
// when its last recipient is done.
//
// Its content is part of the position's state. Changes are saved as a log of operations; replaying them gives
// the same table. Hashes are keyed with the installation's secret, so that crafted queue ids cannot crowd one
// bucket. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/interner.h"

namespace bouncewatch {

class QueueTable {
 public:
  // `slots`: a power of two; 16 bytes each.
  QueueTable(size_t slots, uint64_t seed);

  uint64_t Hash(std::string_view text) const { return HashName(text, key_); }
  void Prefetch(uint64_t queue_hash) const { __builtin_prefetch(&slots_[BucketOf(queue_hash)]); }
  void PrefetchName(uint64_t domain_hash) const { names_.Prefetch(domain_hash); }

  // --- Lines, in the order of the log ---
  // `queue_hash` is Hash(queue id), `sender_hash` Hash(sender_domain), `recipient` the whole address.
  void Active(uint64_t queue_hash, std::string_view sender_domain, uint64_t sender_hash, uint32_t recipients);
  void Active(uint64_t queue_hash, std::string_view sender_domain, uint32_t recipients) {
    Active(queue_hash, sender_domain, Hash(sender_domain), recipients);
  }
  // An attempt that failed for now, and one that ended for good. Both return the sender, see Sender().
  uint32_t Deferred(uint64_t queue_hash, std::string_view recipient, std::string_view domain);
  uint32_t Finished(uint64_t queue_hash, std::string_view recipient);

  // Ends the entry and appends the name ids of its deferred recipients' domains, one per recipient. False:
  // not known.
  bool Expired(uint64_t queue_hash, std::vector<uint32_t>* domains);

  // The name ids of the domains of the message's deferred recipients, the newest first. False: there are
  // none.
  bool DeferredDomains(uint64_t queue_hash, std::vector<uint32_t>* domains) const;

  // Name id of the sender's domain, or kUnknown. Id 0 is the null sender. Ids and name() hold until
  // Compact().
  static constexpr uint32_t kUnknown = 0xffffffff;
  uint32_t Sender(uint64_t queue_hash) const;
  std::string_view name(uint32_t id) const { return names_.text(id); }
  uint64_t name_hash(uint32_t id) const { return names_.hash(id); }  // Hash(name(id))

  // Forgets names that no entry uses, when they have become many. Call between batches.
  void Compact();

  // --- Saving: see Decoder::SaveChanges and LoadRecord ---
  bool SaveChanges(std::string* record);
  void WantSnapshot() { snapshot_needed_ = true; }
  bool LoadRecord(std::string_view record);

  size_t size() const;  // entries; walks the table

 private:
  static constexpr size_t kBucketSlots = 4;
  static constexpr size_t kMaxDeferred = 1 << 17;  // deferred recipients remembered
  static constexpr size_t kMaxDeferredPerMessage = 1024;
  static constexpr size_t kMaxLogBytes =
      256 * 1024;                                   // more changes than this at once are saved as a snapshot
  static constexpr size_t kMaxSavedRecords = 1024;  // so are more records of changes than this
  static constexpr size_t kMaxNameBytes = 255;      // RFC 1035: a domain name is not longer
  static constexpr size_t kCompactBytes = 8 * 1024 * 1024;
  static constexpr uint32_t kManyRecipients = 255;  // counts from here on are not tracked: the entry ages out

  struct Slot {
    uint64_t hash = 0;             // 0: free
    uint32_t sender_and_left = 0;  // name id << 8 | recipients left
    uint32_t deferred = 0;         // 1 + index into deferred_, 0: none
    uint32_t sender() const { return sender_and_left >> 8; }
    uint32_t left() const { return sender_and_left & 0xff; }
  };
  struct DeferredRecipient {
    uint64_t recipient_hash;
    uint32_t domain;
    uint32_t next;  // as Slot::deferred
  };

  size_t BucketOf(uint64_t hash) const { return (hash >> 7) * kBucketSlots & mask_; }
  Slot* Find(uint64_t hash);
  const Slot* Find(uint64_t hash) const;
  void Erase(Slot* slot);
  void DropDeferred(uint32_t head);
  bool RemoveDeferred(Slot* slot, uint64_t recipient_hash);
  uint32_t InternDomain(std::string_view domain);
  bool ApplyOperations(std::string_view operations);
  void Log(char kind, uint64_t queue_hash, uint64_t number, std::string_view name);
  void WriteSnapshot(std::string* record) const;
  void ActiveId(uint64_t hash, uint32_t sender, uint32_t recipients);
  void AddDeferred(Slot* slot, uint64_t recipient_hash, std::string_view domain);
  void CountFinished(Slot* slot, uint64_t recipient_hash);
  void Clear();

  HashKey key_;
  size_t mask_;
  std::vector<Slot> slots_;
  std::vector<DeferredRecipient> deferred_;
  uint32_t free_deferred_ = 0;  // list of free records, as Slot::deferred
  Interner names_;
  std::string log_;
  bool snapshot_needed_ = true;  // the first record is always a snapshot
  size_t snapshot_bytes_ = 0;    // size of the last snapshot, and what was saved since
  size_t saved_bytes_ = 0, saved_records_ = 0;
};

}  // namespace bouncewatch
