#include "storage/tally.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "classifier/status_macros.h"

namespace bouncewatch {

std::pair<uint64_t, uint64_t> RankOf(RankBy sort, uint64_t delivered, uint64_t deferred, uint64_t bounced,
                                     uint64_t expired) {
  const uint64_t attempts = delivered + deferred + bounced;
  switch (sort) {
    case RankBy::kFailures:
      return {deferred + bounced, attempts};
    case RankBy::kAttempts:
      return {attempts, attempts};
    case RankBy::kDelivered:
      return {delivered, attempts};
    case RankBy::kDeferred:
      return {deferred, attempts};
    case RankBy::kBounced:
      return {bounced, attempts};
    case RankBy::kExpired:
      return {expired, attempts};
  }
  __builtin_unreachable();
}

void Tally::Add(uint32_t domain, uint32_t lane_group, const KeyValues::AnswerUse& answer, uint64_t bucket,
                uint64_t count) {
  const uint32_t series = series_.Index((uint64_t{domain} << 32) | lane_group, answer.group);
  const uint32_t cell = cells_.Index(series, bucket);
  if (cell == counts_.size()) counts_.emplace_back();
  Counts& counts = counts_[cell];
  switch (answer.outcome) {
    case Outcome::kDelivered:
      counts.delivered += count;
      return;
    case Outcome::kExpired:
      counts.expired += count;
      return;
    case Outcome::kDeferred:
      counts.deferred += count;
      break;
    case Outcome::kBounced:
      counts.bounced += count;
      break;
    case Outcome::kEcho:
    case Outcome::kProbe:
    case Outcome::kOutOfBand:
    case Outcome::kComplaint:
    case Outcome::kDropped:
      return;
  }
  const uint32_t cause = cause_cells_.Index(cell, answer.cause);
  if (cause == cause_counts_.size()) cause_counts_.push_back(0);
  cause_counts_[cause] += count;
}

// With those that tie with the last one, since the key decides among equals.
std::vector<Tally::Ranked> Tally::Best(RankBy sort, size_t count) const {
  std::vector<Ranked> all(series_.size());
  for (uint32_t i = 0; i < all.size(); ++i) all[i].series = i;
  for (size_t cell = 0; cell < cells_.size(); ++cell) {
    auto& [first, second] = all[cells_[cell].a].rank;
    const Counts& counts = counts_[cell];
    const auto rank = RankOf(sort, counts.delivered, counts.deferred, counts.bounced, counts.expired);
    first += rank.first;
    second += rank.second;
  }
  if (count == 0 || all.size() <= count) return all;
  const auto last = all.begin() + static_cast<std::ptrdiff_t>(count - 1);
  std::nth_element(all.begin(), last, all.end(),
                   [](const Ranked& a, const Ranked& b) { return a.rank > b.rank; });
  const auto bar = last->rank;
  std::erase_if(all, [&](const Ranked& ranked) { return ranked.rank < bar; });
  return all;
}

absl::StatusOr<QueryResult> Tally::Rank(const QuerySpec& spec, int64_t bucket_s, int64_t first_s,
                                        KeyValues* values) const {
  std::vector<Ranked> ranked = Best(spec.sort, spec.limit == 0 ? 0 : spec.offset + spec.limit);
  // Names are stored in the order of ids: ask for them in that order.
  std::sort(ranked.begin(), ranked.end(),
            [&](const Ranked& a, const Ranked& b) { return series_[a.series].a < series_[b.series].a; });
  for (Ranked& one : ranked) {
    const TupleMap::Tuple& tuple = series_[one.series];
    for (Key key : spec.by) {
      ASSIGN_OR_RETURN(std::string text,
                       values->Text(key, static_cast<uint32_t>(tuple.a >> 32), static_cast<uint32_t>(tuple.a),
                                    static_cast<uint32_t>(tuple.b)));
      one.key.emplace_back(key, std::move(text));
    }
  }
  std::sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    return std::tie(b.rank, a.key) < std::tie(a.rank, b.key);
  });
  ranked.erase(ranked.begin(), ranked.begin() + static_cast<ptrdiff_t>(std::min(spec.offset, ranked.size())));
  if (spec.limit != 0 && ranked.size() > spec.limit) ranked.resize(spec.limit);
  QueryResult result;
  result.series_total = series_.size();
  FillPoints(ranked, bucket_s, first_s, *values, &result.series);
  for (size_t i = 0; i < ranked.size(); ++i) result.series[i].key = std::move(ranked[i].key);
  return result;
}

void Tally::FillPoints(const std::vector<Ranked>& ranked, int64_t bucket_s, int64_t first_s,
                       const KeyValues& values, std::vector<Series>* out) const {
  constexpr uint32_t kNotShown = UINT32_MAX;
  std::vector<uint32_t> place(series_.size(), kNotShown);
  for (uint32_t i = 0; i < ranked.size(); ++i) place[ranked[i].series] = i;
  out->resize(ranked.size());
  std::vector<uint32_t> point_of(cells_.size());
  for (size_t cell = 0; cell < cells_.size(); ++cell) {
    const uint32_t series = place[cells_[cell].a];
    if (series == kNotShown) continue;
    const Counts& counts = counts_[cell];
    std::vector<Point>& points = (*out)[series].points;
    point_of[cell] = static_cast<uint32_t>(points.size());
    Point& point = points.emplace_back();
    point.t_s = bucket_s == 0 ? first_s : static_cast<int64_t>(cells_[cell].b) * bucket_s;
    point.attempts = counts.attempts();
    point.delivered = counts.delivered;
    point.deferred = counts.deferred;
    point.bounced = counts.bounced;
    point.expired = counts.expired;
  }
  for (size_t i = 0; i < cause_cells_.size(); ++i) {
    const uint64_t cell = cause_cells_[i].a;
    const uint32_t series = place[cells_[cell].a];
    if (series == kNotShown) continue;
    const std::string_view cause = values.CauseText(static_cast<uint32_t>(cause_cells_[i].b));
    (*out)[series].points[point_of[cell]].causes[std::string(cause)] += cause_counts_[i];
  }
  for (Series& series : *out) {
    std::sort(series.points.begin(), series.points.end(),
              [](const Point& a, const Point& b) { return a.t_s < b.t_s; });
  }
}

}  // namespace bouncewatch
