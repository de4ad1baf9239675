#include "classifier/facts/fact_finder.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "absl/strings/str_format.h"
#include "classifier/facts/blocklist.h"
#include "classifier/facts/identity_cues.h"
#include "classifier/facts/named_text.h"
#include "classifier/facts/quantity.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

bool Inside(const AddressText& address, const std::vector<UrlText>& urls) {
  return std::any_of(urls.begin(), urls.end(), [&](const UrlText& url) {
    return address.begin >= url.begin && address.begin < url.end;
  });
}

// Addresses that are the receiver's own: its resolver's in the page of a list, those of hosts that we could
// not reach or that have a limit ("of server mx.example.org[192.0.2.1]").
bool IsReceivers(std::string_view lower, const AddressText& address) {
  constexpr std::string_view kBeforeAddress[] = {"/returnc/pub/", "giving up on ",
                                                 "called: ", "remote-mta: "};
  constexpr std::string_view kBeforeName[] = {"of server ", "by host ", "connect to ", "connection to ",
                                              "connection with "};
  const std::string_view before = lower.substr(0, address.begin);
  const auto ends_before = [](std::string_view text) {
    return [text](std::string_view words) { return text.ends_with(words); };
  };
  if (std::any_of(std::begin(kBeforeAddress), std::end(kBeforeAddress), ends_before(before))) return true;
  if (lower.substr(address.end).starts_with("] said:")) return true;
  if (!before.ends_with('[')) return false;
  const size_t blank = before.rfind(' ');
  const std::string_view words = before.substr(0, blank == std::string_view::npos ? 0 : blank + 1);
  return std::any_of(std::begin(kBeforeName), std::end(kBeforeName), ends_before(words));
}

// What the reply blames where it blames a domain.
std::string NamedDomain(const std::vector<NamedIdentity>& named) {
  for (const NamedIdentity& identity : named) {
    if (identity.kind == IdentityKind::kIp || identity.kind == IdentityKind::kNetblock) continue;
    return identity.value.substr(identity.value.rfind('@') + 1);  // npos + 1 is 0
  }
  return {};
}

// "https://lists.example/query/domain/example.org", "...?q=example.org": the last name behind the page's
// host.
std::string DomainInUrl(const UrlText& url) {
  const size_t last = url.rest.find_last_of("/=?");
  if (last == std::string_view::npos) return {};
  const std::string_view name = url.rest.substr(last + 1);
  const std::string_view top = name.substr(std::min(name.size(), name.rfind('.') + 1));
  if (top == "html" || top == "htm" || top == "php" || top == "shtml" || top == "aspx") return {};
  return IsDomainName(name) && !IsIpAddress(name) ? AsciiLower(name) : std::string();
}

// "Client host [mail.example.org] blocked using ...": the name is listed, not the address.
std::string NamedClient(std::string_view lower) {
  constexpr std::string_view kCue = "client host [";
  const size_t at = lower.find(kCue);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = lower.substr(at + kCue.size());
  const std::string_view name = rest.substr(0, rest.find(']'));
  return IsDomainName(name) && !IsIpAddress(name) ? std::string(name) : std::string();
}

std::string ListedThing(std::string_view cause, std::string_view lower, const BlocklistName& list,
                        const std::vector<UrlText>& urls, const std::vector<NamedIdentity>& named) {
  if (cause == "blocklist.domain" || cause == "blocklist.uri") {
    std::string domain = NamedDomain(named);
    if (domain.empty()) domain = NamedClient(lower);
    for (size_t i = 0; domain.empty() && i < urls.size(); ++i) domain = DomainInUrl(urls[i]);
    return domain;
  }
  if (!list.address.empty()) return list.address;
  for (const NamedIdentity& identity : named) {
    if (identity.kind == IdentityKind::kIp || identity.kind == IdentityKind::kNetblock) return identity.value;
  }
  return {};
}

