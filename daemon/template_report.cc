#include "daemon/template_report.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/rules/nearest_rule.h"
#include "classifier/rules/rule_skeleton.h"
#include "classifier/status_macros.h"
#include "classifier/taxonomy.h"
#include "daemon/reply_judge.h"
#include "daemon/reply_uses.h"
#include "daemon/utc_text.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxRefined = 200;  // templates; each may take a point a minute

class Reporter {
 public:
  Reporter(std::shared_ptr<const RuleSet> rules, const TemplateQuestion& question)
      : rules_(std::move(rules)), judge_(*rules_), question_(question) {}

  // Uses come most frequent first, so the first of a template decides what is said of it.
  void Add(const ReplyUse& use) {
    const StoredReply stored = {use.template_id, use.text, use.provider, use.phase, use.example};
    const RuleMatch match = judge_.Judge(ReplyJudge::Parse(stored), use.provider);
    const bool unclassified = match.cause == UnspecifiedCause();
    ProviderShare& share = report_.providers[use.provider];
    share.failures += use.count;
    if (unclassified) share.unclassified += use.count;
    if (!Wanted(use, unclassified)) return;
    const auto [it, inserted] = index_.try_emplace(use.template_id, report_.templates.size());
    if (inserted) {
      TemplateUse& fresh = report_.templates.emplace_back();
      fresh.id = use.template_id;
      fresh.text = use.text;
      fresh.example = use.example;
      fresh.cause = std::string(Causes()[match.cause].id);
      if (match.rule != kNoRule) fresh.rule = rules_->rules()[match.rule].id;
      fresh.first_s = use.first_s;
      fresh.last_s = use.last_s;
    }
    TemplateUse& sum = report_.templates[it->second];
    sum.count += use.count;
    sum.providers[use.provider] += use.count;
    sum.first_s = std::min(sum.first_s, use.first_s);
    sum.last_s = std::max(sum.last_s, use.last_s);
  }

  TemplateReport Finish() {
    std::stable_sort(report_.templates.begin(), report_.templates.end(),
                     [](const TemplateUse& a, const TemplateUse& b) { return a.count > b.count; });
    report_.total = report_.templates.size();
    if (question_.limit != 0 && report_.total > question_.limit) report_.templates.resize(question_.limit);
    return std::move(report_);
  }

 private:
  bool Wanted(const ReplyUse& use, bool unclassified) const {
    if (question_.choice == TemplateChoice::kUnclassified && question_.id.empty() && !unclassified)
      return false;
    if (!question_.provider.empty() && use.provider != question_.provider) return false;
    return question_.id.empty() || absl::StrFormat("%016x", use.template_id) == question_.id;
  }

  const std::shared_ptr<const RuleSet> rules_;
  ReplyJudge judge_;
  const TemplateQuestion& question_;
  TemplateReport report_;
  std::map<uint64_t, size_t> index_;  // template -> place in report_.templates
};

// First and last seen to the minute, for the few that somebody looks at.
absl::Status RefineShown(Reader* reader, const std::vector<ReplyUse>& uses, TemplateReport* report) {
  if (report->templates.size() > kMaxRefined) return absl::OkStatus();
  std::map<uint64_t, TemplateUse*> by_id;
  for (TemplateUse& one : report->templates) {
    one.first_s = INT64_MAX;
    one.last_s = 0;
    by_id.emplace(one.id, &one);
  }
  std::vector<ReplyUse> shown;
  for (const ReplyUse& use : uses) {
    const auto found = by_id.find(use.template_id);
    if (found != by_id.end() && found->second->providers.contains(use.provider)) shown.push_back(use);
  }
  RETURN_IF_ERROR(RefineTimes(reader, 60, &shown));
  for (const ReplyUse& use : shown) {
    TemplateUse& one = *by_id[use.template_id];
    one.first_s = std::min(one.first_s, use.first_s);
    one.last_s = std::max(one.last_s, use.last_s);
  }
  return absl::OkStatus();
}

// What helps to write a rule for it.
void AddHelp(const NearestRules& nearest, const RuleSet& rules, std::string_view today, TemplateUse* use) {
  const std::string provider = use->providers.size() == 1 ? use->providers.begin()->first : "";
  const ProviderIndex known = rules.providers().FindName(provider);
  const std::optional<NearestRule> near = nearest.Find(ParseReply(use->text), known);
  SkeletonSource source;
  source.template_id = use->id;
  source.text = use->text;
  source.example = use->example;
  if (known != kNoProvider) source.provider = provider;
  if (near) {
    const Rule& rule = rules.rules()[near->rule];
    use->nearest = rule.id;
    use->why = near->why;
    source.cause = Causes()[rule.cause].id;
  }
  const std::string first_seen = UtcStamp(use->first_s).substr(0, today.size());
  source.first_seen = first_seen;
  source.today = today;
  use->skeleton = RuleSkeleton(source);
}

}  // namespace

absl::StatusOr<TemplateReport> ReportTemplates(Reader* reader, std::shared_ptr<const RuleSet> rules,
                                               const TemplateQuestion& question, int64_t now_s) {
  ASSIGN_OR_RETURN(const std::vector<ReplyUse> uses, CountReplies(reader));
  Reporter reporter(rules, question);
  for (const ReplyUse& use : uses) reporter.Add(use);
  TemplateReport report = reporter.Finish();
  RETURN_IF_ERROR(RefineShown(reader, uses, &report));
  const std::string today = UtcStamp(now_s).substr(0, std::string_view("2026-11-23").size());
  const NearestRules nearest(rules);
  for (TemplateUse& use : report.templates) {
    if (use.cause == Causes()[UnspecifiedCause()].id) AddHelp(nearest, *rules, today, &use);
  }
  return report;
}

}  // namespace bouncewatch
