#include "classifier/rules/rule_set.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "absl/strings/str_format.h"
#include "classifier/rules/pattern_set.h"
#include "classifier/rules/rule_index.h"
#include "classifier/status_macros.h"
#include "classifier/taxonomy.h"

namespace bouncewatch {
namespace {

// Part of every fingerprint: another number when the same rules come to mean something else, or other
// patterns.
constexpr uint64_t kRuleSemantics = 1;

// Hashes all that decides a match. Each field goes with its length, so that no two contents look alike.
class Hasher {
 public:
  void Add(uint64_t number) { bytes_.append(reinterpret_cast<const char*>(&number), sizeof(number)); }
  void Add(std::string_view text) {
    Add(uint64_t{text.size()});
    bytes_.append(text);
  }
  void Add(const std::vector<std::string>& texts) {
    Add(uint64_t{texts.size()});
    for (const std::string& text : texts) Add(text);
  }
  void Add(const CodeCondition& code) {
    Add(static_cast<uint64_t>(code.code_min * 1000 + code.code_max));
    Add(static_cast<uint64_t>(code.enhanced));
    Add(uint64_t{code.value.packed()});
    Add(uint64_t{code.any_klass} * 2 + uint64_t{code.any_detail});
  }
  uint64_t Finish() const { return XXH3_64bits(bytes_.data(), bytes_.size()); }

 private:
  std::string bytes_;
};

uint64_t Fingerprint(const RuleFileContent& content) {
  Hasher hasher;
  hasher.Add(kRuleSemantics);
  for (const Rule& rule : content.rules) {
    hasher.Add(rule.id);
    hasher.Add(Causes()[rule.cause].id);
    hasher.Add(static_cast<uint64_t>(int64_t{rule.priority}));
    hasher.Add(uint64_t{rule.codes.size()});
    for (const CodeCondition& code : rule.codes) hasher.Add(code);
    hasher.Add(uint64_t{rule.phases.size()});
    for (Phase phase : rule.phases) hasher.Add(PhaseName(phase));
    hasher.Add(rule.regex);
    for (const auto* texts : {&rule.providers, &rule.tokens, &rule.lists, &rule.any, &rule.all, &rule.none}) {
      hasher.Add(*texts);
    }
  }
  for (const ProviderFingerprint& fingerprint : content.fingerprints) {
    hasher.Add(fingerprint.provider);
    hasher.Add(fingerprint.any);
  }
  for (const ProviderPatterns& patterns : content.providers) {
    hasher.Add(patterns.provider);
    hasher.Add(patterns.mx);
  }
  return hasher.Finish();
}

absl::Status Fail(const RuleLocation& location, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrFormat("%s: %s", location.ToString(), what));
}

// File order must not matter to anything, pattern ids included.
void SortContent(RuleFileContent* content) {
  const auto sort_by = [](auto* list, auto key) {
    const auto before = [&](const auto& a, const auto& b) { return key(a) < key(b); };
    // The shipped rules come sorted; looking is cheaper than moving them.
    if (!std::is_sorted(list->begin(), list->end(), before)) {
      std::stable_sort(list->begin(), list->end(), before);
    }
  };
  sort_by(&content->rules, [](const Rule& rule) -> const std::string& { return rule.id; });
  sort_by(&content->fingerprints, [](const ProviderFingerprint& f) { return std::tie(f.provider, f.any); });
  sort_by(&content->providers, [](const ProviderPatterns& p) { return std::tie(p.provider, p.mx); });
}

std::string Explanation(const Rule& rule, const RuleScore& score) {
  using Failed = RuleScore::Failed;
  switch (score.failed) {
    case Failed::kNothing:
      return "";
    case Failed::kProvider:
      return "provider";
    case Failed::kCodes:
      return "codes";
    case Failed::kPhase:
      return "phase";
    case Failed::kToken:
      return "token: absent";
    case Failed::kList:
      return "list: absent";
    case Failed::kAny:
      return "any: all absent";
    case Failed::kAll:
      return absl::StrFormat("all: '%s' absent", rule.all[score.failed_word]);
    case Failed::kRegex:
      return "regex";
    case Failed::kNone:
      return absl::StrFormat("none: '%s' present", rule.none[score.failed_word]);
  }
  __builtin_unreachable();
}

}  // namespace

