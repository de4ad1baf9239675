#include "classifier/rules/overlay.h"

#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

template <typename T>
void Append(std::vector<T>* from, std::vector<T>* to) {
  to->insert(to->end(), std::make_move_iterator(from->begin()), std::make_move_iterator(from->end()));
}

// Takes what the overlay names out of the shipped entries.
template <typename Entry>
void GiveUp(std::vector<std::string> Entry::*names, const std::vector<Entry>& overlay,
            std::vector<Entry>* shipped) {
  std::set<std::string> claimed;
  for (const Entry& entry : overlay) {
    for (const std::string& name : entry.*names) claimed.insert(AsciiLower(name));
  }
  for (Entry& entry : *shipped) {
    std::erase_if(entry.*names, [&](const std::string& name) { return claimed.contains(AsciiLower(name)); });
  }
}

}  // namespace

absl::StatusOr<RuleFileContent> ApplyOverlay(RuleFileContent shipped, RuleFileContent overlay) {
  std::set<std::string> brought, removed;
  for (const Rule& rule : overlay.rules) brought.insert(rule.id);
  for (const DisabledRule& disabled : overlay.disabled) {
    if (brought.contains(disabled.id)) {
      return absl::InvalidArgumentError(absl::StrFormat("%s: rule \"%s\" is both disabled and given",
                                                        disabled.location.ToString(), disabled.id));
    }
    removed.insert(disabled.id);
  }
  std::set<std::string> found;
  std::erase_if(shipped.rules, [&](const Rule& rule) {
    const bool disabled = removed.contains(rule.id);
    if (disabled) found.insert(rule.id);
    return disabled || brought.contains(rule.id);
  });
  std::erase_if(overlay.disabled, [&](const DisabledRule& disabled) { return found.contains(disabled.id); });
  // A provider without hosts is still one that rules and fingerprints may ask for.
  GiveUp(&ProviderPatterns::mx, overlay.providers, &shipped.providers);
  GiveUp(&ProviderFingerprint::any, overlay.fingerprints, &shipped.fingerprints);
  std::erase_if(shipped.fingerprints, [](const ProviderFingerprint& mark) { return mark.any.empty(); });
  Append(&overlay.rules, &shipped.rules);
  Append(&overlay.providers, &shipped.providers);
  Append(&overlay.fingerprints, &shipped.fingerprints);
  shipped.disabled = std::move(overlay.disabled);
  return shipped;
}

}  // namespace bouncewatch