std::string DelistUrl(const BlocklistName& list, const std::vector<UrlText>& urls) {
  for (const UrlText& url : urls) {
    if (!list.name.empty() && IsHostOfList(url.host, list.name)) return std::string(url.text);
  }
  if (list.known || urls.empty()) return list.removal_url;
  return std::string(urls.front().text);
}

}  // namespace

FactFinder::FactFinder(std::shared_ptr<const RuleSet> rules) : rules_(std::move(rules)) {}

Facts FactFinder::Find(std::string_view text, const Verdict& verdict) {
  const Reply reply = ParseReply(text.substr(0, kMaxFactsInput));
  const std::string lower = AsciiLower(reply.text);
  const std::vector<UrlText> urls = FindUrls(reply.text);
  const Cause& cause = Causes()[verdict.cause];
  Facts facts;
  facts.host = reply.host().substr(0, kMaxFactText);
  if (!urls.empty()) facts.url = urls.front().text;
  facts.retry_after_s = FindRetryAfter(lower);
  facts.limit = FindLimit(lower);
  // "size exceeds limit 552 size exceeds limit": the code of a line that was said again.
  if (facts.limit.has_value() && facts.limit->count == static_cast<uint64_t>(reply.code)) facts.limit.reset();
  FindNamed(reply.text, lower, verdict, &facts);
  const BlocklistName list = FindBlocklist(lower, urls);
  facts.blocklist = list.name;
  facts.zone = list.zone;
  if (cause.category == "blocklist") {
    facts.listed = ListedThing(cause.id, lower, list, urls, facts.named);
    facts.delist_url = DelistUrl(list, urls);
    if (facts.listed == list.address) AddIdentity(IdentityKind::kIp, list.address, &facts.named);
  }
  return facts;
}

// The rule's own expressions first, then words that all use, then bare addresses.
void FactFinder::FindNamed(std::string_view text, std::string_view lower, const Verdict& verdict,
                           Facts* facts) {
  if (verdict.rule != kNoRule) {
    for (const auto& [kind, extractor] : ExtractorsOf(verdict.rule)) {
      AddIdentity(kind, extractor.Find(text), &facts->named);
    }
  }
  FindCuedIdentities(text, lower, &facts->named);
  // What our own MTA could not reach is the receiver's.
  if (verdict.speaker == Speaker::kOwnMta) return;
  const std::vector<UrlText> urls = FindUrls(text);
  const std::vector<AddressText> addresses = FindAddresses(text);
  for (bool in_url :
       {false, true}) {  // a page repeats the address that the words name; alone it names it itself
    const bool any = std::any_of(facts->named.begin(), facts->named.end(), [](const NamedIdentity& identity) {
      return identity.kind == IdentityKind::kIp || identity.kind == IdentityKind::kNetblock;
    });
    if (in_url && any) break;
    for (const AddressText& address : addresses) {
      if (Inside(address, urls) != in_url || IsReceivers(lower, address)) continue;
      AddIdentity(address.network ? IdentityKind::kNetblock : IdentityKind::kIp, address.text, &facts->named);
    }
  }
}

const FactFinder::RuleExtractors& FactFinder::ExtractorsOf(uint32_t rule) {
  const auto [entry, inserted] = extractors_.try_emplace(rule);
  if (!inserted) return entry->second;
  for (const Extract& extract : rules_->rules()[rule].extracts) {
    absl::StatusOr<Extractor> compiled = Extractor::Compile(extract.pattern);
    if (compiled.ok()) entry->second.emplace_back(extract.kind, *std::move(compiled));
  }
  return entry->second;
}

absl::Status CheckExtracts(const std::vector<Rule>& rules) {
  for (const Rule& rule : rules) {
    for (const Extract& extract : rule.extracts) {
      const absl::StatusOr<Extractor> compiled = Extractor::Compile(extract.pattern);
      if (compiled.ok()) continue;
      return absl::InvalidArgumentError(
          absl::StrFormat("%s: %s", extract.location.ToString(), std::string(compiled.status().message())));
    }
  }
  return absl::OkStatus();
}

}  // namespace bouncewatch
