// DeliveryTotals: the counters of /metrics, fed with every committed rollup.
//
//   bouncewatch_attempts_total{provider}                                   attempts, by group of receivers
//   bouncewatch_failures_total{provider,cause,enhanced_code,outcome}       deferred and bounced attempts
//   bouncewatch_expired_total{provider}                                    messages given up at the end of their life
//   bouncewatch_domain_attempts_total{domain}, bouncewatch_domain_failures_total{domain,cause}   top domains + "other"
//   bouncewatch_ip_attempts_total{source_ip}, bouncewatch_ip_failures_total{source_ip,cause}     first 256 + "other"
//
// The number of series is bounded: providers beyond kMaxProviders and enhanced codes that no registry knows become
// "other". An event is counted once, in the series that is current at that moment; counts never move between series.
// Apply belongs to the committing thread, Write to any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "storage/rollup.h"

namespace bouncewatch {

inline constexpr size_t kMaxProviders = 64;
inline constexpr size_t kMaxSourceIps = 256;

class DeliveryTotals {
 public:
  explicit DeliveryTotals(size_t top_domains);
  ~DeliveryTotals();

  void Apply(const Rollup& committed);
  void Write(std::string* out) const;  // appends text format

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bouncewatch
