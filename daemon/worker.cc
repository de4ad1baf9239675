#include "daemon/worker.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "classifier/interner.h"
#include "classifier/redact.h"
#include "classifier/reply.h"

namespace bouncewatch {
namespace {

constexpr size_t kAnswerSlots = 1 << 16, kRelaySlots = 1 << 17, kTagSlots = 1 << 10, kLaneSlots = 1 << 16;
constexpr size_t kRowsPerCommit = 1 << 16;        // 1.3 MiB, and dictionaries that fit a second-level cache
constexpr size_t kMaxIdBytes = 24 * 1024 * 1024;  // of names and the like; then new ones are begun
constexpr size_t kMaxDomain = 255;                // RFC 1035 2.3.4
constexpr size_t kMaxHost = 255;

// Bit 7 of each byte that is an upper-case letter, or not ASCII, which a caller looks at more closely.
uint64_t MaybeUpperCase(uint64_t word) {
  const uint64_t low = word & 0x7f7f7f7f7f7f7f7f;
  return ((low + 0x3f3f3f3f3f3f3f3f) & ~(low + 0x2525252525252525)) | word;
}

bool HasUpperCase(std::string_view text) {
  const auto word = [&](size_t at) {
    uint64_t bytes;
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    return bytes;
  };
  constexpr uint64_t kTopBits = 0x8080808080808080;
  if (text.size() >= 8) {
    uint64_t found = MaybeUpperCase(word(text.size() - 8));
    for (size_t i = 0; i + 8 < text.size(); i += 8) found |= MaybeUpperCase(word(i));
    if ((found & kTopBits) == 0) return false;
  }
  return std::any_of(text.begin(), text.end(), IsUpper);
}

// In lower case and not longer than a name may be: most names are as they stand, others are written to
// `buffer`.
std::string_view Lowered(std::string_view text, char* buffer) {
  text = text.substr(0, kMaxDomain);
  if (!HasUpperCase(text)) return text;
  std::transform(text.begin(), text.end(), buffer, ToLower);
  return {buffer, text.size()};
}

// "250 2.0.0 Ok: queued": the codes of an accepting reply, without the parser's work.
void ReadAcceptedCodes(std::string_view reply, AnswerKey* key) {
  constexpr EnhancedCode kSuccess{2, 0, 0};
  if (reply.starts_with("250 2.0.0 ")) {  // nearly all of them
    key->code = 250;
    key->enhanced = kSuccess.packed();
    return;
  }
  if (reply.size() < 3 || !IsDigit(reply[0]) || !IsDigit(reply[1]) || !IsDigit(reply[2])) return;
  if (reply.size() > 3 && reply[3] != ' ' && reply[3] != '-') return;
  key->code = static_cast<uint16_t>((reply[0] - '0') * 100 + (reply[1] - '0') * 10 + (reply[2] - '0'));
  if (reply.size() < 9) return;
  size_t length = 0;
  key->enhanced = ParseEnhancedCode(reply.substr(4), &length).packed();
}

CauseIndex ExpiredCause() {
  static const CauseIndex index = *FindCause("queue.expired");
  return index;
}

}  // namespace

Worker::Worker(std::shared_ptr<const RuleSet> rules, const Identity& identity, uint64_t seed)
    : identity_(identity),
      classifier_(std::move(rules)),
      groups_(classifier_.rules().providers()),
      rollup_(std::make_unique<Rollup>(seed)),
      hash_key_(seed),
      answers_(kAnswerSlots),
      relays_(kRelaySlots),
      tags_(kTagSlots),
      lanes_(kLaneSlots) {}

void Worker::Process(Decoder* decoder, std::string_view lines, FileState* file) {
  while (!lines.empty()) {
    lines.remove_prefix(decoder->Decode(lines, file, &batch_));
    Count(batch_);
  }
}

bool Worker::full() const {
  return rollup_->size() >= kRowsPerCommit || rollup_->ids()->memory_bytes() >= kMaxIdBytes;
}

std::unique_ptr<Rollup> Worker::TakeRollup(std::unique_ptr<Rollup> fresh) {
  std::shared_ptr<LocalIds> ids = rollup_->ids();
  if (ids->memory_bytes() >= kMaxIdBytes) {
    ids = std::make_shared<LocalIds>(rollup_->seed());
    ++epoch_;
    answers_.assign(kAnswerSlots, AnswerSlot());
  }
  rollup_->Seal();
  if (fresh == nullptr) {
    fresh = std::make_unique<Rollup>(std::move(ids));
  } else {
    fresh->Restart(std::move(ids));
  }
  std::swap(fresh, rollup_);
  return fresh;
}

void Worker::Prepare(const DeliveryEvent& event, char* lower, Prepared* prepared) const {
  prepared->domain = Lowered(event.recipient_domain, lower);
  prepared->domain_hash = HashName(prepared->domain, hash_key_);
  rollup_->PrefetchName(Name::kDomain, prepared->domain_hash);
  prepared->relay_hash = event.relay_host.empty() ? 0 : HashName(event.relay_host, hash_key_);
  __builtin_prefetch(&relays_[prepared->relay_hash % kRelaySlots]);
  // Machine and tag stand side by side in every form but JSON: one hash for both.
  const bool adjacent = !event.host.empty() && event.host.data() + event.host.size() + 1 == event.tag.data();
  prepared->tag_hash =
      adjacent ? HashName({event.host.data(), event.host.size() + 1 + event.tag.size()}, hash_key_)
               : MixHashes(HashName(event.tag, hash_key_), HashName(event.host, hash_key_));
  prepared->lane_hash = MixHashes(prepared->tag_hash, HashName(event.sender_domain, hash_key_));
  if (!event.customer.empty()) {
    prepared->lane_hash = MixHashes(prepared->lane_hash, HashName(event.customer, hash_key_));
  }
  __builtin_prefetch(&lanes_[prepared->lane_hash & (kLaneSlots - 1)]);
}

// First all hashes and prefetches, then all look-ups: the misses of a batch overlap.
void Worker::Count(const EventBatch& batch) {
  std::array<std::array<char, kMaxDomain>, EventBatch::kMax> lower;
  std::array<Prepared, EventBatch::kMax> prepared;
  for (size_t i = 0; i < batch.size; ++i) Prepare(batch.events[i], lower[i].data(), &prepared[i]);
  for (size_t i = 0; i < batch.size; ++i) {
    const DeliveryEvent& event = batch.events[i];
    if (event.time_s < 0) continue;
    Row row;
    row.minute = static_cast<uint32_t>(event.time_s / 60);
    row.domain = rollup_->InternName(Name::kDomain, prepared[i].domain, prepared[i].domain_hash);
    row.lane = LaneOf(event, prepared[i]);
    row.answer = AnswerOf(event, prepared[i].relay_hash);
    row.count = event.repeat;
    rollup_->Add(row);
    counters_.events += event.repeat;
    const bool failed = event.outcome == Outcome::kDeferred || event.outcome == Outcome::kBounced;
    if (failed && evidence_wanted_ && evidence_.size() < kEvidencePerCommit) AddEvidence(event, row);
  }
}

// The first reply of its kind from each domain since the last commit.
void Worker::AddEvidence(const DeliveryEvent& event, const Row& row) {
  if (event.reply.empty() || !evidence_seen_.emplace(row.domain, row.answer).second) return;
  const LocalIds& ids = *rollup_->ids();
  const AnswerKey& answer = ids.answer(row.answer);
  const LaneKey& lane = ids.lane(row.lane);
  EvidenceReply& reply = evidence_.emplace_back();
  reply.provider = ids.names(Name::kProvider).text(answer.provider);
  reply.cause = Causes()[answer.cause].id;
  reply.domain = ids.names(Name::kDomain).text(row.domain);
  reply.time_s = event.time_s;
  reply.ip = ids.names(Name::kIp).text(lane.ip);
  reply.sender_domain = ids.names(Name::kSender).text(lane.sender);
  reply.template_id = ids.template_record(answer.template_ref).id;
  reply.text = Redact(event.reply, event.recipient);
}

std::vector<EvidenceReply> Worker::TakeEvidence() {
  evidence_seen_.clear();
  return std::exchange(evidence_, {});
}

ReceiverGroup Worker::GroupOf(std::string_view relay_host, uint64_t hash) {
  if (relay_host.empty()) return kNoProvider;
  static_assert(sizeof(ReceiverGroup) == 2);
  uint64_t& slot = relays_[hash % kRelaySlots];
  if ((slot ^ hash) >> 16 != 0) {
    slot = (hash & ~uint64_t{0xffff}) | groups_.Of(relay_host.substr(0, kMaxHost));
  }
  return static_cast<ReceiverGroup>(slot);
}

// Everything of the key that comes out of the event itself. Returns the verdict on a failure, else nullptr.
const Verdict* Worker::ReadAnswer(const DeliveryEvent& event, ReceiverGroup group, AnswerKey* key) {
  key->outcome = event.outcome;
  key->origin = event.origin;
  key->phase = event.phase;
  if (event.outcome == Outcome::kDelivered) {
    ReadAcceptedCodes(event.reply, key);
    return nullptr;
  }
  if (event.outcome != Outcome::kDeferred && event.outcome != Outcome::kBounced) return nullptr;
  const Verdict* verdict = &classifier_.Classify(event.reply, groups_.provider(group), event.phase);
  counters_.classified += event.repeat;
  if (verdict->rule == kNoRule) counters_.unclassified += event.repeat;
  return verdict;
}

uint32_t Worker::AnswerOf(const DeliveryEvent& event, uint64_t relay_hash) {
  const ReceiverGroup group = GroupOf(event.relay_host, relay_hash);
  AnswerKey key;
  const Verdict* verdict = ReadAnswer(event, group, &key);
  const uint64_t serial = verdict == nullptr ? 0 : verdict->serial;
  const uint64_t rest = uint64_t{group} << 48 | uint64_t{key.code} << 32 |
                        static_cast<uint64_t>(key.outcome) << 16 | static_cast<uint64_t>(key.origin) << 8 |
                        static_cast<uint64_t>(key.phase);
  const uint64_t spread = MixHashes(serial ^ uint64_t{key.enhanced} << 32, rest);
  AnswerSlot& slot = answers_[spread & (kAnswerSlots - 1)];
  if (slot.verdict_serial != serial || slot.rest != rest || slot.enhanced != key.enhanced) {
    slot = {serial, rest, key.enhanced, InternAnswer(event, group, verdict, key)};
  }
  return slot.answer;
}

uint32_t Worker::InternAnswer(const DeliveryEvent& event, ReceiverGroup group, const Verdict* verdict,
                              AnswerKey key) {
  const RuleSet& rules = classifier_.rules();
  if (verdict != nullptr) {
    const std::string_view rule =
        verdict->rule == kNoRule ? std::string_view() : std::string_view(rules.rules()[verdict->rule].id);
    key.template_ref = rollup_->InternTemplate(verdict->template_id, verdict->template_text, rule,
                                               event.reply, event.recipient);
    key.cause = verdict->cause;
    key.code = verdict->code;
    key.enhanced = verdict->enhanced.packed();
    key.phase = verdict->phase;
    // A relay host counts in its own group even where the text betrays another: attempts and failures must
    // have one denominator.
    if (group == kNoProvider) group = verdict->provider;
  } else if (event.outcome == Outcome::kDelivered) {
    key.cause = DeliveredCause();
  } else {
    key.cause = event.outcome == Outcome::kExpired ? ExpiredCause() : UnspecifiedCause();
  }
  key.provider = rollup_->InternName(Name::kProvider, groups_.name(group));
  return rollup_->InternAnswer(key);
}

const Worker::TagSlot& Worker::TagOf(const DeliveryEvent& event, uint64_t hash) {
  TagSlot& slot = tags_[hash & (kTagSlots - 1)];
  if (slot.hash == hash && slot.epoch == epoch_) return slot;
  const std::string_view host = event.host.substr(0, kMaxHost);
  slot.hash = hash;
  slot.epoch = epoch_;
  slot.host = rollup_->InternName(Name::kHost, host);
  slot.host_ip = rollup_->InternName(Name::kIp, "host:" + std::string(host));
  slot.ip = rollup_->InternName(Name::kIp, identity_.FromTag(event.tag).ip);
  return slot;
}

uint32_t Worker::LaneOf(const DeliveryEvent& event, const Prepared& prepared) {
  const TagSlot& tag = TagOf(event, prepared.tag_hash);
  if (!event.source_ip.empty()) {
    return InternLane(event, tag, rollup_->InternName(Name::kIp, event.source_ip.substr(0, kMaxHost)));
  }
  if (tag.ip == 0 && event.origin == Origin::kRemote && identity_.has_ips()) {
    const std::string quoted = identity_.FromReply(event.reply);
    if (!quoted.empty()) return InternLane(event, tag, rollup_->InternName(Name::kIp, quoted));
  }
  LaneSlot& slot = lanes_[prepared.lane_hash & (kLaneSlots - 1)];
  if (slot.hash == prepared.lane_hash && slot.epoch == epoch_) return slot.lane;
  slot = {prepared.lane_hash, epoch_, InternLane(event, tag, tag.ip != 0 ? tag.ip : tag.host_ip)};
  return slot.lane;
}

uint32_t Worker::InternLane(const DeliveryEvent& event, const TagSlot& tag, uint32_t ip) {
  LaneKey lane;
  lane.host = tag.host;
  lane.ip = ip;
  if (!event.customer.empty()) {
    lane.customer = rollup_->InternName(Name::kCustomer, event.customer.substr(0, kMaxHost));
  }
  if (!event.sender_domain.empty()) {
    std::array<char, kMaxDomain> buffer;
    lane.sender = rollup_->InternName(Name::kSender, Lowered(event.sender_domain, buffer.data()));
  }
  return rollup_->InternLane(lane);
}

}  // namespace bouncewatch
