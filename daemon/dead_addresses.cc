#include "daemon/dead_addresses.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/taxonomy.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxAddressBytes = 320;  // RFC 5321 4.5.3.1: 64 before the @, 255 behind it

// RFC 5321 2.4: the domain has no case; the local part may have.
std::string KeyOf(std::string_view address) {
  const size_t at = address.rfind('@');
  if (at == std::string_view::npos) return std::string(address);
  return std::string(address.substr(0, at + 1)) + AsciiLower(address.substr(at + 1));
}

// One line each is what readers of the list expect; bytes beyond ASCII are addresses too (RFC 6531).
bool IsPrintable(std::string_view address) {
  return address.size() <= kMaxAddressBytes && std::all_of(address.begin(), address.end(), [](char c) {
           return static_cast<unsigned char>(c) > 0x20 && c != 0x7f;
         });
}

bool CondemnsAddress(const Verdict& verdict) {
  const Cause& cause = Causes()[verdict.cause];
  if (cause.suppress != Suppress::kNow || cause.scope != Scope::kRecipient) return false;
  if (ResolvePermanence(cause, verdict.code) != Permanence::kPermanent) return false;
  if (verdict.code >= 400 && verdict.code < 500) return false;  // "try again" is no last word
  // Our own MTA knows of domains, by DNS; of mailboxes only their server does.
  return verdict.speaker == Speaker::kReceiver ||
         (verdict.speaker == Speaker::kOwnMta && cause.category == "domain");
}

}  // namespace

DeadAddresses::DeadAddresses(std::shared_ptr<const RuleSet> rules, size_t max_addresses)
    : classifier_(std::move(rules)), max_addresses_(max_addresses) {}

absl::Status DeadAddresses::Add(const DeliveryEvent& event) {
  if (event.outcome == Outcome::kDelivered && !entries_.empty()) {
    counters_.revived += entries_.erase(KeyOf(event.recipient));
  }
  if (event.outcome != Outcome::kBounced) return absl::OkStatus();
  ++counters_.bounces;
  const RuleSet& rules = classifier_.rules();
  const Verdict& verdict =
      classifier_.Classify(event.reply, rules.providers().Find(event.relay_host), event.phase);
  const Cause& cause = Causes()[verdict.cause];
  if (event.origin == Origin::kProvider || event.recipient.empty() || !CondemnsAddress(verdict)) {
    ++counters_.kept_for[cause.category];
    return absl::OkStatus();
  }
  if (!IsPrintable(event.recipient)) {
    ++counters_.unprintable;
    return absl::OkStatus();
  }
  const auto [it, inserted] = entries_.try_emplace(KeyOf(event.recipient));
  if (inserted && entries_.size() > max_addresses_) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("more than %d dead addresses; give fewer files at a time", max_addresses_));
  }
  Entry& entry = it->second;
  if (inserted) {
    entry.number = next_number_++;
    entry.dead.address = std::string(event.recipient);
  }
  entry.dead.cause = cause.id;
  entry.dead.rule = verdict.rule == kNoRule ? "" : rules.rules()[verdict.rule].id;
  entry.dead.time_s = event.time_s;
  return absl::OkStatus();
}

std::vector<DeadAddress> DeadAddresses::List() const {
  std::vector<const Entry*> entries;
  entries.reserve(entries_.size());
  for (const auto& [key, entry] : entries_) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(),
            [](const Entry* a, const Entry* b) { return a->number < b->number; });
  std::vector<DeadAddress> list;
  list.reserve(entries.size());
  for (const Entry* entry : entries) list.push_back(entry->dead);
  return list;
}

}  // namespace bouncewatch
