// A reply is the state "evidence/<provider>\0<cause>\0<domain>\0<slot>"; the slots of a triple are used in
// turn.
#include "daemon/evidence_log.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"

namespace bouncewatch {
namespace {

constexpr std::string_view kPrefix = "evidence/";
constexpr char kSeparator = '\0';
constexpr char kFields = '\t';  // between the fields of a value; Redact leaves no control byte

std::string TripleKey(const EvidenceReply& reply) {
  std::string key(kPrefix);
  for (const std::string* part : {&reply.provider, &reply.cause, &reply.domain}) (key += *part) += kSeparator;
  return key;
}

std::string SlotKey(std::string_view triple, uint32_t slot) {
  return std::string(triple) + static_cast<char>('0' + slot);
}

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

std::string EncodeValue(const EvidenceReply& reply) {
  return absl::StrFormat("1\t%d\t%016x\t%s\t%s\t%s", reply.time_s, reply.template_id, reply.ip,
                         reply.sender_domain, reply.text);
}

std::string_view Take(std::string_view* rest, char end) {
  const size_t size = std::min(rest->find(end), rest->size());
  const std::string_view field = rest->substr(0, size);
  rest->remove_prefix(std::min(size + 1, rest->size()));
  return field;
}

// nullopt: not a state of ours, or damaged.
std::optional<EvidenceReply> Decode(std::string_view key, std::string_view value) {
  EvidenceReply reply;
  if (!key.starts_with(kPrefix)) return {};
  key.remove_prefix(kPrefix.size());
  reply.provider = Take(&key, kSeparator);
  reply.cause = Take(&key, kSeparator);
  reply.domain = Take(&key, kSeparator);
  if (key.size() != 1 || Take(&value, kFields) != "1") return {};
  reply.time_s = std::strtoll(std::string(Take(&value, kFields)).c_str(), nullptr, 10);
  reply.template_id = std::strtoull(std::string(Take(&value, kFields)).c_str(), nullptr, 16);
  reply.ip = Take(&value, kFields);
  reply.sender_domain = Take(&value, kFields);
  reply.text = value;
  return reply;
}

bool Fits(std::string_view wanted, std::string_view value) {
  return wanted.empty() || wanted == value;
}

}  // namespace

absl::Status EvidenceLog::Load(const Store& store) {
  triples_.clear();
  by_age_.clear();
  RETURN_IF_ERROR(store.ScanStates(kPrefix, [this](std::string_view key, std::string_view value) {
    const std::optional<EvidenceReply> reply = Decode(key, value);
    if (!reply.has_value()) return;
    const uint32_t slot = static_cast<uint32_t>(key.back() - '0') % kRepliesKept;
    Triple& triple = triples_[TripleKey(*reply)];
    triple.used_slots = std::max(triple.used_slots, slot + 1);
    if (reply->time_s < triple.newest_s) return;
    triple.newest_s = reply->time_s;
    triple.next_slot = (slot + 1) % kRepliesKept;
  }));
  for (const auto& [key, triple] : triples_) by_age_.emplace(triple.newest_s, key);
  return absl::OkStatus();
}

void EvidenceLog::Add(const std::vector<EvidenceReply>& replies, std::vector<StateUpdate>* states) {
  for (const EvidenceReply& reply : replies) {
    const std::string value = EncodeValue(reply);
    if (HasControl(reply.provider) || HasControl(reply.cause) || HasControl(reply.domain) ||
        HasControl(reply.ip) || HasControl(reply.sender_domain) || HasControl(reply.text)) {
      continue;
    }
    const std::string key = TripleKey(reply);
    Triple& triple = triples_[key];
    by_age_.erase({triple.newest_s, key});
    states->push_back({SlotKey(key, triple.next_slot), value});
    triple.used_slots = std::max(triple.used_slots, triple.next_slot + 1);
    triple.next_slot = (triple.next_slot + 1) % kRepliesKept;
    triple.newest_s = std::max(triple.newest_s, reply.time_s);
    by_age_.emplace(triple.newest_s, key);
    if (triples_.size() > kEvidenceTriples) Forget(states);
  }
}

void EvidenceLog::Forget(std::vector<StateUpdate>* states) {
  const std::string key = by_age_.begin()->second;
  by_age_.erase(by_age_.begin());
  const auto silent = triples_.find(key);
  for (uint32_t slot = 0; slot < silent->second.used_slots; ++slot) {
    states->push_back({SlotKey(key, slot), std::nullopt});
  }
  triples_.erase(silent);
}

absl::StatusOr<std::vector<EvidenceReply>> FindEvidence(const Store& store, const EvidenceFilter& filter) {
  std::string prefix(kPrefix);
  if (!filter.provider.empty()) {
    (prefix += filter.provider) += kSeparator;
    if (!filter.cause.empty()) (prefix += filter.cause) += kSeparator;
  }
  std::vector<EvidenceReply> found;
  RETURN_IF_ERROR(store.ScanStates(prefix, [&](std::string_view key, std::string_view value) {
    std::optional<EvidenceReply> reply = Decode(key, value);
    if (!reply.has_value() || reply->time_s < filter.from_s || reply->time_s >= filter.to_s) return;
    if (!Fits(filter.provider, reply->provider) || !Fits(filter.cause, reply->cause) ||
        !Fits(filter.domain, reply->domain) || !Fits(filter.ip, reply->ip)) {
      return;
    }
    found.push_back(*std::move(reply));
  }));
  std::sort(found.begin(), found.end(),
            [](const EvidenceReply& a, const EvidenceReply& b) { return a.time_s > b.time_s; });
  if (filter.limit != 0 && found.size() > filter.limit) found.resize(filter.limit);
  return found;
}

}  // namespace bouncewatch
