// The names sit in an open-addressed table built at compile time. What is hashed of a name is its length and
// its last eight bytes, which all suffixes of a host share, so asking at each dot costs little.
#include "classifier/mask_names.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr std::string_view kNames[] = {
    // Blocklists.
    "0spam.org",
    "abuse.ch",
    "abuseat.org",
    "abusix.com",
    "abusix.net",
    "abusix.org",
    "abusix.zone",
    "ahbl.org",
    "anti-spam.org.cn",
    "backscatterer.org",
    "barracudacentral.org",
    "blocklist.de",
    "blue-shield.at",
    "cobion.com",
    "countries.nerd.dk",
    "cymru.com",
    "dnsbl.manitu.net",
    "dnsbl.sorbs.net",
    "dnswl.org",
    "dq.spamhaus.net",
    "dronebl.org",
    "efnetrbl.org",
    "emailbasura.org",
    "fabel.dk",
    "fmb.la",
    "gbudb.net",
    "hostkarma.junkemailfilter.com",
    "imp.ch",
    "interserver.net",
    "invaluement.com",
    "ivmuri.com",
    "junkemailfilter.com",
    "justspam.org",
    "kempt.net",
    "lashback.com",
    "mail-abuse.com",
    "mail-abuse.org",
    "mail.abusix.zone",
    "mailspike.net",
    "mailspike.org",
    "manitu.net",
    "mcafee.com",
    "msrbl.net",
    "mxrate.net",
    "nerd.dk",
    "nixspam.net",
    "njabl.org",
    "nordspam.com",
    "nszones.com",
    "openrbl.org",
    "ordb.org",
    "psbl.org",
    "rfc-clueless.org",
    "rfc-ignorant.org",
    "s5h.net",
    "scientificspam.net",
    "score.senderscore.com",
    "senderscore.com",
    "senderscore.net",
    "senderscore.org",
    "sorbs.net",
    "spam-champuru.livedoor.com",
    "spam.dnsbl.sorbs.net",
    "spamcannibal.org",
    "spamcop.net",
    "spameatingmonkey.net",
    "spamhaus.com",
    "spamhaus.net",
    "spamhaus.org",
    "spamhaus.zone",
    "spamrats.com",
    "spamrl.com",
    "spfbl.net",
    "surbl.org",
    "surriel.com",
    "suomispam.net",
    "swinog.ch",
    "uceprotect.net",
    "unsubscore.com",
    "uribl.com",
    "validity.com",
    "whitelisted.org",
    "wpbl.info",
    // Mailbox providers.
    "163.com",
    "126.com",
    "188.com",
    "1and1.com",
    "1und1.de",
    "abuse-att.net",
    "aol.com",
    "apple.com",
    "arcor.de",
    "att.net",
    "att.com",
    "bell.ca",
    "bellsouth.net",
    "bigpond.com",
    "bluewin.ch",
    "bt.com",
    "btinternet.com",
    "centurylink.net",
    "charter.com",
    "charter.net",
    "comcast.com",
    "comcast.net",
    "cox.com",
    "cox.net",
    "docomo.ne.jp",
    "earthlink.net",
    "facebook.com",
    "fastmail.com",
    "free.fr",
    "freenet.de",
    "frontier.com",
    "gmail.com",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "google.com",
    "googlegroups.com",
    "googlemail.com",
    "hotmail.com",
    "i.ua",
    "icloud.com",
    "l.google.com",
    "laposte.net",
    "libero.it",
    "live.com",
    "mail.com",
    "mail.ru",
    "mailbox.org",
    "me.com",
    "microsoft.com",
    "msn.com",
    "naver.com",
    "neostrada.pl",
    "nifty.com",
    "o2.pl",
    "office.com",
    "office365.com",
    "olc.protection.outlook.com",
    "onet.pl",
    "orange.fr",
    "outlook.com",
    "posteo.de",
    "protection.outlook.com",
    "proton.me",
    "protonmail.ch",
    "protonmail.com",
    "qq.com",
    "rambler.ru",
    "rogers.com",
    "rr.com",
    "seznam.cz",
    "sfr.fr",
    "shaw.ca",
    "sina.com",
    "sohu.com",
    "spectrum.com",
    "spectrum.net",
    "strato.com",
    "strato.de",
    "swisscom.com",
    "t-online.de",
    "telekom.de",
    "telenet.be",
    "telia.com",
    "telus.net",
    "terra.com",
    "tiscali.it",
    "uol.com.br",
    "verizon.com",
    "verizon.net",
    "verizonmedia.com",
    "videotron.ca",
    "virginmedia.com",
    "wanadoo.fr",
    "web.de",
    "windstream.net",
    "wp.pl",
    "xfinity.com",
    "yahoo-help.jp",
    "yahoo.co.jp",
    "yahoo.com",
    "yahoodns.net",
    "yahooinc.com",
    "yandex.com",
    "yandex.net",
    "yandex.ru",
    "ziggo.nl",
    "zoho.com",
    "zoho.eu",
    // Filters, hosters and sending services.
    "agari.com",
    "aka.ms",
    "amazonaws.com",
    "amazonses.com",
    "antispamcloud.com",
    "antispameurope.com",
    "appriver.com",
    "avanan.net",
    "barracuda.com",
    "barracudanetworks.com",
    "broadcom.com",
    "cisco.com",
    "clamav.net",
    "cloudflare.com",
    "cloudfilter.net",
    "cloudmark.com",
    "cpanel.com",
    "cpanel.net",
    "cyren.com",
    "datevnet.de",
    "dmarc.org",
    "dmarcian.com",
    "easydmarc.com",
    "emailsrvr.com",
    "exchangelabs.com",
    "eset.com",
    "fireeyecloud.com",
    "fortinet.com",
    "fortimail.com",
    "forwardemail.net",
    "forcepoint.com",
    "godaddy.com",
    "hornetsecurity.com",
    "hostedemail.com",
    "hostinger.com",
    "hostinger.io",
    "improvmx.com",
    "iphmx.com",
    "ionos.com",
    "ironport.com",
    "kundenserver.de",
    "linuxmagic.com",
    "magicspam.com",
    "mailchannels.com",
    "mailchannels.net",
    "mailcontrol.com",
    "mailgun.com",
    "mailgun.net",
    "mailgun.org",
    "mailprotect.be",
    "mailroute.net",
    "mandrillapp.com",
    "messagelabs.com",
    "mimecast.co.za",
    "mimecast.com",
    "mimecast.net",
    "mimecast.org",
    "mxlogic.net",
    "mxtoolbox.com",
    "namecheap.com",
    "open-spf.org",
    "openspf.net",
    "openspf.org",
    "ovh.com",
    "ovh.net",
    "perfora.net",
    "pobox.com",
    "postini.com",
    "ppe-hosted.com",
    "pphosted.com",
    "privateemail.com",
    "proofpoint.com",
    "psmtp.com",
    "rackspace.com",
    "registrar-servers.com",
    "returnpath.com",
    "returnpath.net",
    "rspamd.com",
    "schlund.de",
    "schweikert.ch",
    "secureserver.net",
    "securence.com",
    "sendgrid.com",
    "sendgrid.net",
    "sophos.com",
    "spamassassin.org",
    "spamexperts.com",
    "spamexperts.eu",
    "spamexperts.net",
    "spamh.com",
    "spamstopshere.com",
    "sparkpost.com",
    "spf.pobox.com",
    "symantec.com",
    "symanteccloud.com",
    "talosintelligence.com",
    "titan.email",
    "transip.email",
    "trellix.com",
    "trendmicro.com",
    "trendmicro.eu",
    "trustwave.com",
    "vadesecure.com",
    "websense.com",
    "zerobounce.net",
    "zerospam.ca",
};

