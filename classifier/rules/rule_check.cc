// First what a rule says by itself and beside the others, then its samples. A sample that is lost is told
// with the one reason that explains it best: the mask, another rule, or a condition.
#include "classifier/rules/rule_check.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/facts/fact_finder.h"
#include "classifier/mask.h"
#include "classifier/reply.h"
#include "classifier/rules/pattern_check.h"
#include "classifier/rules/rule_conditions.h"
#include "classifier/rules/rule_set.h"
#include "classifier/status_macros.h"

namespace bouncewatch {
namespace {

using Kind = RuleFinding::Kind;

constexpr size_t kSampleShown = 160;

std::string Quote(std::string_view text) {
  const bool cut = text.size() > kSampleShown;
  return absl::StrFormat("\"%s%s\"", text.substr(0, kSampleShown), cut ? "..." : "");
}

// What an MTA would know besides: the stage, where the text does not tell.
Reply ParseSample(std::string_view text, const Rule& rule) {
  Reply reply = ParseReply(text);
  if (reply.phase == Phase::kUnknown && !rule.phases.empty()) reply.phase = rule.phases.front();
  return reply;
}

class Checker {
 public:
  explicit Checker(std::shared_ptr<const RuleSet> rules)
      : rules_(std::move(rules)), scratch_(rules_->NewScratch()) {
    for (const Rule& rule : rules_->rules()) conditions_.emplace_back(rule);
  }

  std::vector<RuleFinding> Run() {
    for (uint32_t index = 0; index < rules_->rules().size(); ++index) {
      CheckAlone(index);
      CheckDuplicate(index);
      for (const std::string& sample : rule(index).match) CheckMatch(index, sample);
      for (const std::string& sample : rule(index).nomatch) CheckNearMiss(index, sample);
    }
    return std::move(findings_);
  }

 private:
  // What one rule made of a reply.
  struct Answer {
    uint32_t winner = kNoRule;
    bool matched = false;               // the rule asked about, if only to be outranked
    std::optional<std::string> failed;  // why not; nullopt when not even a word of it was there
  };

  const Rule& rule(uint32_t index) const { return rules_->rules()[index]; }
  void Report(uint32_t index, Kind kind, std::string what, uint32_t other = kNoRule) {
    findings_.push_back({rule(index).location, rule(index).id, kind, std::move(what),
                         other == kNoRule ? std::string() : rule(other).id});
  }
  std::string NameOf(uint32_t index) const {
    if (index == kNoRule) return "no rule";
    return absl::StrFormat("rule %s (%s, %s, priority %d)", rule(index).id, rule(index).location.ToString(),
                           SpecificityName(rule(index).specificity()), rule(index).priority);
  }
  bool Outranks(uint32_t a, uint32_t b) const {
    const auto standing = [&](uint32_t i) { return std::pair(rule(i).specificity(), rule(i).priority); };
    return standing(a) > standing(b);
  }

  void CheckAlone(uint32_t index);
  void CheckWords(uint32_t index, std::string_view key, Word::Kind kind,
                  const std::vector<std::string>& words);
  void CheckDuplicate(uint32_t index);
  void CheckMatch(uint32_t index, const std::string& sample);
  void CheckNearMiss(uint32_t index, const std::string& sample);
  void ExplainLoss(uint32_t index, const std::string& sample, const Reply& reply, const Answer& answer);
  std::string WhyNot(uint32_t index, const Reply& reply, const Answer& answer) const;
  Answer Ask(uint32_t index, const Reply& reply, std::string_view provider);

