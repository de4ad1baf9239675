// Whether a rule carries over is asked of rule_check.h itself: what it finds fault with goes, with the
// reason, and the rest is asked again, until nothing is found.
#include "classifier/rules/kumo_import.h"

#include <toml++/toml.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/mask.h"
#include "classifier/reply.h"
#include "classifier/rules/foreign_regex.h"
#include "classifier/rules/loader.h"
#include "classifier/rules/pattern_check.h"
#include "classifier/rules/rule_check.h"
#include "classifier/rules/rule_values.h"
#include "classifier/status_macros.h"
#include "classifier/taxonomy.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr int kPriority = -95;  // below every shipped rule
constexpr size_t kMaxRegexes = 5000;
constexpr int kMaxRounds = 20;

// KumoMTA's classes, and the cause that says the same or, where there are several, promises least.
constexpr struct {
  std::string_view klass, cause;
} kCauses[] = {
    {"AuthenticationFailed", "auth.unauthenticated"},
    {"BadConfiguration", "remote.misconfigured"},
    {"BadConnection", "network.connection-lost"},
    {"BadDomain", "domain.not-found"},
    {"ContentRelated", "content.policy"},
    {"InactiveMailbox", "recipient.disabled"},
    {"InvalidRecipient", "recipient.unknown-user"},
    {"InvalidSender", "identity.sender-domain"},
    {"MessageExpired", "queue.expired"},
    {"NoAnswerFromHost", "network.connect-timeout"},
    {"PolicyRelated", "policy.local"},
    {"ProtocolErrors", "protocol.syntax"},
    {"QuotaIssues", "recipient.mailbox-full"},
    {"RelayDenied", "relay.denied"},
    {"RoutingErrors", "network.loop"},
    {"SpamBlock", "reputation.ip"},
    {"SpamContent", "content.spam"},
    {"TransientFailure", "remote.temporary"},
    {"VirusRelated", "content.malicious"},
    {"DNSFailure", "network.dns-error"},
};

std::string_view CauseOf(std::string_view klass) {
  for (const auto& one : kCauses) {
    if (EqualsIgnoreCase(klass, one.klass)) return one.cause;
  }
  return {};
}

// "InvalidRecipient" -> "invalid-recipient".
std::string Kebab(std::string_view name) {
  std::string out;
  for (size_t i = 0; i < name.size(); ++i) {
    const bool begins = IsUpper(name[i]) && i > 0 && IsLower(name[i - 1]);
    if (begins || !IsAlnum(name[i])) {
      if (!out.empty() && out.back() != '-') out += '-';
    }
    if (IsAlnum(name[i])) out += ToLower(name[i]);
  }
  while (out.ends_with('-')) out.pop_back();
  return out;
}

