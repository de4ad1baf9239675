// Replies in a store, for tests of what looks at them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "classifier/mask.h"
#include "storage/store.h"
#include "tests/support/store_samples.h"

namespace bouncewatch {

struct ReplySample {
  std::string text;
  std::string provider;
  uint32_t minute = 0;
  uint32_t count = 1;
  Outcome outcome = Outcome::kBounced;
  Phase phase = Phase::kUnknown;
};

inline uint64_t TemplateOf(std::string_view text) {
  std::string masked;
  Mask(text, &masked);
  return TemplateId(masked);
}

inline void AddReply(Rollup* rollup, const ReplySample& sample) {
  std::string masked;
  Mask(sample.text, &masked);
  AnswerKey answer;
  answer.template_ref = rollup->InternTemplate(TemplateId(masked), masked, "", sample.text);
  answer.provider = rollup->InternName(Name::kProvider, sample.provider);
  answer.outcome = sample.outcome;
  answer.phase = sample.phase;
  answer.cause = UnspecifiedCause();
  Row row;
  row.minute = sample.minute;
  row.domain = rollup->InternName(Name::kDomain, "example.org");
  row.answer = rollup->InternAnswer(answer);
  row.count = sample.count;
  rollup->Add(row);
}

// A store with these replies, one commit each.
inline std::unique_ptr<Store> StoreOf(const TestDirectory& directory,
                                      const std::vector<ReplySample>& samples) {
  StoreOptions options;
  options.path = directory.store();
  auto store = Store::Open(options);
  if (!store.ok()) std::abort();
  for (const ReplySample& sample : samples) {
    Rollup rollup(1);
    AddReply(&rollup, sample);
    if (!(*store)->Commit(rollup, {}).ok()) std::abort();
  }
  return *std::move(store);
}

}  // namespace bouncewatch
