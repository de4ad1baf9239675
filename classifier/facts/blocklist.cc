#include "classifier/facts/blocklist.h"

#include <algorithm>
#include <iterator>

#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr std::string_view kSpamhausPage = "https://check.spamhaus.org/";
constexpr std::string_view kAbusixPage = "https://lookup.abusix.com/";
constexpr std::string_view kBarracudaPage = "https://www.barracudacentral.org/rbl/removal-request";
constexpr std::string_view kCloudmarkPage = "https://csi.cloudmark.com/en/reset/";
constexpr std::string_view kProofpointPage = "https://ipcheck.proofpoint.com/";
constexpr std::string_view kSpamratsPage = "https://www.spamrats.com/removal.php";
constexpr std::string_view kTrendMicroPage = "https://www.ers.trendmicro.com/reputations";
constexpr std::string_view kUceprotectPage = "https://www.uceprotect.net/en/rblcheck.php";

enum class Zone {
  kPublic,
  kKeyed
};  // keyed: customers have a label of their own in front, and it is a secret

struct List {
  std::string_view zone;  // ends the zone queried or the page's host
  std::string_view name;
  std::string_view page;
  Zone kind = Zone::kPublic;
};

// Of two zones that end a name the longer counts.
constexpr List kLists[] = {
    {"zen.spamhaus.org", "spamhaus-zen", kSpamhausPage},
    {"sbl.spamhaus.org", "spamhaus-sbl", kSpamhausPage},
    {"sbl-xbl.spamhaus.org", "spamhaus-sbl-xbl", kSpamhausPage},
    {"xbl.spamhaus.org", "spamhaus-xbl", kSpamhausPage},
    {"pbl.spamhaus.org", "spamhaus-pbl", kSpamhausPage},
    {"dbl.spamhaus.org", "spamhaus-dbl", kSpamhausPage},
    {"zrd.spamhaus.org", "spamhaus-zrd", kSpamhausPage},
    {"spamhaus.org", "spamhaus", kSpamhausPage},
    {"zen.dq.spamhaus.net", "spamhaus-zen", kSpamhausPage, Zone::kKeyed},
    {"sbl.dq.spamhaus.net", "spamhaus-sbl", kSpamhausPage, Zone::kKeyed},
    {"xbl.dq.spamhaus.net", "spamhaus-xbl", kSpamhausPage, Zone::kKeyed},
    {"pbl.dq.spamhaus.net", "spamhaus-pbl", kSpamhausPage, Zone::kKeyed},
    {"dbl.dq.spamhaus.net", "spamhaus-dbl", kSpamhausPage, Zone::kKeyed},
    {"zrd.dq.spamhaus.net", "spamhaus-zrd", kSpamhausPage, Zone::kKeyed},
    {"dq.spamhaus.net", "spamhaus", kSpamhausPage, Zone::kKeyed},
    {"abuseat.org", "cbl", kSpamhausPage},
    {"spamcop.net", "spamcop", "https://www.spamcop.net/bl.shtml"},
    {"barracudacentral.org", "barracuda", kBarracudaPage},
    {"barracudanetworks.com", "barracuda", kBarracudaPage},
    {"combined.mail.abusix.zone", "abusix-combined", kAbusixPage, Zone::kKeyed},
    {"black.mail.abusix.zone", "abusix-black", kAbusixPage, Zone::kKeyed},
    {"exploit.mail.abusix.zone", "abusix-exploit", kAbusixPage, Zone::kKeyed},
    {"dynamic.mail.abusix.zone", "abusix-policy", kAbusixPage, Zone::kKeyed},
    {"mail.abusix.zone", "abusix", kAbusixPage, Zone::kKeyed},
    {"abusix.zone", "abusix", kAbusixPage, Zone::kKeyed},
    {"lookup.abusix.com", "abusix", kAbusixPage},
    {"sorbs.net", "sorbs", ""},
    {"dnsbl-1.uceprotect.net", "uceprotect-1", kUceprotectPage},
    {"dnsbl-2.uceprotect.net", "uceprotect-2", kUceprotectPage},
    {"dnsbl-3.uceprotect.net", "uceprotect-3", kUceprotectPage},
    {"uceprotect.net", "uceprotect", kUceprotectPage},
    {"psbl.surriel.com", "psbl", "https://psbl.org/"},
    {"psbl.org", "psbl", "https://psbl.org/"},
    {"surbl.org", "surbl", "https://surbl.org/surbl-analysis"},
    {"uribl.com", "uribl", "https://lookup.uribl.com/"},
    {"invaluement.com", "invaluement", "https://www.invaluement.com/lookup/"},
    {"ivmuri.com", "invaluement", "https://www.invaluement.com/lookup/"},
    {"mailspike.net", "mailspike", "https://mailspike.io/"},
    {"mailspike.org", "mailspike", "https://mailspike.io/"},
    {"senderscore.com", "senderscore", "https://senderscore.org/"},
    {"senderscore.org", "senderscore", "https://senderscore.org/"},
    {"gbudb.net", "truncate", "http://www.gbudb.com/truncate/"},
    {"dronebl.org", "dronebl", "https://dronebl.org/lookup"},
    {"junkemailfilter.com", "hostkarma", "https://ipadmin.junkemailfilter.com/remove.php"},
    {"spfbl.net", "spfbl", "https://matrix.spfbl.net/"},
    {"s5h.net", "s5h", ""},
    {"0spam.org", "0spam", "https://0spam.org/"},
    {"dyna.spamrats.com", "spamrats-dyna", kSpamratsPage},
    {"noptr.spamrats.com", "spamrats-noptr", kSpamratsPage},
    {"spam.spamrats.com", "spamrats-spam", kSpamratsPage},
    {"spamrats.com", "spamrats", kSpamratsPage},
    {"blocklist.de", "blocklist-de", "https://www.blocklist.de/en/delist.html"},
    {"unsubscore.com", "lashback", "https://blacklist.lashback.com/"},
    {"wpbl.info", "wpbl", "http://www.wpbl.info/"},
    {"manitu.net", "nixspam", ""},
    {"backscatterer.org", "backscatterer", "https://www.backscatterer.org/"},
    {"spameatingmonkey.net", "spameatingmonkey", "https://spameatingmonkey.com/lookup"},
    {"interserver.net", "interserver", "https://rbl.interserver.net/"},
    {"fabel.dk", "fabel", "https://www.spamsources.fabel.dk/"},
    {"spamrl.com", "spamrl", "https://spamrl.com/"},
    {"blue-shield.at", "blue-shield", ""},
    {"csi.cloudmark.com", "cloudmark-csi", kCloudmarkPage},
    {"prs.proofpoint.com", "proofpoint-pdr", kProofpointPage},
    {"ipcheck.proofpoint.com", "proofpoint-pdr", kProofpointPage},
    {"mail-abuse.com", "trendmicro-ers", kTrendMicroPage},
    {"mail-abuse.org", "trendmicro-ers", kTrendMicroPage},
    {"ers.trendmicro.com", "trendmicro-ers", kTrendMicroPage},
    {"csi.mimecast.org", "mimecast-csi", ""},
    {"talosintelligence.com", "talos", "https://talosintelligence.com/reputation_center"},
    {"senderbase.org", "talos", "https://talosintelligence.com/reputation_center"},
    {"njabl.org", "njabl", ""},
    {"ordb.org", "ordb", ""},
    {"ahbl.org", "ahbl", ""},
};

