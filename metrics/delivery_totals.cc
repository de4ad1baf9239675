#include "metrics/delivery_totals.h"

#include <chrono>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "classifier/reply.h"
#include "metrics/enhanced_codes.h"
#include "metrics/series.h"
#include "metrics/top_domains.h"

namespace bouncewatch {
namespace {

constexpr std::string_view kAttempts = "bouncewatch_attempts_total";
constexpr std::string_view kFailures = "bouncewatch_failures_total";
constexpr std::string_view kUnclassified = "bouncewatch_unclassified_failures_total";
constexpr std::string_view kExpired = "bouncewatch_expired_total";
constexpr std::string_view kDomainAttempts = "bouncewatch_domain_attempts_total";
constexpr std::string_view kDomainFailures = "bouncewatch_domain_failures_total";
constexpr std::string_view kIpAttempts = "bouncewatch_ip_attempts_total";
constexpr std::string_view kIpFailures = "bouncewatch_ip_failures_total";

constexpr uint32_t kOtherCode = ~uint32_t{0};  // no packed code has so many bits

bool IsFailure(const AnswerKey& answer) {
  return answer.outcome == Outcome::kDeferred || answer.outcome == Outcome::kBounced;
}
bool IsAttempt(const AnswerKey& answer) {
  return answer.origin != Origin::kProvider && (answer.outcome == Outcome::kDelivered || IsFailure(answer));
}

// All of `answer` that decides about rows, looked up once per answer instead of once per row.
struct AnswerTraits {
  bool attempt = false, failure = false;
  CauseIndex cause = 0;
};

std::vector<AnswerTraits> TraitsOf(const Rollup& rollup) {
  std::vector<AnswerTraits> traits;
  const uint32_t answers = rollup.sizes().answers;
  traits.reserve(answers);
  for (uint32_t i = 0; i < answers; ++i) {
    const AnswerKey& answer = rollup.ids()->answer(i);
    const bool attempt = IsAttempt(answer);
    const CauseIndex cause = answer.cause < Causes().size() ? answer.cause : UnspecifiedCause();
    traits.push_back({attempt, attempt && IsFailure(answer), cause});
  }
  return traits;
}

uint32_t SteadyMinute() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<uint32_t>(std::chrono::duration_cast<std::chrono::minutes>(now).count());
}

}  // namespace

struct DeliveryTotals::Impl {
  Impl(size_t top_domains, const std::vector<std::string>& known_providers)
      : providers(kMaxProviders + known_providers.size()),
        ips(kMaxSourceIps),
        busiest(kMaxProviders / 2),
        top(top_domains),
        domains(top.slots().size()),
        domain_serials(domains.size()),
        by_ip{CauseCounts("source_ip", "other")} {
    domains[TopDomains::kOther] = CauseCounts("domain", "other");
    bool ignored = false;
    for (const std::string& name : known_providers) {
      if (!name.empty()) providers.Index(name, &ignored);
    }
  }

  std::vector<uint32_t> ProviderLabels(const Rollup& rollup, const std::vector<uint64_t>& counts);
  void ApplyAnswers(const Rollup& rollup);
  void AddFailure(uint32_t provider, const AnswerKey& answer, CauseIndex cause, uint64_t count);
  void ApplyDomains(const Rollup& rollup, const std::vector<AnswerTraits>& traits);
  void ApplyIps(const Rollup& rollup, const std::vector<AnswerTraits>& traits);
  void SyncDomainSlots();
  // A failure of a domain or an IP; `series` of `series_max` have a cause of their own.
  void AddCause(CauseCounts* counts, CauseIndex cause, uint64_t count, size_t series_max, size_t* series,
                uint64_t* overflow);
  void Write(std::string* out, ExpositionFormat format) const;

  mutable std::mutex mutex;
  FirstNames providers, ips;
  TopDomains busiest;  // of the groups that rules do not know: who is worth a label
  std::vector<LabelledCount> attempts, unclassified, expired;  // by provider
  std::vector<LabelledCount> failures;
  std::unordered_map<uint64_t, uint32_t> failure_index;  // provider, cause, code, outcome -> failures
  TopDomains top;
  std::vector<CauseCounts> domains;         // by slot of `top`
  std::vector<uint32_t> domain_serials;     // of the slot's domain that `domains` counts
  std::vector<CauseCounts> by_ip;           // by index of `ips`
  size_t domain_causes = 0, ip_causes = 0;  // series with a cause
  uint64_t domain_cause_overflow = 0, ip_cause_overflow = 0;
  uint64_t provider_overflow = 0, failure_overflow = 0, domain_overflow = 0, ip_overflow = 0;
};

