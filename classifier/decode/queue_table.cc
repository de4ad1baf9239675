#include "classifier/decode/queue_table.h"

#include <algorithm>
#include <utility>

namespace bouncewatch {
namespace {

// First byte of a record. Records of earlier versions began with 'S' and 'D': their hashes were others.
constexpr char kSnapshot = 's', kDelta = 'd';
constexpr char kOpActive = 'a', kOpDeferred = 'd', kOpFinished = 'f', kOpExpired = 'x';

void PutFixed64(char* p, uint64_t value) {
  for (int i = 0; i < 8; ++i) p[i] = static_cast<char>(value >> (8 * i));
}

uint64_t GetFixed64(const char* p) {
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value |= uint64_t{static_cast<unsigned char>(p[i])} << (8 * i);
  return value;
}

// kind, queue hash, number, name length, name.
constexpr size_t kOperationHead = 1 + 8 + 8 + 1;

void PutOperation(std::string* out, char kind, uint64_t hash, uint64_t number, std::string_view name) {
  char head[kOperationHead];
  head[0] = kind;
  PutFixed64(head + 1, hash);
  PutFixed64(head + 9, number);
  head[17] = static_cast<char>(name.size());
  out->append(head, sizeof head);
  if (!name.empty()) out->append(name);
}

}  // namespace

QueueTable::QueueTable(size_t slots, uint64_t seed) : key_(seed), mask_(slots - 1), slots_(slots) {}

void QueueTable::Clear() {
  std::fill(slots_.begin(), slots_.end(), Slot{});
  deferred_.clear();
  free_deferred_ = 0;
  names_.Clear();
  log_.clear();
  snapshot_needed_ = true;
}

uint32_t QueueTable::InternDomain(std::string_view domain) {
  domain = domain.substr(0, kMaxNameBytes);
  return names_.Intern(domain, Hash(domain));
}

// A queue id's hash of 0 would read as a free slot.
static uint64_t NonZero(uint64_t hash) {
  return hash == 0 ? 1 : hash;
}

const QueueTable::Slot* QueueTable::Find(uint64_t hash) const {
  hash = NonZero(hash);
  const Slot* bucket = &slots_[BucketOf(hash)];
  for (size_t i = 0; i < kBucketSlots; ++i) {
    if (bucket[i].hash == hash) return &bucket[i];
  }
  return nullptr;
}

QueueTable::Slot* QueueTable::Find(uint64_t hash) {
  return const_cast<Slot*>(std::as_const(*this).Find(hash));
}

uint32_t QueueTable::Sender(uint64_t queue_hash) const {
  const Slot* slot = Find(queue_hash);
  return slot == nullptr ? kUnknown : slot->sender();
}

void QueueTable::Erase(Slot* slot) {
  DropDeferred(slot->deferred);
  Slot* bucket_end = &slots_[BucketOf(slot->hash)] + kBucketSlots;
  std::move(slot + 1, bucket_end, slot);  // keeps the order of age
  bucket_end[-1] = Slot{};
}

void QueueTable::DropDeferred(uint32_t head) {
  while (head != 0) {
    const uint32_t next = deferred_[head - 1].next;
    deferred_[head - 1].next = free_deferred_;
    free_deferred_ = head;
    head = next;
  }
}

bool QueueTable::RemoveDeferred(Slot* slot, uint64_t recipient_hash) {
  for (uint32_t* link = &slot->deferred; *link != 0; link = &deferred_[*link - 1].next) {
    DeferredRecipient& record = deferred_[*link - 1];
    if (record.recipient_hash != recipient_hash) continue;
    const uint32_t freed = *link;
    *link = record.next;
    record.next = free_deferred_;
    free_deferred_ = freed;
    return true;
  }
  return false;
}

void QueueTable::Active(uint64_t queue_hash, std::string_view sender_domain, uint64_t sender_hash,
                        uint32_t recipients) {
  if (sender_domain.size() > kMaxNameBytes) {
    sender_domain = sender_domain.substr(0, kMaxNameBytes);
    sender_hash = Hash(sender_domain);
  }
  ActiveId(queue_hash, names_.Intern(sender_domain, sender_hash), recipients);
  Log(kOpActive, queue_hash, recipients, sender_domain);
}

void QueueTable::ActiveId(uint64_t queue_hash, uint32_t sender, uint32_t recipients) {
  const uint64_t hash = NonZero(queue_hash);
  Slot* bucket = &slots_[BucketOf(hash)];
  size_t at = 0;
  while (at < kBucketSlots - 1 && bucket[at].hash != hash && bucket[at].hash != 0) ++at;
  // Queue ids are reused, but deferred recipients stay with a queue id that is only logged again.
  uint32_t deferred = 0;
  if (bucket[at].hash == hash) {
    deferred = bucket[at].deferred;
  } else if (bucket[at].hash != 0) {
    DropDeferred(bucket[at].deferred);  // the oldest falls out
  }
  std::move_backward(bucket, bucket + at, bucket + at + 1);
  bucket[0] = Slot{hash, sender << 8 | std::min(recipients, kManyRecipients), deferred};
}

uint32_t QueueTable::Deferred(uint64_t queue_hash, std::string_view recipient, std::string_view domain) {
  Slot* slot = Find(queue_hash);
  if (slot == nullptr) return kUnknown;
  const uint64_t recipient_hash = Hash(recipient);
  domain = domain.substr(0, kMaxNameBytes);
  AddDeferred(slot, recipient_hash, domain);
  Log(kOpDeferred, queue_hash, recipient_hash, domain);
  return slot->sender();
}

void QueueTable::AddDeferred(Slot* slot, uint64_t recipient_hash, std::string_view domain) {
  size_t known = 0;
  for (uint32_t at = slot->deferred; at != 0; at = deferred_[at - 1].next) {
    if (deferred_[at - 1].recipient_hash == recipient_hash || ++known == kMaxDeferredPerMessage) return;
  }
  uint32_t record = free_deferred_;
  if (record != 0) {
    free_deferred_ = deferred_[record - 1].next;
  } else if (deferred_.size() < kMaxDeferred) {
    deferred_.emplace_back();
    record = static_cast<uint32_t>(deferred_.size());
  } else {
    return;
  }
  deferred_[record - 1] = {recipient_hash, InternDomain(domain), slot->deferred};
  slot->deferred = record;
}

uint32_t QueueTable::Finished(uint64_t queue_hash, std::string_view recipient) {
  Slot* slot = Find(queue_hash);
  if (slot == nullptr) return kUnknown;
  const uint32_t sender = slot->sender();
  const uint64_t recipient_hash = slot->deferred != 0 ? Hash(recipient) : 0;
  CountFinished(slot, recipient_hash);
  Log(kOpFinished, queue_hash, recipient_hash, {});
  return sender;
}

void QueueTable::CountFinished(Slot* slot, uint64_t recipient_hash) {
  if (slot->deferred != 0) RemoveDeferred(slot, recipient_hash);
  if (slot->left() == 1) {
    Erase(slot);
  } else if (slot->left() != kManyRecipients && slot->left() != 0) {
    --slot->sender_and_left;
  }
}

bool QueueTable::Expired(uint64_t queue_hash, std::vector<uint32_t>* domains) {
  Slot* slot = Find(queue_hash);
  if (slot == nullptr) return false;
  for (uint32_t at = slot->deferred; at != 0; at = deferred_[at - 1].next) {
    domains->push_back(deferred_[at - 1].domain);
  }
  Erase(slot);
  Log(kOpExpired, queue_hash, 0, {});
  return true;
}

bool QueueTable::DeferredDomains(uint64_t queue_hash, std::vector<uint32_t>* domains) const {
  const uint64_t hash = NonZero(queue_hash);
  const Slot* bucket = &slots_[BucketOf(hash)];
  for (size_t i = 0; i < kBucketSlots; ++i) {
    if (bucket[i].hash != hash) continue;
    for (uint32_t at = bucket[i].deferred; at != 0; at = deferred_[at - 1].next) {
      domains->push_back(deferred_[at - 1].domain);
    }
  }
  return !domains->empty();
}

void QueueTable::Compact() {
  if (names_.memory_bytes() < kCompactBytes) return;
  Interner kept;
  const auto keep = [&](uint32_t id) { return kept.Intern(names_.text(id), names_.hash(id)); };
  for (Slot& slot : slots_) {
    if (slot.hash == 0) continue;
    slot.sender_and_left = keep(slot.sender()) << 8 | slot.left();
    for (uint32_t at = slot.deferred; at != 0; at = deferred_[at - 1].next) {
      deferred_[at - 1].domain = keep(deferred_[at - 1].domain);
    }
  }
  names_ = std::move(kept);
}

size_t QueueTable::size() const {
  return static_cast<size_t>(
      std::count_if(slots_.begin(), slots_.end(), [](const Slot& slot) { return slot.hash != 0; }));
}

void QueueTable::Log(char kind, uint64_t queue_hash, uint64_t number, std::string_view name) {
  if (snapshot_needed_) return;
  PutOperation(&log_, kind, queue_hash, number, name);
  if (log_.size() > kMaxLogBytes) {
    snapshot_needed_ = true;
    log_.clear();
  }
}

// The operations that build this table: buckets from the oldest slot to the newest, lists from their end.
void QueueTable::WriteSnapshot(std::string* record) const {
  std::vector<uint32_t> list;
  for (size_t bucket = 0; bucket < slots_.size(); bucket += kBucketSlots) {
    for (size_t i = kBucketSlots; i-- > 0;) {
      const Slot& slot = slots_[bucket + i];
      if (slot.hash == 0) continue;
      PutOperation(record, kOpActive, slot.hash, slot.left(), names_.text(slot.sender()));
      list.clear();
      for (uint32_t at = slot.deferred; at != 0; at = deferred_[at - 1].next) list.push_back(at - 1);
      for (size_t j = list.size(); j-- > 0;) {
        const DeferredRecipient& deferred = deferred_[list[j]];
        PutOperation(record, kOpDeferred, slot.hash, deferred.recipient_hash, names_.text(deferred.domain));
      }
    }
  }
}

bool QueueTable::SaveChanges(std::string* record) {
  // Changes are saved until they outweigh a snapshot, so that a restart never reads more than about two.
  const bool snapshot = snapshot_needed_ || saved_bytes_ > std::max(kMaxLogBytes, snapshot_bytes_) ||
                        saved_records_ >= kMaxSavedRecords;
  if (!snapshot && log_.empty()) return false;
  record->push_back(snapshot ? kSnapshot : kDelta);
  if (snapshot) {
    WriteSnapshot(record);
    snapshot_bytes_ = record->size();
    saved_bytes_ = saved_records_ = 0;
  } else {
    record->append(log_);
    saved_bytes_ += log_.size();
    ++saved_records_;
  }
  log_.clear();
  snapshot_needed_ = false;
  return snapshot;
}

bool QueueTable::LoadRecord(std::string_view record) {
  const bool snapshot = !record.empty() && record[0] == kSnapshot;
  if (!snapshot && (record.empty() || record[0] != kDelta)) {
    Clear();
    return false;
  }
  if (snapshot) Clear();
  if (!ApplyOperations(record.substr(1))) {
    Clear();
    return false;
  }
  snapshot_needed_ = false;
  return true;
}

bool QueueTable::ApplyOperations(std::string_view operations) {
  while (!operations.empty()) {
    if (operations.size() < kOperationHead) return false;
    const char* p = operations.data();
    const uint64_t hash = GetFixed64(p + 1), number = GetFixed64(p + 9);
    const size_t name_size = static_cast<unsigned char>(p[17]);
    if (operations.size() < kOperationHead + name_size) return false;
    const std::string_view name = operations.substr(kOperationHead, name_size);
    operations.remove_prefix(kOperationHead + name_size);
    switch (p[0]) {
      case kOpActive:
        ActiveId(hash, InternDomain(name),
                 static_cast<uint32_t>(std::min<uint64_t>(number, kManyRecipients)));
        break;
      case kOpDeferred:
        if (Slot* slot = Find(hash)) AddDeferred(slot, number, name);
        break;
      case kOpFinished:
        if (Slot* slot = Find(hash)) CountFinished(slot, number);
        break;
      case kOpExpired:
        if (Slot* slot = Find(hash)) Erase(slot);
        break;
      default:
        return false;
    }
  }
  return true;
}

}  // namespace bouncewatch