struct RuleSet::Scratch::State {
  std::unique_ptr<PatternHits> hits;
};

RuleSet::Scratch::Scratch(std::unique_ptr<State> state) : state_(std::move(state)) {}
RuleSet::Scratch::~Scratch() = default;

struct RuleSet::Impl {
  absl::Status Compile(std::span<const std::string_view> serialized);
  void InternProviders();
  absl::Status CheckRules() const;
  absl::Status AddFingerprints(PatternSet::Builder* builder);
  ProviderIndex Betrayed(const PatternHits& hits) const;
  RuleMatch Decide(const Reply& reply, ProviderIndex provider, const PatternHits& hits) const;

  RuleFileContent content;
  ProviderMap providers;
  uint64_t fingerprint = 0;
  RuleIndex index;
  std::vector<ProviderIndex> betrays;  // by PatternId
  std::unique_ptr<const PatternSet> patterns;
};

absl::Status RuleSet::Impl::Compile(std::span<const std::string_view> serialized) {
  SortContent(&content);
  fingerprint = Fingerprint(content);
  InternProviders();
  RETURN_IF_ERROR(CheckRules());
  PatternSet::Builder builder;
  index.Build(content.rules, providers, &builder);
  RETURN_IF_ERROR(AddFingerprints(&builder));
  ASSIGN_OR_RETURN(patterns, builder.Compile(serialized, fingerprint));
  betrays.resize(patterns->size(), kNoProvider);
  return absl::OkStatus();
}

void RuleSet::Impl::InternProviders() {
  for (const ProviderPatterns& group : content.providers) {
    const ProviderIndex provider = providers.Intern(group.provider);
    for (const std::string& pattern : group.mx) providers.AddPattern(pattern, provider);
  }
}