// --- Apply
// -----------------------------------------------------------------------------------------------------------

// The index of each provider of the rollup, 0 for those that are "other". A group that has a label keeps it;
// another gets one while there are any, when it takes a slot among the busiest.
std::vector<uint32_t> DeliveryTotals::Impl::ProviderLabels(const Rollup& rollup,
                                                           const std::vector<uint64_t>& counts) {
  const Interner& names = rollup.ids()->names(Name::kProvider);
  std::vector<uint32_t> labels(rollup.sizes().names[static_cast<size_t>(Name::kProvider)]);
  std::vector<uint64_t> attempts_of(labels.size());
  for (uint32_t i = 0; i < counts.size(); ++i) {
    if (counts[i] != 0) attempts_of[rollup.ids()->answer(i).provider] += counts[i];
  }
  std::vector<TopDomains::Arrival> arrivals;
  std::vector<uint32_t> ids, slots;
  for (uint32_t id = 0; id < attempts_of.size(); ++id) {
    if (attempts_of[id] == 0 || names.text(id).empty()) continue;
    labels[id] = providers.Find(names.text(id));
    if (labels[id] != 0) continue;
    arrivals.push_back({names.text(id), attempts_of[id]});
    ids.push_back(id);
  }
  busiest.Count(arrivals, SteadyMinute(), &slots);
  for (size_t i = 0; i < ids.size(); ++i) {
    bool overflowed = slots[i] == TopDomains::kOther;
    if (!overflowed) labels[ids[i]] = providers.Index(arrivals[i].domain, &overflowed);
    if (overflowed) provider_overflow += arrivals[i].attempts;
  }
  return labels;
}

void DeliveryTotals::Impl::ApplyAnswers(const Rollup& rollup) {
  std::vector<uint64_t> counts(rollup.sizes().answers);
  for (const Row& row : rollup.rows()) counts[row.answer] += row.count;
  for (uint32_t i = 0; i < counts.size(); ++i) {
    const AnswerKey& answer = rollup.ids()->answer(i);
    if (answer.outcome != Outcome::kExpired && !IsAttempt(answer)) counts[i] = 0;
  }
  const std::vector<uint32_t> labels = ProviderLabels(rollup, counts);
  for (uint32_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    const AnswerKey& answer = rollup.ids()->answer(i);
    const bool expires = answer.outcome == Outcome::kExpired;
    const uint32_t provider = labels[answer.provider];
    for (std::vector<LabelledCount>* family : {&attempts, &unclassified, &expired}) {
      if (family->size() <= provider) family->resize(provider + 1);
      LabelledCount& count = (*family)[provider];
      if (count.labels.empty()) count.labels = RenderLabels({{"provider", providers.names()[provider]}});
    }
    (expires ? expired : attempts)[provider].value += counts[i];
    if (!expires && IsFailure(answer)) {
      const CauseIndex cause = answer.cause < Causes().size() ? answer.cause : UnspecifiedCause();
      AddFailure(provider, answer, cause, counts[i]);
      if (cause == UnspecifiedCause()) unclassified[provider].value += counts[i];
    }
  }
}