std::string Quoted(std::string_view text) {
  if (text.find('\'') == text.npos) return absl::StrFormat("'%s'", text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

struct Candidate {
  RuleLocation location;
  std::string id, cause, original;
  ForeignRegex parts;

  std::string Toml() const {
    std::string out = absl::StrFormat("[[rule]]  # %s\nid = %s\n", location.ToString(), Quoted(id));
    if (!parts.codes.empty()) {
      out += "codes = [";
      for (size_t i = 0; i < parts.codes.size(); ++i) out += (i > 0 ? ", " : "") + Quoted(parts.codes[i]);
      out += "]\n";
    }
    if (parts.literal) {
      out += absl::StrFormat("any = %s\n", Quoted("*" + parts.regex + "*"));
    } else if (!parts.regex.empty()) {
      out += absl::StrFormat("regex = %s\n", Quoted(parts.regex));
    }
    return out + absl::StrFormat("priority = %d\ncause = %s\nmatch = %s\n", kPriority, Quoted(cause),
                                 Quoted(parts.sample));
  }
};

class Importer {
 public:
  Importer(std::string_view file_name, std::string_view prefix, const RuleFileContent& shipped)
      : values_(file_name), prefix_(prefix), shipped_(shipped) {}

  absl::Status Read(std::string_view text);
  absl::Status Prove();
  KumoImport Finish(std::string_view file_name);

 private:
  absl::Status ReadClass(std::string_view klass, const toml::node& node);
  void ReadRegex(std::string_view klass, const std::string& regex, const RuleLocation& location,
                 size_t number);
  void Leave(const Candidate& candidate, std::string why) {
    left_.push_back({candidate.location, candidate.original, std::move(why)});
  }
  std::string FileText() const {
    std::string text;
    for (const Candidate& candidate : candidates_) text += "\n" + candidate.Toml();
    return text;
  }

  RuleValues values_;
  const std::string prefix_;
  const RuleFileContent& shipped_;
  std::vector<Candidate> candidates_;
  std::vector<KumoImport::Left> left_;
};

absl::Status Importer::Read(std::string_view text) {
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return values_.Fail(values_.Locate(error.source().begin), error.description());
  }
  const toml::table* rules = root["rules"].as_table();
  for (const auto& [klass, node] : rules != nullptr ? *rules : root) {
    RETURN_IF_ERROR(ReadClass(klass.str(), node));
  }
  return absl::OkStatus();
}

absl::Status Importer::ReadClass(std::string_view klass, const toml::node& node) {
  std::vector<const toml::node*> nodes = {&node};
  if (const toml::array* array = node.as_array()) {
    nodes.clear();
    for (const toml::node& element : *array) nodes.push_back(&element);
  }
  size_t number = 0;
  for (const toml::node* element : nodes) {
    const toml::value<std::string>* regex = element->as_string();
    if (regex == nullptr) {
      return values_.Fail(*element, absl::StrFormat("class \"%s\" must be a list of regexes", klass));
    }
    if (candidates_.size() + left_.size() >= kMaxRegexes) return values_.Fail(*element, "too many regexes");
    ReadRegex(klass, regex->get(), values_.Locate(element->source().begin), ++number);
  }
  return absl::OkStatus();
}

// What speaks against the rule already when it is looked at alone; "" when nothing does.
std::string WhyNotAlone(const Candidate& candidate) {
  const ForeignRegex& parts = candidate.parts;
  std::string refusal, masked;
  if (parts.regex.empty()) return "";
  Mask(parts.sample, &masked);
  const std::string read = ParseReply(masked).text;
  const std::string regex = parts.literal ? EscapeBrackets(parts.regex) : parts.regex;
  if (parts.literal ? FindsWord(ParseWord(Word::Kind::kPhrase, "*" + parts.regex + "*"), read)
                    : FindsRegex(regex, read, &refusal)) {
    return "";
  }
  if (!refusal.empty()) return refusal;
  return absl::StrFormat("it reads what the mask takes out: \"%s\" is read as \"%s\"", parts.sample, read);
}

void Importer::ReadRegex(std::string_view klass, const std::string& regex, const RuleLocation& location,
                         size_t number) {
  Candidate candidate;
  candidate.location = location;
  candidate.original = regex;
  candidate.id = absl::StrFormat("%s-%s-%d", prefix_, Kebab(klass), number);
  candidate.cause = CauseOf(klass);
  if (candidate.cause.empty()) {
    return Leave(candidate, absl::StrFormat("no cause of ours corresponds to class \"%s\"", klass));
  }
  absl::StatusOr<ForeignRegex> parts = TakeRegexApart(regex);
  if (!parts.ok()) return Leave(candidate, std::string(parts.status().message()));
  candidate.parts = *std::move(parts);
  if (std::string why = WhyNotAlone(candidate); !why.empty()) return Leave(candidate, std::move(why));
  candidates_.push_back(std::move(candidate));
}

// Reasons by the id of the imported rule that has to go.
std::map<std::string, std::string> Faults(const std::vector<RuleFinding>& findings, const auto& is_imported) {
  std::map<std::string, std::string> faults;
  for (const RuleFinding& finding : findings) {
    if (is_imported(finding.rule)) faults.emplace(finding.rule, finding.what);
  }
  if (!faults.empty()) return faults;
  for (const RuleFinding& finding : findings) {
    if (is_imported(finding.other)) {
      faults.emplace(finding.other, absl::StrFormat("it would take a reply from rule %s", finding.rule));
    }
  }
  return faults;
}

absl::Status Importer::Prove() {
  const auto is_imported = [this](const std::string& id) {
    return std::any_of(candidates_.begin(), candidates_.end(),
                       [&](const Candidate& candidate) { return candidate.id == id; });
  };
  for (int round = 0; round < kMaxRounds; ++round) {
    ASSIGN_OR_RETURN(RuleFileContent content, ParseRuleFile(FileText(), "imported"));
    content.rules.insert(content.rules.end(), shipped_.rules.begin(), shipped_.rules.end());
    content.providers = shipped_.providers;
    content.fingerprints = shipped_.fingerprints;
    ASSIGN_OR_RETURN(const std::vector<RuleFinding> findings, CheckRules(std::move(content)));
    const std::map<std::string, std::string> faults = Faults(findings, is_imported);
    if (faults.empty()) return absl::OkStatus();
    std::erase_if(candidates_, [&](const Candidate& candidate) {
      const auto fault = faults.find(candidate.id);
      if (fault == faults.end()) return false;
      Leave(candidate, fault->second);
      return true;
    });
  }
  return absl::InternalError("the imported rules do not come to rest beside the shipped ones");
}

KumoImport Importer::Finish(std::string_view file_name) {
  KumoImport result;
  result.carried = candidates_.size();
  std::stable_sort(left_.begin(), left_.end(), [](const auto& a, const auto& b) {
    return std::pair(a.location.line, a.location.column) < std::pair(b.location.line, b.location.column);
  });
  result.left = std::move(left_);
  result.toml =
      absl::StrFormat("# Imported from %s, rules of KumoMTA's bounce classifier: %d carried over, %d not.\n",
                      file_name, result.carried, result.left.size());
  for (const KumoImport::Left& left : result.left) {
    std::string line = absl::StrFormat("#   %s: %s: %s", left.location.ToString(), left.regex, left.why);
    for (char& c : line) c = static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    result.toml += line + "\n";
  }
  result.toml += FileText();
  return result;
}

}  // namespace

absl::StatusOr<KumoImport> ImportKumoRules(std::string_view text, std::string_view file_name,
                                           std::string_view prefix, const RuleFileContent& shipped) {
  Importer importer(file_name, prefix, shipped);
  RETURN_IF_ERROR(importer.Read(text));
  RETURN_IF_ERROR(importer.Prove());
  return importer.Finish(file_name);
}

}  // namespace bouncewatch