// Names that stand without a zone; more exact ones first.
struct SpokenName {
  std::string_view words, list;
};
constexpr SpokenName kSpokenNames[] = {
    {"spamhaus zen", "spamhaus-zen"},
    {"spamhaus sbl", "spamhaus-sbl"},
    {"spamhaus block list (sbl", "spamhaus-sbl"},
    {"spamhaus xbl", "spamhaus-xbl"},
    {"spamhaus exploits block list", "spamhaus-xbl"},
    {"spamhaus pbl", "spamhaus-pbl"},
    {"spamhaus policy block list", "spamhaus-pbl"},
    {"spamhaus dbl", "spamhaus-dbl"},
    {"spamhaus domain block list", "spamhaus-dbl"},
    {"spamhaus-zen", "spamhaus-zen"},
    {"spamhaus-sbl", "spamhaus-sbl"},
    {"spamhaus-xbl", "spamhaus-xbl"},
    {"spamhaus-pbl", "spamhaus-pbl"},
    {"spamhaus-dbl", "spamhaus-dbl"},
    {"spamhaus", "spamhaus"},
    {"spamcop", "spamcop"},
    {"barracuda reputation", "barracuda"},
    {"cloudmark sender intelligence", "cloudmark-csi"},
    {"cm-csi", "cloudmark-csi"},
    {"proofpoint dynamic reputation", "proofpoint-pdr"},
    {"trend micro rbl", "trendmicro-ers"},
    {"trend micro email reputation", "trendmicro-ers"},
    {"invaluement", "invaluement"},
    {"uceprotect", "uceprotect"},
    {"abusix", "abusix"},
    {"sorbs dnsbl", "sorbs"},
    {"surbl", "surbl"},
    {"uribl", "uribl"},
};

// What stands before the zone of a list that is not known.
constexpr std::string_view kZoneCues[] = {"blocked using ", "listed in ", "listed at ",
                                          "listed on ",     "listed by ", "blacklist at ",
                                          "blacklist ",     "dnsbl ",     "rbl "};

bool EndsWithZone(std::string_view name, std::string_view zone) {
  return name.ends_with(zone) && (name.size() == zone.size() || name[name.size() - zone.size() - 1] == '.');
}