void DeliveryTotals::Impl::AddFailure(uint32_t provider, const AnswerKey& answer, CauseIndex cause,
                                      uint64_t count) {
  // Of `provider` as it is then.
  const auto key_of = [&](uint32_t code) {
    const uint64_t outcome = answer.outcome == Outcome::kBounced ? 1 : 0;
    return uint64_t{provider} << 50 | uint64_t{cause} << 34 | outcome << 33 | code;
  };
  const EnhancedCode enhanced = EnhancedCode::Unpack(answer.enhanced);
  uint32_t code = enhanced.empty() ? 0 : enhanced.packed();
  if (code != 0 && !IsKnownEnhancedCode(enhanced)) code = kOtherCode;
  auto known = failure_index.find(key_of(code));
  if (known == failure_index.end() && code != 0 && failures.size() >= kMaxFailureSeries) code = kOtherCode;
  if (code == kOtherCode) {
    failure_overflow += count;
    known = failure_index.find(key_of(code));
    if (known == failure_index.end() && failures.size() >= kMaxFailureSeriesHard) {
      provider = 0;
      known = failure_index.find(key_of(code));
    }
  }
  if (known == failure_index.end()) {
    const std::string code_label = code == 0 ? "none" : code == kOtherCode ? "other" : enhanced.ToString();
    known = failure_index.emplace(key_of(code), static_cast<uint32_t>(failures.size())).first;
    failures.push_back({RenderLabels({{"provider", providers.names()[provider]},
                                      {"cause", Causes()[cause].id},
                                      {"enhanced_code", code_label},
                                      {"outcome", OutcomeName(answer.outcome)}}),
                        0});
  }
  failures[known->second].value += count;
}

void DeliveryTotals::Impl::AddCause(CauseCounts* counts, CauseIndex cause, uint64_t count, size_t series_max,
                                    size_t* series, uint64_t* overflow) {
  const size_t before = counts->causes();
  if (*series < series_max || counts->Has(cause)) {
    counts->AddFailures(cause, count);
    *series += counts->causes() - before;
  } else {
    counts->AddOther(count);
    *overflow += count;
  }
}

void DeliveryTotals::Impl::SyncDomainSlots() {
  for (uint32_t i = 1; i < domains.size(); ++i) {
    const TopDomains::Slot& slot = top.slots()[i];
    if (slot.state == TopDomains::Slot::State::kFree) {
      domain_causes -= domains[i].causes();
      domains[i] = CauseCounts();
    } else if (slot.serial != domain_serials[i]) {
      domain_serials[i] = slot.serial;
      domain_causes -= domains[i].causes();
      domains[i] = CauseCounts("domain", slot.domain);
    }
  }
}

void DeliveryTotals::Impl::ApplyDomains(const Rollup& rollup, const std::vector<AnswerTraits>& traits) {
  const Interner& names = rollup.ids()->names(Name::kDomain);
  std::vector<uint64_t> attempts_of(rollup.sizes().names[static_cast<size_t>(Name::kDomain)]);
  for (const Row& row : rollup.rows()) {
    if (traits[row.answer].attempt) attempts_of[row.domain] += row.count;
  }
  std::vector<TopDomains::Arrival> arrivals;
  std::vector<uint32_t> ids, slots;
  for (uint32_t id = 0; id < attempts_of.size(); ++id) {
    if (attempts_of[id] == 0) continue;
    arrivals.push_back({names.text(id), attempts_of[id]});
    ids.push_back(id);
  }
  top.Count(arrivals, SteadyMinute(), &slots);
  std::vector<uint32_t> slot_of(attempts_of.size(), TopDomains::kOther);
  // Slots that were lost in this round still count it; slots that were won in it start at 0.
  SyncDomainSlots();
  for (size_t i = 0; i < ids.size(); ++i) {
    slot_of[ids[i]] = slots[i];
    domains[slots[i]].AddAttempts(arrivals[i].attempts);
    if (slots[i] == TopDomains::kOther) domain_overflow += arrivals[i].attempts;
  }
  for (const Row& row : rollup.rows()) {
    const AnswerTraits& answer = traits[row.answer];
    if (!answer.failure) continue;
    AddCause(&domains[slot_of[row.domain]], answer.cause, row.count, kMaxDomainCauseSeries, &domain_causes,
             &domain_cause_overflow);
  }
}

void DeliveryTotals::Impl::ApplyIps(const Rollup& rollup, const std::vector<AnswerTraits>& traits) {
  constexpr uint32_t kUnresolved = ~uint32_t{0};
  const Interner& names = rollup.ids()->names(Name::kIp);
  const uint32_t known = rollup.sizes().names[static_cast<size_t>(Name::kIp)];
  std::vector<uint32_t> index_of(known, kUnresolved);
  std::vector<bool> overflows(known);
  for (const Row& row : rollup.rows()) {
    const AnswerTraits& answer = traits[row.answer];
    if (!answer.attempt) continue;
    const uint32_t id = rollup.ids()->lane(row.lane).ip;
    if (index_of[id] == kUnresolved) {
      bool overflowed = false;
      index_of[id] = ips.Index(id == 0 ? "unknown" : names.text(id), &overflowed);
      overflows[id] = overflowed;
      while (by_ip.size() < ips.names().size()) {
        by_ip.emplace_back("source_ip", ips.names()[by_ip.size()]);
      }
    }
    CauseCounts& counts = by_ip[index_of[id]];
    counts.AddAttempts(row.count);
    if (overflows[id]) ip_overflow += row.count;
    if (answer.failure) {
      AddCause(&counts, answer.cause, row.count, kMaxIpCauseSeries, &ip_causes, &ip_cause_overflow);
    }
  }
}

