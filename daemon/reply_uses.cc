#include "daemon/reply_uses.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"

namespace bouncewatch {
namespace {

constexpr int64_t kDayS = 86'400;
constexpr int64_t kMinutesKeptS = 47 * 3600;  // the store keeps minutes for two days, whole hours of them

using UseKey = std::pair<uint64_t, std::string>;  // template, provider

QuerySpec SpecOf(int64_t from_s, int64_t to_s, int64_t step_s) {
  QuerySpec spec;
  spec.by = {Key::kTemplate, Key::kProvider};
  spec.from_s = from_s;
  spec.to_s = to_s;
  spec.step_s = step_s;
  return spec;
}

// nullopt: a series of deliveries, which have no template.
std::optional<UseKey> KeyOf(const Series& series) {
  const std::string& text = series.key[0].second;
  uint64_t id = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), id, 16);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size() || id == 0) return std::nullopt;
  return UseKey(id, series.key[1].second);
}

uint64_t FailuresOf(const Series& series) {
  uint64_t sum = 0;
  for (const Point& point : series.points) sum += point.failures();
  return sum;
}

}  // namespace

absl::StatusOr<std::vector<ReplyUse>> CountReplies(Reader* reader) {
  QuerySpec spec = SpecOf(0, reader->newest_event_s() + 60, kDayS);
  spec.limit = kMaxReplyUses;
  ASSIGN_OR_RETURN(const QueryResult result, reader->Query(spec));
  std::vector<ReplyUse> uses;
  std::map<UseKey, size_t> wanted;
  for (const Series& series : result.series) {
    const std::optional<UseKey> key = KeyOf(series);
    const uint64_t count = FailuresOf(series);
    if (!key || count == 0) continue;
    wanted.emplace(*key, uses.size());
    ReplyUse& use = uses.emplace_back();
    use.template_id = key->first;
    use.provider = key->second;
    use.count = count;
    use.first_s = series.points.front().t_s;
    use.last_s = series.points.back().t_s;
  }
  // What decides a verdict stands with the answers; the newest of a reply speaks for all of its stages.
  RETURN_IF_ERROR(reader->VisitReplies([&](const StoredReply& stored) {
    const auto found = wanted.find({stored.template_id, std::string(stored.provider)});
    if (found == wanted.end()) return true;
    ReplyUse& use = uses[found->second];
    use.phase = stored.phase;
    use.text = std::string(stored.text);
    use.example = std::string(stored.example);
    wanted.erase(found);
    return !wanted.empty();
  }));
  return uses;
}

absl::Status RefineTimes(Reader* reader, int64_t step_s, std::vector<ReplyUse>* uses) {
  const int64_t end_s = reader->newest_event_s() + 60;
  const int64_t from_s = std::max<int64_t>(0, (end_s - kMinutesKeptS) / 3600 * 3600);
  QuerySpec spec = SpecOf(from_s, end_s, step_s);
  spec.limit = 0;
  KeyFilter templates{Key::kTemplate, {}};
  std::map<UseKey, ReplyUse*> by_key;
  for (ReplyUse& use : *uses) {
    templates.values.push_back(absl::StrFormat("%016x", use.template_id));
    by_key.emplace(UseKey(use.template_id, use.provider), &use);
  }
  if (uses->empty()) return absl::OkStatus();
  spec.where.push_back(std::move(templates));
  ASSIGN_OR_RETURN(const QueryResult result, reader->Query(spec));
  for (const Series& series : result.series) {
    const std::optional<UseKey> key = KeyOf(series);
    const auto found = key ? by_key.find(*key) : by_key.end();
    if (found == by_key.end() || series.points.empty()) continue;
    ReplyUse& use = *found->second;
    use.last_s = series.points.back().t_s;
    if (FailuresOf(series) == use.count) use.first_s = series.points.front().t_s;  // all of it is here
  }
  return absl::OkStatus();
}

}  // namespace bouncewatch
