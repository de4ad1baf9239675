// Remedies: what to do about a cause, and whom to ask at a receiver. Data, not code:
// classifier/rules/remedies.toml, whose grammar is in docs/formats.md. Nothing of it decides a verdict, and
// it is read only when somebody asks. Immutable; share freely.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "classifier/taxonomy.h"

namespace bouncewatch {

struct Remedy {
  std::string text;     // what to do, one to three sentences
  std::string url;      // where; empty where the receiver has no page
  std::string contact;  // a mail address; empty where there is none
  std::string checked;  // the day somebody last looked whether page and contact hold; empty: unverified
};

// Of several causes at once the lesser is put right first: 1 authentication and identity, 2 lists, 3
// reputation and rates, 4 content, 5 the rest.
int RemedyStep(const Cause& cause);

class Remedies {
 public:
  // Strict: an unknown key, cause or a second entry for one cause and provider is an error "file:line:column:
  // what".
  static absl::StatusOr<Remedies> Parse(std::string_view text, std::string_view file_name);
  static absl::StatusOr<Remedies> Shipped();

  // What is known for the cause at the provider ("" or one without entry: for the cause alone). Page and
  // contact come from the receiver's own entry where the remedy has none and asking there can help. All
  // empty: the cause needs none.
  Remedy Find(CauseIndex cause, std::string_view provider) const;

  // The providers that entries name, for a check against those that rules know.
  std::vector<std::string> Providers() const;

 private:
  friend class RemedyReader;
  std::map<std::pair<CauseIndex, std::string>, Remedy, std::less<>>
      remedies_;                                         // provider "": of the cause alone
  std::map<std::string, Remedy, std::less<>> contacts_;  // by provider; no text
};

}  // namespace bouncewatch
