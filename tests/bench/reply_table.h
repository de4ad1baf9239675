// The replies of the synthetic log: texts in our own words, worded the way receivers word them, each with the
// one cause that a careful reader gives it (classifier/taxonomy.h names the causes).
//
// A pattern holds alternatives, `[[a|b]]`, and every combination is one template; and fields, `{ip}`, that
// differ from reply to reply. Immutable data; share freely.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bouncewatch::bench {

enum class Stage {
  kBanner,  // "host H[ip] refused to talk to me: ..."; Postfix defers whatever the code
  kMail,    // "host H[ip] said: ... (in reply to MAIL FROM command)"
  kRcpt,
  kData,
  kEnd,      // "... (in reply to end of DATA command)"
  kRelay,    // Postfix's own words about a host that it reached; the pattern begins with dsn=
  kNoRelay,  // Postfix's own words before any host was reached: relay=none; the pattern begins with dsn=
};

struct ReplyTemplate {
  std::string_view cause;
  std::string_view provider;  // "" any receiver
  Stage stage = Stage::kRcpt;
  std::string text;        // alternatives resolved, fields still in it
  bool permanent = false;  // Postfix gives up on it
};

// Every template, in a fixed order.
std::vector<ReplyTemplate> MakeReplyTemplates();

}  // namespace bouncewatch::bench
