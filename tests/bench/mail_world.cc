#include "mail_world.h"

#include <algorithm>
#include <cmath>

namespace bouncewatch::bench {
namespace {

struct KnownReceiver {
  std::string_view provider;
  std::string_view mx;      // "*": the domain's name with dashes stands here
  int share;                // of all domains, in thousandths
  std::string_view domain;  // its own well known domain; "" for none
};

constexpr KnownReceiver kReceivers[] = {
    {"google", "aspmx.l.google.com", 210, "gmail.com"},
    {"microsoft-365", "*.mail.protection.outlook.com", 190, ""},
    {"microsoft-consumer", "outlook-com.olc.protection.outlook.com", 1, "outlook.com"},
    {"microsoft-consumer", "hotmail-com.olc.protection.outlook.com", 1, "hotmail.com"},
    {"yahoo", "mta7.am0.yahoodns.net", 5, "yahoo.com"},
    {"apple", "mx02.mail.icloud.com", 2, "icloud.com"},
    {"united-internet-consumer", "mx01.emig.gmx.net", 1, "gmx.net"},
    {"t-online", "mx03.t-online.de", 1, "t-online.de"},
    {"comcast", "mx1.mxge.comcast.net", 1, "comcast.net"},
    {"orange-fr", "smtp-in.orange.fr", 1, "orange.fr"},
    {"proofpoint", "mx0a-*.pphosted.com", 35, ""},
    {"mimecast", "us-smtp-inbound-1.mimecast.com", 30, ""},
    {"cisco", "mx1.*.iphmx.com", 15, ""},
    {"barracuda", "d1.*.ess.barracudanetworks.com", 15, ""},
    {"zoho", "mx.zoho.com", 10, ""},
    {"ovh", "mx1.mail.ovh.net", 12, ""},
};

// Their servers say nothing but what their authors wrote; the others run software that anybody may run.
constexpr std::string_view kOwnWordsOnly[] = {"google", "microsoft-365", "microsoft-consumer", "yahoo"};

constexpr std::string_view kWords[] = {"atelier", "bakery", "clinic", "design", "energy",  "farm",
                                       "garage",  "hotel",  "invest", "jewel",  "kitchen", "legal",
                                       "media",   "novum",  "office", "press",  "quality", "repair",
                                       "school",  "travel", "union",  "vision", "works",   "zoo"};
constexpr std::string_view kEndings[] = {".example", ".test", ".example.net", ".example.org", ".co.example"};
constexpr double kZipfExponent = 0.95;
constexpr uint32_t kGuideSize = 4096;

// 198.18.0.0/15 is set aside for benchmarks, RFC 2544.
std::string Address(Random* random) {
  return "198.1" + std::to_string(8 + random->Below(2)) + "." + std::to_string(random->Below(256)) + "." +
         std::to_string(1 + random->Below(254));
}

std::string MxName(std::string_view pattern, std::string dashed) {
  for (char& c : dashed) c = c == '.' ? '-' : c;
  std::string name(pattern);
  if (const size_t star = name.find('*'); star != std::string::npos) name.replace(star, 1, dashed);
  return name;
}

}  // namespace

MailWorld::MailWorld(uint64_t seed, uint32_t domain_count, uint32_t transport_count, uint32_t sender_count)
    : replies(MakeReplyTemplates()) {
  Random random(seed ^ 0x776f726c64);
  MakeProviders();
  MakeDomains(&random, domain_count);
  for (uint32_t i = 1; i <= transport_count; ++i) {
    transports.push_back({"postfix-out" + std::to_string(i), "203.0.113." + std::to_string(i)});
  }
  for (uint32_t i = 0; i < sender_count; ++i) {
    const std::string_view word = kWords[random.Below(std::size(kWords))];
    const std::string name = "news." + std::string(word) + std::to_string(i) + ".example.com";
    senders.push_back({name, "mx1." + name, Address(&random)});
  }
}

void MailWorld::MakeProviders() {
  providers.push_back({});
  for (const KnownReceiver& receiver : kReceivers) {
    if (providers.back().name != receiver.provider) {
      providers.push_back({std::string(receiver.provider), {}, {}});
    }
  }
  for (Provider& provider : providers) {
    const bool own_words_only =
        std::count(std::begin(kOwnWordsOnly), std::end(kOwnWordsOnly), provider.name) > 0;
    for (uint32_t i = 0; i < replies.size(); ++i) {
      const bool own = replies[i].provider == provider.name;
      if (!own && !replies[i].provider.empty()) continue;
      if (!own && own_words_only && replies[i].stage != Stage::kRelay) continue;
      // A line with relay=none names no receiver; it is kept for domains that belong to none.
      if (replies[i].stage == Stage::kNoRelay && !provider.name.empty()) continue;
      std::vector<uint32_t>& list = replies[i].permanent ? provider.bounces : provider.deferrals;
      // What a big receiver says in its own words outweighs what anybody may say.
      for (int copies = own && !provider.name.empty() ? 25 : 1; copies > 0; --copies) list.push_back(i);
    }
  }
}

void MailWorld::MakeDomains(Random* random, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    RecipientDomain domain;
    domain.name = std::string(kWords[random->Below(std::size(kWords))]) + std::to_string(i) +
                  std::string(kEndings[random->Below(std::size(kEndings))]);
    domain.mx = "mx1." + domain.name;
    domain.mx_ip = Address(random);
    int ticket = static_cast<int>(random->Below(1000));
    std::string_view provider;
    for (size_t r = 0; r < std::size(kReceivers); ++r) {
      const KnownReceiver& receiver = kReceivers[r];
      if (i == r && !receiver.domain.empty()) domain.name = receiver.domain;
      ticket -= receiver.share;
      if (i < std::size(kReceivers) ? i == r : ticket < 0) {
        domain.mx = MxName(receiver.mx, domain.name);
        provider = receiver.provider;
        break;
      }
    }
    while (providers[domain.provider].name != provider) ++domain.provider;
    domains.push_back(std::move(domain));
  }
  double sum = 0;
  for (uint32_t i = 0; i < count; ++i) weights_.push_back(sum += 1 / std::pow(i + 1.0, kZipfExponent));
  for (uint32_t g = 0, i = 0; g < kGuideSize; ++g) {
    while (i + 1 < count && weights_[i] < sum * g / kGuideSize) ++i;
    guide_.push_back(i);
  }
}

const RecipientDomain& MailWorld::PickDomain(Random* random) const {
  const double fraction = random->Fraction();
  uint32_t i = guide_[static_cast<size_t>(fraction * kGuideSize)];
  while (i + 1 < weights_.size() && weights_[i] < fraction * weights_.back()) ++i;
  return domains[i];
}

}  // namespace bouncewatch::bench
