// DeliveryTotals: the counters of /metrics, fed with every committed rollup.
//
//   bouncewatch_attempts_total{provider}                               attempts, by group of receivers
//   bouncewatch_failures_total{provider,cause,enhanced_code,outcome}   deferred and bounced attempts
//   bouncewatch_unclassified_failures_total{provider}                  failures that no rule could tell the
//   cause of bouncewatch_expired_total{provider}                                given up at the end of their
//   life bouncewatch_domain_attempts_total{domain}                          the busiest domains, and "other"
//   bouncewatch_domain_failures_total{domain,cause}
//   bouncewatch_ip_attempts_total{source_ip}                           the first kMaxSourceIps, and "other"
//   bouncewatch_ip_failures_total{source_ip,cause}
//   bouncewatch_series{family}                                         series on this page now
//   bouncewatch_series_overflow_total{family}                          events that had to be "other"
//
// The number of series is bounded. Providers that rules know always have a label; of the others, which are
// domains of relay hosts, the first and later the busy ones, kMaxProviders in all. Other providers, enhanced
// codes that no registry knows and those beyond kMaxFailureSeries become "other", as do causes of a domain or
// an IP beyond their bounds: the page stays below 10,000 series whatever comes; a reply without enhanced code
// is "none", an attempt without source IP "unknown". An event is counted once, in the series that is current
// at that moment; counts never move between series.
//
// Attempts are delivered, deferred and bounced; what a sending service suppressed
// (origin provider) was no attempt. Apply belongs to the committing thread, Write to any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "metrics/exposition.h"
#include "storage/rollup.h"

namespace bouncewatch {

inline constexpr size_t kMaxProviders = 64;  // beside those that rules know
inline constexpr size_t kMaxSourceIps = 256;
inline constexpr size_t kMaxFailureSeries = 3000;      // beyond it new series have enhanced_code="other",
inline constexpr size_t kMaxFailureSeriesHard = 3600;  // and beyond that provider="other" too
// Of failures by domain and by source IP, those with a cause: beyond it new causes are "other".
inline constexpr size_t kMaxDomainCauseSeries = 2400, kMaxIpCauseSeries = 1700;

class DeliveryTotals {
 public:
  // `known_providers`: the groups with a [[provider]] entry.
  explicit DeliveryTotals(size_t top_domains, const std::vector<std::string>& known_providers = {});
  ~DeliveryTotals();

  void Apply(const Rollup& committed);
  void Write(std::string* out, ExpositionFormat format = ExpositionFormat::kText) const;  // appends

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bouncewatch