absl::Status RuleSet::Impl::CheckRules() const {
  const Rule* previous = nullptr;
  for (const Rule& rule : content.rules) {
    if (previous != nullptr && previous->id == rule.id) {
      return Fail(rule.location, absl::StrFormat("rule id \"%s\" is already used at %s", rule.id,
                                                 previous->location.ToString()));
    }
    previous = &rule;
    for (const std::string& name : rule.providers) {
      if (providers.FindName(name) == kNoProvider) {
        return Fail(rule.location, absl::StrFormat("provider \"%s\" has no [[provider]] entry", name));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status RuleSet::Impl::AddFingerprints(PatternSet::Builder* builder) {
  for (const ProviderFingerprint& mark : content.fingerprints) {
    const ProviderIndex provider = providers.FindName(mark.provider);
    if (provider == kNoProvider) {
      return Fail(mark.location, absl::StrFormat("provider \"%s\" has no [[provider]] entry", mark.provider));
    }
    for (const std::string& phrase : mark.any) {
      const PatternId id = builder->AddWord(ParseWord(Word::Kind::kPhrase, phrase), mark.location);
      betrays.resize(std::max<size_t>(betrays.size(), id + 1), kNoProvider);
      if (betrays[id] != kNoProvider && betrays[id] != provider) {
        return Fail(mark.location, absl::StrFormat("\"%s\" is already the mark of provider \"%s\"", phrase,
                                                   providers.name(betrays[id])));
      }
      betrays[id] = provider;
    }
  }
  return absl::OkStatus();
}

ProviderIndex RuleSet::Impl::Betrayed(const PatternHits& hits) const {
  ProviderIndex best = kNoProvider;
  size_t best_length = 0;
  for (PatternId id : hits.found()) {
    if (betrays[id] == kNoProvider) continue;
    const size_t length = patterns->length(id);
    // Providers are interned in the order of their names.
    if (length > best_length || (length == best_length && betrays[id] < best)) {
      best = betrays[id];
      best_length = length;
    }
  }
  return best;
}

RuleMatch RuleSet::Impl::Decide(const Reply& reply, ProviderIndex provider, const PatternHits& hits) const {
  RuleMatch match;
  match.provider = provider;
  match.provider_matters = false;
  RuleScore best;
  const auto look_at = [&](uint32_t rule) {
    match.provider_matters = match.provider_matters || index.WaitsForProvider(rule, reply, hits);
    if (match.rule != kNoRule && index.standing(rule) < index.standing(match.rule)) return;
    const RuleScore score = index.Score(rule, reply, provider, hits);
    if (!score.matched()) return;
    if (match.rule != kNoRule && !index.Outranks(rule, score, match.rule, best)) return;
    match.rule = rule;
    best = score;
  };
  for (PatternId id : hits.found()) {
    for (uint32_t rule : index.AnchoredAt(id)) look_at(rule);
  }
  if (match.rule == kNoRule) {  // words outrank codes, so only now
    for (uint32_t rule : index.WordlessFor(reply.code)) look_at(rule);
  }
  match.cause = match.rule == kNoRule ? UnspecifiedCause() : content.rules[match.rule].cause;
  return match;
}

RuleSet::RuleSet(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RuleSet::~RuleSet() = default;

absl::StatusOr<std::shared_ptr<const RuleSet>> RuleSet::Compile(
    RuleFileContent content, std::span<const std::string_view> serialized) {
  auto impl = std::make_unique<Impl>();
  impl->content = std::move(content);
  RETURN_IF_ERROR(impl->Compile(serialized));
  return std::shared_ptr<const RuleSet>(new RuleSet(std::move(impl)));
}

std::unique_ptr<RuleSet::Scratch> RuleSet::NewScratch() const {
  auto state = std::make_unique<Scratch::State>();
  state->hits = impl_->patterns->NewHits();
  return std::unique_ptr<Scratch>(new Scratch(std::move(state)));
}

// Regexes cost more than all words together and most of them belong to loose rules: they are only looked for
// where one of their rules could still win.
RuleMatch RuleSet::Match(const Reply& reply, ProviderIndex provider, Scratch* scratch) const {
  PatternHits* hits = scratch->state_->hits.get();
  impl_->patterns->ScanWords(reply.text, hits);
  if (provider == kNoProvider) provider = impl_->Betrayed(*hits);  // marks of providers are words
  RuleMatch match = impl_->Decide(reply, provider, *hits);
  const int standing =
      match.rule == kNoRule ? std::numeric_limits<int>::min() : impl_->index.standing(match.rule);
  if (impl_->index.NeedsRegexes(standing, reply, provider, *hits, &match.provider_matters)) {
    impl_->patterns->ScanRegexes(reply.text, hits);
    match = impl_->Decide(reply, provider, *hits);
  }
  return match;
}

RuleMatch RuleSet::Explain(const Reply& reply, ProviderIndex provider, Scratch* scratch,
                           std::vector<RuleCandidate>* candidates) const {
  const RuleMatch match = Match(reply, provider, scratch);
  impl_->patterns->ScanRegexes(reply.text, scratch->state_->hits.get());
  const PatternHits& hits = *scratch->state_->hits;
  std::vector<std::pair<uint32_t, RuleScore>> scored;
  for (uint32_t rule = 0; rule < rules().size(); ++rule) {
    const RuleScore score = impl_->index.Score(rule, reply, match.provider, hits);
    if (score.matched() || impl_->index.SawWord(rule, hits)) scored.emplace_back(rule, score);
  }
  std::sort(scored.begin(), scored.end(), [&](const auto& a, const auto& b) {
    if (a.second.matched() != b.second.matched()) return a.second.matched();
    return impl_->index.Outranks(a.first, a.second, b.first, b.second);
  });
  candidates->clear();
  for (const auto& [rule, score] : scored) candidates->push_back({rule, Explanation(rules()[rule], score)});
  return match;
}

const std::vector<Rule>& RuleSet::rules() const {
  return impl_->content.rules;
}
const ProviderMap& RuleSet::providers() const {
  return impl_->providers;
}
uint64_t RuleSet::fingerprint() const {
  return impl_->fingerprint;
}
bool RuleSet::loaded() const {
  return impl_->patterns->loaded();
}

std::string RuleSet::Serialize() const {
  return impl_->patterns->Serialize(impl_->fingerprint);
}

}  // namespace bouncewatch
