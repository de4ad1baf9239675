// Rule: one line of knowledge about what a reply means, with the samples that prove it. Rules are TOML data;
// this is their parsed form. docs/formats.md holds the format's grammar.
//
// clang-format off
//
//   [[rule]]
//   id       = "microsoft-consumer-s3150"
//   since    = 2016-01-01               when the text was first seen in the wild
//   checked  = 2026-11-01               when somebody last verified it
//   provider = "microsoft-consumer"     the reply must come from (or betray) one of these
//   codes    = ["550 5.7.1", "5xx *"]   any of; basic code, then enhanced code ("-": has none)
//   phase    = ["connect", "mail"]      any of
//   token    = "S3150"                  any of; vendor tokens, word-bounded
//   list     = "zen.spamhaus.org"       any of; names of blocklists
//   any      = ["phrase", ...]          at least one phrase
//   all      = ["phrase", ...]          every phrase
//   none     = ["phrase", ...]          no such phrase
//   regex    = 'limit.{0,20}exceeded'
//   cause    = "blocklist.provider"
//   priority = 0                        -100..100, decides inside one class of specificity
//   extract  = { ip = '...(...)...' }   what the reply blames, read from it when facts are asked for
//   remedy, url = "..."                 optional
//   match    = ["550 5.7.1 ... S3150"]  replies that this rule must win
//   nomatch  = ["421 RP-001 ..."]       near misses that this rule must not match
//
// clang-format on
//
// Phrases are matched without regard to case against the *masked* innermost reply (classifier/mask.h). They
// end where words end; a `*` at an end lifts that bound ("greylist*").
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "classifier/facts/facts.h"
#include "classifier/reply.h"
#include "classifier/taxonomy.h"

namespace bouncewatch {

// Decides first; higher wins. Then priority, then the length of what was matched; see rule_set.h for the
// whole order.
enum class Specificity : uint8_t { kCode, kPhrase, kList, kToken, kProviderPhrase, kProviderToken };
std::string_view SpecificityName(Specificity specificity);

// One alternative of `codes`. 0 / wildcards mean "any".
struct CodeCondition {
  int code_min = 0, code_max = 999;  // "550" -> 550..550, "5xx" -> 500..599, "*" -> 0..999
  enum class Enhanced : uint8_t { kAny, kNone, kEquals, kSubject } enhanced = Enhanced::kAny;
  EnhancedCode value;  // "5.7.1"; kSubject: "5.7.*" or "x.7.1" match parts, 0 klass = any
  bool any_klass = false, any_detail = false;  // "x.7.1", "5.7.x"

  bool Matches(int code, EnhancedCode enhanced_code) const;
};

struct RuleLocation {
  std::string file;
  int line = 0, column = 0;
  std::string ToString() const;  // "google.toml:12:3"
};

// What a rule reads out of the reply that it won: `extract = { dkim_domain = '...(...)...' }`, see
// classifier/facts/extract.h. It decides nothing, and is compiled only when facts are asked for.
struct Extract {
  IdentityKind kind = IdentityKind::kIp;
  std::string pattern;
  RuleLocation location;
};

struct Rule {
  std::string id;
  std::string since, checked;  // ISO dates
  std::vector<std::string> providers;
  std::vector<CodeCondition> codes;
  std::vector<Phase> phases;
  std::vector<std::string> tokens, lists, any, all, none;
  std::string regex;  // empty when absent
  std::vector<Extract> extracts;
  CauseIndex cause = 0;
  int priority = 0;
  std::string remedy, url;
  std::vector<std::string> match, nomatch;
  RuleLocation location;

  Specificity specificity() const;
};

// A text mark that betrays the provider where the relay host is not known, e.g. "- gsmtp" for google.
struct ProviderFingerprint {
  std::string provider;
  std::vector<std::string> any;  // phrases as in Rule::any
  RuleLocation location;
};

// Host patterns of a provider group, see ProviderMap::AddPattern.
struct ProviderPatterns {
  std::string provider;
  std::vector<std::string> mx;
  RuleLocation location;
};

// An id of a file's `disable`: a shipped rule that a site does without, see overlay.h.
struct DisabledRule {
  std::string id;
  RuleLocation location;
};

struct RuleFileContent {
  std::vector<Rule> rules;
  std::vector<ProviderFingerprint> fingerprints;
  std::vector<ProviderPatterns> providers;
  std::vector<DisabledRule> disabled;
};

}  // namespace bouncewatch