// --- Write
// -----------------------------------------------------------------------------------------------------------

void DeliveryTotals::Impl::Write(std::string* out, ExpositionFormat format) const {
  ExpositionWriter writer(out, format);
  std::vector<std::pair<std::string_view, size_t>> sizes;
  const auto write_counts = [&](std::string_view name, std::string_view help,
                                const std::vector<LabelledCount>& counts) {
    writer.Family(name, "counter", help);
    sizes.emplace_back(name, WriteCounts(name, counts, &writer));
  };
  const auto write_causes = [&](std::string_view name, std::string_view help,
                                const std::vector<CauseCounts>& counts) {
    writer.Family(name, "counter", help);
    size_t shown = 0;
    for (const CauseCounts& one : counts) {
      shown += WriteCounts(name, one.failures(), &writer);
      shown += WriteCounts(name, {&one.other(), 1}, &writer);
    }
    sizes.emplace_back(name, shown);
  };
  const auto write_attempts = [&](std::string_view name, std::string_view help,
                                  const std::vector<CauseCounts>& counts) {
    writer.Family(name, "counter", help);
    size_t shown = 0;
    for (const CauseCounts& one : counts) shown += WriteCounts(name, {&one.attempts(), 1}, &writer);
    sizes.emplace_back(name, shown);
  };

  write_counts(kAttempts, "Delivery attempts: delivered, deferred or bounced.", attempts);
  write_counts(kFailures, "Deferred and bounced attempts.", failures);
  write_counts(kUnclassified, "Deferred and bounced attempts of which no rule could tell the cause.",
               unclassified);
  write_counts(kExpired, "Messages given up at the end of their life in the queue.", expired);
  write_attempts(kDomainAttempts, "Delivery attempts of the busiest recipient domains.", domains);
  write_causes(kDomainFailures, "Deferred and bounced attempts of the busiest recipient domains.", domains);
  write_attempts(kIpAttempts, "Delivery attempts by source address.", by_ip);
  write_causes(kIpFailures, "Deferred and bounced attempts by source address.", by_ip);

  writer.Family("bouncewatch_series", "gauge", "Series that this page shows, by family.");
  for (const auto& [name, size] : sizes) {
    writer.Sample("bouncewatch_series", RenderLabels({{"family", name}}), uint64_t{size});
  }
  const std::pair<std::string_view, uint64_t> overflows[] = {
      {kAttempts, provider_overflow},     {kFailures, failure_overflow},
      {kDomainAttempts, domain_overflow}, {kDomainFailures, domain_cause_overflow},
      {kIpAttempts, ip_overflow},         {kIpFailures, ip_cause_overflow},
  };
  writer.Family("bouncewatch_series_overflow_total", "counter",
                "Events counted as other because the family is full or the value is not known.");
  for (const auto& [name, count] : overflows) {
    writer.Sample("bouncewatch_series_overflow_total", RenderLabels({{"family", name}}), count);
  }
}

DeliveryTotals::DeliveryTotals(size_t top_domains, const std::vector<std::string>& known_providers)
    : impl_(std::make_unique<Impl>(top_domains, known_providers)) {}
DeliveryTotals::~DeliveryTotals() = default;

void DeliveryTotals::Apply(const Rollup& committed) {
  const std::vector<AnswerTraits> traits = TraitsOf(committed);
  const std::lock_guard lock(impl_->mutex);
  impl_->ApplyAnswers(committed);
  impl_->ApplyDomains(committed, traits);
  impl_->ApplyIps(committed, traits);
}

void DeliveryTotals::Write(std::string* out, ExpositionFormat format) const {
  const std::lock_guard lock(impl_->mutex);
  impl_->Write(out, format);
}

}  // namespace bouncewatch