  const std::shared_ptr<const RuleSet> rules_;
  const std::unique_ptr<RuleSet::Scratch> scratch_;
  std::vector<RuleConditions> conditions_;  // by rule
  std::map<std::string, uint32_t> by_key_;  // first rule with these conditions
  std::vector<RuleFinding> findings_;
};

void Checker::CheckAlone(uint32_t index) {
  const Rule& mine = rule(index);
  CheckWords(index, "token", Word::Kind::kToken, mine.tokens);
  CheckWords(index, "list", Word::Kind::kPhrase, mine.lists);
  CheckWords(index, "any", Word::Kind::kPhrase, mine.any);
  CheckWords(index, "all", Word::Kind::kPhrase, mine.all);
  CheckWords(index, "none", Word::Kind::kPhrase, mine.none);
  if (const std::string what = SuspiciousSyntax(mine.regex); !what.empty())
    Report(index, Kind::kRegex, "regex: " + what);
  if (conditions_[index].Impossible()) {
    Report(index, Kind::kDead, "can never match: what it asks for holds a phrase of its own \"none\"");
  }
  if (!mine.match.empty()) return;
  Report(index, Kind::kNoSample, "has no sample in \"match\": nothing proves that it can win");
  for (uint32_t other = 0; other < rules_->rules().size(); ++other) {
    if (other == index || !Outranks(other, index) || !conditions_[index].Imply(conditions_[other])) continue;
    Report(index, Kind::kShadowed,
           "is shadowed: " + NameOf(other) + " matches wherever it does and goes first", other);
    return;
  }
}

void Checker::CheckWords(uint32_t index, std::string_view key, Word::Kind kind,
                         const std::vector<std::string>& words) {
  for (const std::string& written : words) {
    const Word word = ParseWord(kind, written);
    const std::optional<std::string> instead = MaskedAway(word);
    if (!instead) continue;
    // Places are many; a sample of the rule may know one more.
    const bool seen =
        std::any_of(rule(index).match.begin(), rule(index).match.end(), [&](const std::string& sample) {
          std::string masked;
          Mask(sample, &masked);
          return FindsWord(word, ParseReply(masked).text);
        });
    if (seen) continue;
    Report(index, Kind::kMask,
           absl::StrFormat("%s: %s can never be there, the rules read the masked reply: %s", key,
                           Quote(written), Quote(*instead)));
  }
}

void Checker::CheckDuplicate(uint32_t index) {
  const auto [it, inserted] = by_key_.try_emplace(conditions_[index].key(), index);
  if (!inserted)
    Report(index, Kind::kDuplicate, "has the same conditions as " + NameOf(it->second), it->second);
}

Checker::Answer Checker::Ask(uint32_t index, const Reply& reply, std::string_view provider) {
  std::vector<RuleCandidate> candidates;
  Answer answer;
  answer.winner =
      rules_->Explain(reply, rules_->providers().FindName(provider), scratch_.get(), &candidates).rule;
  for (const RuleCandidate& candidate : candidates) {
    if (candidate.rule != index) continue;
    answer.matched = candidate.failed.empty();
    answer.failed = candidate.failed;
  }
  return answer;
}

// A rule of several providers may be outranked by a rule of one of them; it must win at one.
void Checker::CheckMatch(uint32_t index, const std::string& sample) {
  const Rule& mine = rule(index);
  std::string masked;
  Mask(sample, &masked);
  const Reply reply = ParseSample(masked, mine);
  std::vector<std::string> providers = mine.providers;
  if (providers.empty()) providers.emplace_back();
  for (const std::string& provider : providers) {
    const ProviderIndex known = rules_->providers().FindName(provider);
    if (rules_->Match(reply, known, scratch_.get()).rule == index) return;
  }
  ExplainLoss(index, sample, reply, Ask(index, reply, providers.front()));
}

void Checker::ExplainLoss(uint32_t index, const std::string& sample, const Reply& reply,
                          const Answer& answer) {
  const Rule& mine = rule(index);
  if (answer.matched) {
    const bool shadowed =
        Outranks(answer.winner, index) && conditions_[index].Imply(conditions_[answer.winner]);
    Report(index, shadowed ? Kind::kShadowed : Kind::kSampleLost,
           shadowed ? absl::StrFormat("is shadowed: %s matches wherever it does and goes first; sample %s",
                                      NameOf(answer.winner), Quote(sample))
                    : absl::StrFormat("sample %s is won by %s", Quote(sample), NameOf(answer.winner)),
           answer.winner);
    return;
  }
  const std::string provider = mine.providers.empty() ? "" : mine.providers.front();
  if (Ask(index, ParseSample(sample, mine), provider).matched) {
    Report(index, Kind::kMask,
           absl::StrFormat("matches its sample %s only before masking; it is read as %s", Quote(sample),
                           Quote(reply.text)));
    return;
  }
  Report(index, Kind::kSampleLost,
         absl::StrFormat("does not match its sample %s, won by %s: %s", Quote(sample), NameOf(answer.winner),
                         WhyNot(index, reply, answer)),
         answer.winner);
}

std::string Checker::WhyNot(uint32_t index, const Reply& reply, const Answer& answer) const {
  const Rule& mine = rule(index);
  std::string refusal;
  if (!mine.regex.empty() && !FindsRegex(mine.regex, reply.text, &refusal)) {
    const bool meant_text = FindsRegex(EscapeBrackets(mine.regex), reply.text, &refusal);
    return absl::StrFormat("regex does not match %s%s", Quote(reply.text),
                           meant_text ? "; it would with its brackets escaped" : "");
  }
  const std::string codes = absl::StrFormat("%d %s", reply.code, reply.enhanced.ToString());
  if (answer.failed == "codes") return "codes do not fit " + codes;
  if (answer.failed) return *answer.failed;
  if (mine.specificity() != Specificity::kCode) return "none of its words is in " + Quote(reply.text);
  return "its codes or phase do not fit " + codes;
}

void Checker::CheckNearMiss(uint32_t index, const std::string& sample) {
  const Rule& mine = rule(index);
  std::string masked;
  Mask(sample, &masked);
  const Reply reply = ParseSample(masked, mine);
  const Answer answer = Ask(index, reply, mine.providers.empty() ? "" : mine.providers.front());
  if (answer.winner != index && !answer.matched) return;
  Report(index, Kind::kNearMiss, absl::StrFormat("matches its own \"nomatch\" %s", Quote(sample)));
}

}  // namespace

std::string_view FindingName(RuleFinding::Kind kind) {
  switch (kind) {
    case Kind::kNoSample:
      return "no-sample";
    case Kind::kSampleLost:
      return "sample-lost";
    case Kind::kNearMiss:
      return "near-miss";
    case Kind::kDead:
      return "dead";
    case Kind::kShadowed:
      return "shadowed";
    case Kind::kDuplicate:
      return "duplicate";
    case Kind::kMask:
      return "mask";
    case Kind::kRegex:
      return "regex";
    case Kind::kDisable:
      return "disable";
  }
  __builtin_unreachable();
}

std::string RuleFinding::ToString() const {
  return absl::StrFormat("%s: %s: %s", location.ToString(), rule, what);
}

absl::StatusOr<std::vector<RuleFinding>> CheckRules(RuleFileContent content) {
  RETURN_IF_ERROR(CheckExtracts(content.rules));
  const std::vector<DisabledRule> disabled = std::move(content.disabled);
  ASSIGN_OR_RETURN(std::shared_ptr<const RuleSet> rules, RuleSet::Compile(std::move(content)));
  std::vector<RuleFinding> findings = Checker(std::move(rules)).Run();
  for (const DisabledRule& gone : disabled) {
    findings.push_back(
        {gone.location, gone.id, Kind::kDisable, "is disabled, but no built-in rule has this id", ""});
  }
  return findings;
}

}  // namespace bouncewatch