const List* ListOfZone(std::string_view name) {
  const List* best = nullptr;
  for (const List& list : kLists) {
    if (EndsWithZone(name, list.zone) && (best == nullptr || list.zone.size() > best->zone.size()))
      best = &list;
  }
  return best;
}

BlocklistName Describe(const List& list, std::string_view zone) {
  BlocklistName found;
  found.address = TakeReversedAddress(&zone);
  found.name = list.name;
  found.zone = list.kind == Zone::kKeyed ? list.zone : zone;
  found.removal_url = list.page;
  found.known = true;
  return found;
}

bool IsZoneByte(char c) {
  return IsAlnum(c) || c == '-' || c == '_' || c == '.';
}

// The host name that begins at `at`, with the first byte behind it.
std::string_view NameAt(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && IsZoneByte(text[end])) ++end;
  while (end > at && text[end - 1] == '.') --end;
  return text.substr(at, end - at);
}

// A zone that is written as a word, outside of URLs and addresses.
BlocklistName ByZone(std::string_view lower, const std::vector<UrlText>& urls) {
  auto url = urls.begin();
  for (size_t at = 0; at < lower.size();) {
    if (url != urls.end() && at >= url->begin) {
      at = std::max(at, url->end);
      ++url;
      continue;
    }
    if (!IsZoneByte(lower[at])) {
      ++at;
      continue;
    }
    const std::string_view name = NameAt(lower, at);
    const bool mailbox = at > 0 && lower[at - 1] == '@';
    if (const List* list = mailbox || !IsDomainName(name) ? nullptr : ListOfZone(name)) {
      BlocklistName found = Describe(*list, name);
      const size_t end = at + name.size();
      // A page without its "https://" is no zone.
      if (name.starts_with("www.") || (end < lower.size() && lower[end] == '/')) found.zone.clear();
      return found;
    }
    while (at < lower.size() && IsZoneByte(lower[at])) ++at;
  }
  return {};
}

BlocklistName ByUnknownZone(std::string_view lower) {
  for (std::string_view cue : kZoneCues) {
    for (size_t at = lower.find(cue); at != std::string_view::npos; at = lower.find(cue, at + cue.size())) {
      if (at > 0 && IsAlnum(lower[at - 1])) continue;
      std::string_view zone = NameAt(lower, at + cue.size());
      if (!IsDomainName(zone)) continue;
      const size_t end = at + cue.size() + zone.size();
      if (end < lower.size() && (lower[end] == '@' || lower[end] == ':')) continue;  // an address, a URL
      BlocklistName found;
      found.address = TakeReversedAddress(&zone);
      found.name = found.zone = zone;
      return found;
    }
  }
  return {};
}

BlocklistName BySpokenName(std::string_view lower) {
  for (const SpokenName& spoken : kSpokenNames) {
    for (size_t at = lower.find(spoken.words); at != std::string_view::npos;
         at = lower.find(spoken.words, at + spoken.words.size())) {
      // Inside of an address or a host name it is no word.
      const size_t end = at + spoken.words.size();
      if ((at > 0 && (IsZoneByte(lower[at - 1]) || lower[at - 1] == '@')) ||
          (end < lower.size() && (IsAlnum(lower[end]) || lower[end] == '.') && end + 1 < lower.size() &&
           IsAlnum(lower[end + 1]))) {
        continue;
      }
      BlocklistName found;
      found.name = spoken.list;
      found.known = true;
      const auto* list = std::find_if(std::begin(kLists), std::end(kLists),
                                      [&](const List& entry) { return entry.name == spoken.list; });
      if (list != std::end(kLists)) found.removal_url = list->page;
      return found;
    }
  }
  return {};
}

BlocklistName ByUrl(const std::vector<UrlText>& urls) {
  for (const UrlText& url : urls) {
    const List* list = ListOfZone(AsciiLower(url.host));
    if (list == nullptr) continue;
    BlocklistName found = Describe(*list, url.host);
    found.zone.clear();  // a page is no zone
    return found;
  }
  return {};
}

}  // namespace

BlocklistName FindBlocklist(std::string_view lower, const std::vector<UrlText>& urls) {
  BlocklistName found = ByZone(lower, urls);
  if (found.name.empty()) found = BySpokenName(lower);
  if (found.name.empty()) found = ByUrl(urls);
  if (found.name.empty()) found = ByUnknownZone(lower);
  return found;
}

bool IsHostOfList(std::string_view host, std::string_view list_name) {
  const List* list = ListOfZone(AsciiLower(host));
  if (list == nullptr) return false;
  // "spamhaus-zen" and "spamhaus" are of one operator.
  return list->name.substr(0, list->name.find('-')) == list_name.substr(0, list_name.find('-'));
}

}  // namespace bouncewatch
