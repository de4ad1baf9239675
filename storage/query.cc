#include "storage/query.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "storage/block.h"
#include "storage/database.h"
#include "storage/key_values.h"
#include "storage/keys.h"
#include "storage/marginal.h"
#include "storage/plan.h"
#include "storage/tally.h"

namespace bouncewatch {
namespace {

std::string_view View(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

constexpr size_t kBestMax = 5000, kDenseDomainsMax = 2'000'000;

// One run over the store for one question.
class Scan {
 public:
  Scan(const Snapshot& snapshot, const Meta& meta, const QuerySpec& spec, Plan plan)
      : snapshot_(snapshot),
        meta_(meta),
        spec_(spec),
        plan_(std::move(plan)),
        values_(snapshot, meta, spec) {}

  absl::StatusOr<QueryResult> Run() {
    std::optional<size_t> all_domains;
    if (plan_.begin < plan_.end) {
      ASSIGN_OR_RETURN(domains_, values_.Domains());
      it_ = snapshot_.NewIterator();
      if (RanksDomains()) {
        ASSIGN_OR_RETURN(all_domains, NarrowToBest());
      }
      RETURN_IF_ERROR(ScanAll());
    }
    ASSIGN_OR_RETURN(QueryResult result, tally_.Rank(spec_, spec_.step_s, plan_.begin * 60, &values_));
    if (all_domains.has_value()) result.series_total = *all_domains;
    return result;
  }

 private:
  // By place in kSummedOutcomes.
  using Totals = std::array<uint64_t, kSummedOutcomes.size()>;

  // Few of many domains are wanted, whatever their answers: then a first pass over sums alone finds which.
  bool RanksDomains() const {
    return spec_.by == std::vector<Key>{Key::kDomain} && spec_.step_s == 0 && !plan_.buckets.empty() &&
           spec_.limit > 0 && spec_.limit + spec_.offset <= kBestMax && DomainCount() <= kDenseDomainsMax &&
           std::all_of(spec_.where.begin(), spec_.where.end(),
                       [](const KeyFilter& filter) { return filter.key == Key::kDomain; });
  }
  size_t DomainCount() const { return meta_.next_id[static_cast<size_t>(Kind::kDomain)]; }

  // Narrows domains_ to those that may be shown, and returns how many there are to choose from.
  absl::StatusOr<size_t> NarrowToBest() {
    totals_.assign(DomainCount(), Totals{});
    RETURN_IF_ERROR(ScanAll());
    std::vector<std::pair<std::pair<uint64_t, uint64_t>, uint32_t>> ranked;
    for (uint32_t domain = 0; domain < totals_.size(); ++domain) {
      const auto [delivered, deferred, bounced, expired] = totals_[domain];
      if ((delivered | deferred | bounced | expired) == 0) continue;
      ranked.push_back({RankOf(spec_.sort, delivered, deferred, bounced, expired), domain});
    }
    totals_.clear();
    const size_t all = ranked.size(), wanted = spec_.offset + spec_.limit;
    if (all > wanted) {
      const auto last = ranked.begin() + static_cast<ptrdiff_t>(wanted - 1);
      std::nth_element(ranked.begin(), last, ranked.end(), std::greater<>());
      const auto bar = last->first;  // its equals stay: the name decides among them
      std::erase_if(ranked, [&](const auto& one) { return one.first < bar; });
    }
    DomainSet best(static_cast<uint32_t>(DomainCount()));
    for (const auto& [rank, domain] : ranked) best.Insert(domain);
    domains_ = std::move(best);
    return all;
  }

  absl::Status ScanAll() {
    for (const BucketRange& range : plan_.buckets) RETURN_IF_ERROR(ScanMarginals(range));
    for (const MinuteRange& range : plan_.minutes) RETURN_IF_ERROR(ScanBlocks(range));
    return ScanDeltas();
  }

  absl::Status AddToTotals(uint32_t domain, Outcome outcome, uint64_t count) {
    const auto summed = std::find(kSummedOutcomes.begin(), kSummedOutcomes.end(), outcome);
    if (domain >= totals_.size() || summed == kSummedOutcomes.end()) return absl::OkStatus();
    totals_[domain][static_cast<size_t>(summed - kSummedOutcomes.begin())] += count;
    return absl::OkStatus();
  }
  void AddSums(const MarginalView& view) {
    uint32_t name = view.first_name();
    for (size_t i = 0; i < view.names(); ++i) {
      name += view.step(i);
      if (!Wanted(name) || name >= totals_.size()) continue;
      for (size_t outcome = 0; outcome < kSummedOutcomes.size(); ++outcome) {
        totals_[name][outcome] += view.sum(outcome, i);
      }
    }
  }

  absl::Status ScanMarginals(const BucketRange& range) {
    const Marginal marginal = plan_.marginal;
    const uint32_t parts = PartCount(marginal, meta_.next_id[static_cast<size_t>(KindOf(marginal))]);
    for (uint32_t part = 0; part < parts; ++part) {
      if (marginal == Marginal::kDomain && domains_.has_value() && !domains_->HasShard(part)) continue;
      for (it_->Seek(MarginalKey({range.resolution, marginal, part, range.begin})); it_->Valid();
           it_->Next()) {
        const std::optional<MarginalAddress> address = ParseMarginalKey(View(it_->key()));
        if (!address.has_value() || address->resolution != range.resolution ||
            address->marginal != marginal || address->part != part || address->bucket >= range.end) {
          break;
        }
        ASSIGN_OR_RETURN(const MarginalView view, MarginalView::Parse(View(it_->value()), marginal, part));
        RETURN_IF_ERROR(CountMarginal(*address, view));
      }
      RETURN_IF_ERROR(ToStatus(it_->status(), "read store"));
    }
    return absl::OkStatus();
  }

  absl::Status CountMarginal(const MarginalAddress& address, const MarginalView& view) {
    if (!totals_.empty()) {
      AddSums(view);
      return absl::OkStatus();
    }
    const int64_t bucket_s = address.resolution == Resolution::kHour ? 3600 : 86'400;
    const uint64_t bucket = BucketOf(int64_t{address.bucket} * bucket_s);
    uint32_t name = view.first_name();
    size_t row = 0;
    for (size_t i = 0; i < view.names(); ++i) {
      name += view.step(i);
      const size_t begin = row, end = row + view.length(i);
      row = end;
      uint32_t domain = 0, name_group = 1;
      if (address.marginal == Marginal::kDomain) {
        if (!Wanted(name)) continue;
        domain = name;
      } else {
        ASSIGN_OR_RETURN(name_group, values_.GroupOfName(address.marginal, name));
        if (name_group == 0) continue;
      }
      for (size_t r = begin; r < end; ++r) {
        ASSIGN_OR_RETURN(const KeyValues::AnswerUse* const answer, values_.Answer(view.answer(r)));
        if (answer->group == 0) continue;
        RETURN_IF_ERROR(Add(domain, name_group, *answer, bucket, view.count(r)));
      }
    }
    return absl::OkStatus();
  }

  absl::Status ScanBlocks(const MinuteRange& range) {
    const uint32_t first_hour = static_cast<uint32_t>(range.begin / 60);
    const uint32_t last_hour = static_cast<uint32_t>((range.end - 1) / 60);
    for (uint32_t shard = 0; shard < kShardCount; ++shard) {
      if (domains_.has_value() && !domains_->HasShard(shard)) continue;
      for (it_->Seek(BlockKey(shard, first_hour)); it_->Valid(); it_->Next()) {
        const std::optional<BlockAddress> address = ParseBlockKey(View(it_->key()));
        if (!address.has_value() || address->shard != shard || address->hour > last_hour) break;
        ASSIGN_OR_RETURN(const BlockView block, BlockView::Parse(View(it_->value()), shard));
        for (const BlockView::Run& run : block.runs()) {
          if (!Wanted(run.domain)) continue;
          for (size_t i = run.begin; i < run.end; ++i) {
            RETURN_IF_ERROR(Count(range, address->hour, run.domain, block, i));
          }
        }
      }
      RETURN_IF_ERROR(ToStatus(it_->status(), "read store"));
    }
    return absl::OkStatus();
  }

  // What is not folded yet is in no marginal.
  absl::Status ScanDeltas() {
    const MinuteRange all = {plan_.begin, plan_.end};
    const uint32_t last_hour = static_cast<uint32_t>((plan_.end - 1) / 60);
    for (it_->Seek(DeltaKey(static_cast<uint32_t>(plan_.begin / 60), 0)); it_->Valid(); it_->Next()) {
      const std::optional<DeltaAddress> address = ParseDeltaKey(View(it_->key()));
      if (!address.has_value() || address->hour > last_hour) break;
      ASSIGN_OR_RETURN(const DeltaView delta, DeltaView::Parse(View(it_->value())));
      for (size_t i = 0; i < delta.rows(); ++i) {
        if (Wanted(delta.domain(i))) RETURN_IF_ERROR(Count(all, address->hour, delta.domain(i), delta, i));
      }
    }
    return ToStatus(it_->status(), "read store");
  }

  bool Wanted(uint32_t domain) const { return !domains_.has_value() || domains_->Contains(domain); }
  uint64_t BucketOf(int64_t time_s) const {
    return spec_.step_s == 0 ? 0 : static_cast<uint64_t>(time_s / spec_.step_s);
  }

  absl::Status Count(const MinuteRange& range, uint32_t hour, uint32_t domain, const RowColumns& rows,
                     size_t i) {
    const int64_t minute = int64_t{hour} * 60 + rows.minute(i);
    if (minute < range.begin || minute >= range.end) return absl::OkStatus();
    ASSIGN_OR_RETURN(const KeyValues::AnswerUse* const answer, values_.Answer(rows.answer(i)));
    if (answer->group == 0) return absl::OkStatus();
    std::optional<uint32_t> lane_group = values_.KnownLaneGroup(rows.lane(i));
    if (!lane_group.has_value()) {
      ASSIGN_OR_RETURN(lane_group, values_.LookAtLane(rows.lane(i)));
    }
    if (*lane_group == 0) return absl::OkStatus();
    return Add(domain, *lane_group, *answer, BucketOf(minute * 60), rows.count(i));
  }

  absl::Status Add(uint32_t domain, uint32_t lane_group, const KeyValues::AnswerUse& answer, uint64_t bucket,
                   uint64_t count) {
    if (!totals_.empty()) return AddToTotals(domain, answer.outcome, count);
    tally_.Add(values_.by_domain() ? domain : 0, lane_group, answer, bucket, count);
    if (tally_.cells() <= kMaxQueryCells) return absl::OkStatus();
    return absl::ResourceExhaustedError(absl::StrFormat(
        "query: the answer would hold more than %d points; ask for fewer keys, a longer step or less time",
        kMaxQueryCells));
  }

  const Snapshot& snapshot_;
  const Meta& meta_;
  const QuerySpec& spec_;
  const Plan plan_;
  KeyValues values_;
  Tally tally_;
  std::optional<DomainSet> domains_;
  std::vector<Totals> totals_;  // by domain, in the first pass of two; else empty
  std::unique_ptr<rocksdb::Iterator> it_;
};

}  // namespace

absl::StatusOr<QueryResult> RunQuery(const Snapshot& snapshot, const QuerySpec& spec) {
  ASSIGN_OR_RETURN(const Meta meta, snapshot.GetMeta());
  ASSIGN_OR_RETURN(Plan plan, MakePlan(meta, spec));
  return Scan(snapshot, meta, spec, std::move(plan)).Run();
}

}  // namespace bouncewatch