constexpr size_t kSlots = 1024;
constexpr int kMaxLabels = 4;
constexpr uint64_t kFold = 0x2020202020202020;  // makes letters lower case; '.', '-' and digits have the bit

// A name's last eight bytes, the very last on top; fewer are moved down.
constexpr uint64_t KeyOf(std::string_view name) {
  uint64_t key = 0;
  for (char c : name.substr(name.size() - std::min<size_t>(name.size(), 8))) {
    key = (key >> 8) | uint64_t{static_cast<uint8_t>(c)} << 56;
  }
  key |= kFold;
  return name.size() < 8 ? key >> (8 * (8 - name.size())) : key;
}
constexpr size_t Slot(uint64_t key, size_t size) {
  return ((key ^ size) * 0x9e3779b97f4a7c15u) >> 54;
}

struct Names {
  std::array<uint16_t, kSlots> slots{};  // 1 + index into kNames; 0 is free
  std::array<uint64_t, std::size(kNames)> keys{};
};

constexpr Names kTable = [] {
  Names table;
  for (size_t i = 0; i < std::size(kNames); ++i) {
    table.keys[i] = KeyOf(kNames[i]);
    size_t slot = Slot(table.keys[i], kNames[i].size());
    while (table.slots[slot] != 0) slot = (slot + 1) % kSlots;
    table.slots[slot] = static_cast<uint16_t>(i + 1);
  }
  return table;
}();

// `key` is that of eight bytes or more at the end of what `name` is the end of.
bool Contains(std::string_view name, uint64_t key) {
  if (name.size() < 8) key >>= 8 * (8 - name.size());
  for (size_t slot = Slot(key, name.size()); kTable.slots[slot] != 0; slot = (slot + 1) % kSlots) {
    const size_t i = kTable.slots[slot] - 1u;
    const std::string_view known = kNames[i];
    if (kTable.keys[i] != key || known.size() != name.size()) continue;
    size_t rest = name.size() - std::min<size_t>(name.size(), 8);
    while (rest > 0 && ToLower(name[rest - 1]) == known[rest - 1]) --rest;
    if (rest == 0) return true;
  }
  return false;
}

}  // namespace

size_t KnownNameSuffix(std::string_view host) {
  if (host.empty()) return 0;
  uint64_t key = 0;
  if (host.size() >= 8 && std::endian::native == std::endian::little) {
    std::memcpy(&key, host.data() + host.size() - 8, sizeof(key));
    key |= kFold;
  } else {
    key = KeyOf(host) << (host.size() < 8 ? 8 * (8 - host.size()) : 0);
  }
  size_t best = 0;
  int dots = 0;
  for (size_t i = host.size(); i > 0; --i) {
    if (host[i - 1] != '.') continue;
    if (++dots > 1 && Contains(host.substr(i), key)) best = host.size() - i;
    if (dots >= kMaxLabels) return best;
  }
  if (dots > 0 && Contains(host, key)) best = host.size();
  return best;
}

}  // namespace bouncewatch
