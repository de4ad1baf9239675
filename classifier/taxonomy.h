// The causes: `category.cause` with what follows from each. A cause fixes whose fault it is (scope), how long it lasts
// (permanence), whether the address may be suppressed, and the action. Constant data; share freely.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace bouncewatch {

enum class Scope : uint8_t { kIp, kSendingDomain, kMessage, kRecipient, kRemote, kPath, kLocal, kNone, kUnknown };
enum class Permanence : uint8_t { kPermanent, kTransient, kUntilFixed, kByCode };
enum class Suppress : uint8_t { kNow, kAfterN, kNever };

std::string_view ScopeName(Scope scope);
std::string_view PermanenceName(Permanence permanence);
std::string_view SuppressName(Suppress suppress);

// An index into Causes(); stable only within one build. What is stored is the id string.
using CauseIndex = uint16_t;

struct Cause {
  std::string_view id;        // "auth.spf"
  std::string_view category;  // "auth"
  std::string_view meaning;
  Scope scope;
  Permanence permanence;
  Suppress suppress;
  std::string_view action;       // "fix-dns(SPF)"
  std::string_view alert_group;  // auth, dns, blocklist, reputation, content, policy, relay, throttle, list, ...
};

std::span<const Cause> Causes();                        // all 76, grouped by category
std::optional<CauseIndex> FindCause(std::string_view id);
CauseIndex UnspecifiedCause();                          // unknown.unspecified
CauseIndex DeliveredCause();                            // event.delivered

// Permanence with `by-code` resolved by the basic reply code: 4yz is transient, anything else permanent.
Permanence ResolvePermanence(const Cause& cause, int code);

}  // namespace bouncewatch
