// The pack that a postmaster desk asks for: who we are, how much, since when, and what exactly was answered,
// with nobody's address in it. Pure: answers of queries and replies become text or JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "classifier/rules/remedies.h"
#include "daemon/evidence_log.h"
#include "storage/reader.h"

namespace bouncewatch {

inline constexpr size_t kEvidenceRepliesMax = 1000;  // of one answer

struct EvidencePack {
  EvidenceFilter filter;  // provider and cause, and what narrows them
  int64_t from_s = 0, to_s = 0;
  QueryResult by_ip, by_sender, by_day, by_template;
  QueryResult own_causes;  // all failures of the same time by cause, for what is ours to mend
  std::vector<EvidenceReply> replies;
};

// The questions whose answers go into the pack.
QuerySpec EvidenceQuery(const EvidencePack& pack, std::vector<Key> by, int64_t step_s);

std::string EvidenceText(const EvidencePack& pack, const Remedies& remedies);
std::string EvidenceJson(const EvidencePack& pack);

// The filter as the query part of a URL, "?provider=...", and the reverse, from the part after '?'.
// InvalidArgument: an unknown parameter, a bad escape, a number that is none.
std::string EvidenceUrlQuery(const EvidenceFilter& filter);
absl::StatusOr<EvidenceFilter> ParseEvidenceUrlQuery(std::string_view query);

// Replies alone, as GET /api/v1/evidence answers; and reading them back.
std::string EvidenceRepliesJson(const std::vector<EvidenceReply>& replies);
absl::StatusOr<std::vector<EvidenceReply>> ParseEvidenceReplies(const std::string& text);

}  // namespace bouncewatch
