#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "daemon/command/command.h"
#include "daemon/config.h"
#include "daemon/evidence_pack.h"
#include "daemon/http_client.h"
#include "daemon/open_store.h"
#include "daemon/query_client.h"

namespace bouncewatch {
namespace {

constexpr size_t kRepliesShown = 10;

struct EvidenceArguments {
  QueryPlace place;
  EvidenceFilter filter;
  std::string from = "-7d", to = "now";
  bool json = false;
};

// What the running daemon has, and the store's own when none answers.
absl::StatusOr<std::vector<EvidenceReply>> Replies(const QueryPlace& place, const EvidenceFilter& filter) {
  ASSIGN_OR_RETURN(const Config config, Config::Load(place.config));
  if (place.data.empty()) {
    std::string url = place.url.empty() ? "http://" + config.http_listen : place.url;
    while (url.ends_with('/')) url.pop_back();
    const absl::StatusOr<std::string> answer = HttpGet(url + "/api/v1/evidence" + EvidenceUrlQuery(filter));
    if (answer.ok()) return ParseEvidenceReplies(*answer);
    if (!place.url.empty() || absl::IsInvalidArgument(answer.status())) return answer.status();
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Store> store,
                   OpenStore(place.data.empty() ? config.storage_path : place.data, config));
  return FindEvidence(*store, filter);
}

absl::StatusOr<QueryResult> Ask(const EvidencePack& pack, Key key, bool by_day, QueryClient* client) {
  const QuerySpec spec =
      EvidenceQuery(pack, by_day ? std::vector<Key>() : std::vector{key}, by_day ? 86'400 : 0);
  QueryWords words;
  if (!by_day) words.by = KeyName(key);
  for (const KeyFilter& filter : spec.where) {
    words.where.push_back(absl::StrFormat("%s=%s", KeyName(filter.key), filter.values[0]));
  }
  words.from = std::to_string(spec.from_s);
  words.to = std::to_string(spec.to_s);
  words.step = by_day ? "1d" : "all";
  words.limit = std::to_string(spec.limit);
  return client->Ask(words, spec);
}

absl::StatusOr<EvidencePack> MakePack(const EvidenceArguments& arguments) {
  const int64_t now_s = std::time(nullptr);
  EvidencePack pack;
  pack.filter = arguments.filter;
  ASSIGN_OR_RETURN(pack.from_s, ParseQueryTime(arguments.from, now_s));
  ASSIGN_OR_RETURN(pack.to_s, ParseQueryTime(arguments.to, now_s));
  // Whole days, which are kept longest.
  pack.from_s = pack.from_s / 86'400 * 86'400;
  pack.filter.from_s = pack.from_s;
  pack.filter.to_s = pack.to_s;
  if (pack.from_s >= pack.to_s) return absl::InvalidArgumentError("the time range is empty");
  QueryClient client(arguments.place);
  ASSIGN_OR_RETURN(pack.by_ip, Ask(pack, Key::kIp, false, &client));
  ASSIGN_OR_RETURN(pack.by_sender, Ask(pack, Key::kSenderDomain, false, &client));
  ASSIGN_OR_RETURN(pack.by_day, Ask(pack, Key::kCause, true, &client));
  ASSIGN_OR_RETURN(pack.by_template, Ask(pack, Key::kTemplate, false, &client));
  EvidencePack all = pack;
  all.filter = EvidenceFilter();
  ASSIGN_OR_RETURN(pack.own_causes, Ask(all, Key::kCause, false, &client));
  ASSIGN_OR_RETURN(pack.replies, Replies(arguments.place, pack.filter));
  return pack;
}

int RunEvidence(const EvidenceArguments& arguments) {
  const absl::StatusOr<Remedies> remedies = Remedies::Shipped();
  if (!remedies.ok()) return Fail(remedies.status());
  if (!arguments.filter.cause.empty() && !FindCause(arguments.filter.cause).has_value()) {
    return Fail(absl::StrFormat("\"%s\" is no cause", arguments.filter.cause), kExitUsage);
  }
  const absl::StatusOr<EvidencePack> pack = MakePack(arguments);
  if (!pack.ok()) return Fail(pack.status());
  const std::string text = arguments.json ? EvidenceJson(*pack) + "\n" : EvidenceText(*pack, *remedies);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return std::fflush(stdout) == 0 ? kExitDone : Fail("cannot write the answer");
}

}  // namespace

CommandBody SetUpEvidence(CLI::App* app) {
  auto arguments = std::make_shared<EvidenceArguments>();
  arguments->filter.limit = kRepliesShown;
  app->add_option("--provider", arguments->filter.provider, "The receiver, as query --by provider names it");
  app->add_option("--cause", arguments->filter.cause, "The cause, for example reputation.ip");
  app->add_option("--domain", arguments->filter.domain, "Replies of this recipient domain only");
  app->add_option("--ip", arguments->filter.ip, "Replies to this address of ours only");
  app->add_option("--from", arguments->from, "First moment (default: -7d), by whole days");
  app->add_option("--to", arguments->to, "Moment after the last (default: now)");
  app->add_option("--replies", arguments->filter.limit, "Replies shown; 0: all (default: 10)");
  app->add_flag("--json", arguments->json, "Print JSON");
  AddPlaceOptions(app, &arguments->place);
  return [arguments] { return RunEvidence(*arguments); };
}

}  // namespace bouncewatch
