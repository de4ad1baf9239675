#include "storage/key_values.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_format.h"
#include "classifier/reply.h"
#include "classifier/status_macros.h"
#include "storage/dictionary.h"

namespace bouncewatch {
namespace {

constexpr std::initializer_list<Key> kLaneKeys = {Key::kIp, Key::kSenderDomain, Key::kCustomer, Key::kHost};
constexpr std::initializer_list<Key> kAnswerKeys = {Key::kProvider, Key::kCause,   Key::kEnhanced,
                                                    Key::kCode,     Key::kOutcome, Key::kTemplate};

bool IsIn(Key key, std::initializer_list<Key> keys) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

template <typename T>
uint32_t& At(T& values, Key key) {
  return values[static_cast<size_t>(key)];
}

absl::Status Damaged(std::string_view what) {
  return absl::DataLossError(absl::StrFormat("store: damaged %s", what));
}

}  // namespace

bool KeyValues::Filter::Matches(std::string_view text) const {
  if (exact.find(text) != exact.end()) return true;
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const std::string& prefix) { return text.starts_with(prefix); });
}

KeyValues::KeyValues(const Snapshot& snapshot, const Meta& meta, const QuerySpec& spec)
    : snapshot_(snapshot), meta_(meta), entries_(snapshot) {
  for (Key key : spec.by) {
    by_[static_cast<size_t>(key)] = true;
    lanes_matter_ |= IsIn(key, kLaneKeys);
  }
  for (const KeyFilter& where : spec.where) {
    Filter filter;
    for (const std::string& value : where.values) {
      if (value.ends_with('*')) {
        filter.prefixes.push_back(value.substr(0, value.size() - 1));
      } else {
        filter.exact.insert(value);
      }
    }
    filters_[static_cast<size_t>(where.key)].push_back(std::move(filter));
    lanes_matter_ |= IsIn(where.key, kLaneKeys);
  }
  if (lanes_matter_) lanes_.assign(meta.next_id[static_cast<size_t>(Kind::kLane)], kUnknown);
  answers_.assign(meta.next_id[static_cast<size_t>(Kind::kAnswer)],
                  AnswerUse{kUnknown, 0, Outcome::kDelivered});
}

absl::StatusOr<std::optional<DomainSet>> KeyValues::Domains() {
  const std::vector<Filter>& filters = filters_[static_cast<size_t>(Key::kDomain)];
  if (filters.empty()) return std::optional<DomainSet>();
  DomainSet domains(meta_.next_id[static_cast<size_t>(Kind::kDomain)]);
  if (filters.size() != 1 || !filters[0].prefixes.empty()) {
    RETURN_IF_ERROR(AddMatchingDomains(0, &domains));
  } else {
    ASSIGN_OR_RETURN(const bool all_found, AddIndexedDomains(filters[0], &domains));
    const uint32_t indexed = meta_.indexed_id[static_cast<size_t>(Kind::kDomain)];
    if (!all_found) RETURN_IF_ERROR(AddMatchingDomains(indexed, &domains));
  }
  return std::optional(std::move(domains));
}

absl::StatusOr<bool> KeyValues::AddIndexedDomains(const Filter& filter, DomainSet* domains) {
  bool all_found = true;
  for (const std::string& name : filter.exact) {
    if (name.empty()) {
      domains->Insert(0);
      continue;
    }
    ASSIGN_OR_RETURN(const std::optional<std::string> stored,
                     snapshot_.Get(IndexKey(EntryHash(Kind::kDomain, name, meta_.hash_seed))));
    if (!stored.has_value()) {
      all_found = false;
      continue;
    }
    const std::optional<uint32_t> id = DecodeIndex(*stored);
    if (!id.has_value()) return Damaged("dictionary index");
    domains->Insert(*id);
  }
  return all_found;
}

// Reads the names in the order of their ids: rows would ask for them page by page many times over.
absl::Status KeyValues::AddMatchingDomains(uint32_t first, DomainSet* domains) {
  const std::vector<Filter>& filters = filters_[static_cast<size_t>(Key::kDomain)];
  for (uint32_t id = first; id < meta_.next_id[static_cast<size_t>(Kind::kDomain)]; ++id) {
    ASSIGN_OR_RETURN(const std::string_view name, entries_.Find(Kind::kDomain, id));
    if (std::all_of(filters.begin(), filters.end(), [&](const Filter& f) { return f.Matches(name); })) {
      domains->Insert(id);
    }
  }
  return absl::OkStatus();
}

// Neighbours are looked at together, since finding their page is most of the work.
absl::StatusOr<uint32_t> KeyValues::LookAtLane(uint32_t lane) {
  if (lane >= lanes_.size()) return Damaged("lane of a row");
  if (lane == 0) {
    ASSIGN_OR_RETURN(lanes_[0], GroupOfLane(EncodeLane({})));
    return lanes_[0];
  }
  ASSIGN_OR_RETURN(const Entries::Page* const page, entries_.FindPage(Kind::kLane, lane));
  for (size_t i = 0; i < page->entries.size() && page->first + i < lanes_.size(); ++i) {
    ASSIGN_OR_RETURN(lanes_[page->first + i], GroupOfLane(page->entries[i]));
  }
  return lanes_[lane];
}

absl::StatusOr<uint32_t> KeyValues::GroupOfLane(std::string_view bytes) {
  const std::optional<LaneRecord> record = DecodeLane(bytes);
  if (!record.has_value()) return Damaged("lane");
  Values values{};
  At(values, Key::kIp) = record->ip;
  At(values, Key::kSenderDomain) = record->sender;
  At(values, Key::kCustomer) = record->customer;
  At(values, Key::kHost) = record->host;
  return GroupOf(values, kLaneKeys, &lane_groups_);
}

absl::StatusOr<uint32_t> KeyValues::GroupOfName(Marginal marginal, uint32_t name) {
  if (!lanes_matter_) return 1;
  const auto known = names_.find(name);
  if (known != names_.end()) return known->second;
  constexpr std::array<Key, kMarginalCount> kKeys = {Key::kDomain, Key::kIp, Key::kSenderDomain,
                                                     Key::kCustomer, Key::kHost};
  Values values{};
  At(values, kKeys[static_cast<size_t>(marginal)]) = name;
  ASSIGN_OR_RETURN(const uint32_t group, GroupOf(values, kLaneKeys, &lane_groups_));
  names_.emplace(name, group);
  return group;
}

absl::Status KeyValues::LoadRelabelling() {
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, snapshot_.Get(StateKey(kRelabellingState)));
  relabelling_.emplace();
  if (!stored.has_value()) return absl::OkStatus();
  relabelling_ = DecodeRelabelling(*stored);
  return relabelling_.has_value() ? absl::OkStatus() : Damaged("relabelling");
}

absl::StatusOr<const KeyValues::AnswerUse*> KeyValues::LookAtAnswer(uint32_t answer) {
  if (!relabelling_.has_value()) RETURN_IF_ERROR(LoadRelabelling());
  if (answer >= answers_.size() || answer == 0) return Damaged("answer of a row");
  ASSIGN_OR_RETURN(const std::string_view bytes, entries_.Find(Kind::kAnswer, answer));
  const std::optional<AnswerRecord> record = DecodeAnswer(bytes);
  if (!record.has_value()) return Damaged("answer");
  AnswerUse use;
  use.outcome = record->outcome;
  if (IsCounted(record->outcome, record->origin)) {
    const auto relabelled = relabelling_->find(answer);
    const std::string_view cause =
        relabelled == relabelling_->end() ? record->cause : std::string_view(relabelled->second);
    use.cause = causes_.Intern(cause, HashName(cause, 0));
    Values values{};
    At(values, Key::kProvider) = record->provider;
    At(values, Key::kCause) = use.cause;
    At(values, Key::kEnhanced) = record->enhanced;
    At(values, Key::kCode) = record->code;
    At(values, Key::kOutcome) = static_cast<uint32_t>(record->outcome);
    At(values, Key::kTemplate) = record->template_id;
    ASSIGN_OR_RETURN(use.group, GroupOf(values, kAnswerKeys, &answer_groups_));
  }
  answers_[answer] = use;
  return &answers_[answer];
}

// Number of the group, from 1; 0 when a filter drops it. Keys that the query does not group by are left out
// of it.
absl::StatusOr<uint32_t> KeyValues::GroupOf(const Values& values, std::initializer_list<Key> keys,
                                            Interner* groups) {
  Values group{};
  for (Key key : keys) {
    const uint32_t value = values[static_cast<size_t>(key)];
    ASSIGN_OR_RETURN(const bool passes, Passes(key, value));
    if (!passes) return 0u;
    if (by_[static_cast<size_t>(key)]) At(group, key) = value;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(group.data()), sizeof(group));
  return groups->Intern(bytes, HashName(bytes, 0));
}

absl::StatusOr<bool> KeyValues::Passes(Key key, uint32_t value) {
  const std::vector<Filter>& filters = filters_[static_cast<size_t>(key)];
  if (filters.empty()) return true;
  const auto [it, fresh] = verdicts_[static_cast<size_t>(key)].try_emplace(value, false);
  if (fresh) {
    ASSIGN_OR_RETURN(const std::string text, ValueText(key, value));
    it->second = std::all_of(filters.begin(), filters.end(),
                             [&](const Filter& filter) { return filter.Matches(text); });
  }
  return it->second;
}

absl::StatusOr<std::string> KeyValues::Text(Key key, uint32_t domain, uint32_t lane_group,
                                            uint32_t answer_group) {
  if (key == Key::kDomain) return ValueText(key, domain);
  const std::string_view bytes =
      IsIn(key, kLaneKeys) ? lane_groups_.text(lane_group) : answer_groups_.text(answer_group);
  Values values{};
  std::memcpy(values.data(), bytes.data(), sizeof(values));
  return ValueText(key, At(values, key));
}

absl::StatusOr<std::string> KeyValues::ValueText(Key key, uint32_t value) {
  const auto name = [&](Kind kind) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const std::string_view bytes, entries_.Find(kind, value));
    return std::string(bytes);
  };
  switch (key) {
    case Key::kDomain:
      return name(Kind::kDomain);
    case Key::kIp:
      return name(Kind::kIp);
    case Key::kProvider:
      return name(Kind::kProvider);
    case Key::kSenderDomain:
      return name(Kind::kSender);
    case Key::kHost:
      return name(Kind::kHost);
    case Key::kCustomer:
      return name(Kind::kCustomer);
    case Key::kCause:
      return std::string(causes_.text(value));
    case Key::kEnhanced:
      return EnhancedCode::Unpack(value).ToString();
    case Key::kCode:
      return value == 0 ? std::string() : std::to_string(value);
    case Key::kOutcome:
      return std::string(OutcomeName(static_cast<Outcome>(value)));
    case Key::kTemplate: {
      if (value == 0) return std::string();
      ASSIGN_OR_RETURN(const std::string_view bytes, entries_.Find(Kind::kTemplate, value));
      const std::optional<StoredTemplate> stored = DecodeTemplate(bytes);
      if (!stored.has_value()) return Damaged("template");
      return absl::StrFormat("%016x", stored->id);
    }
  }
  __builtin_unreachable();
}

}  // namespace bouncewatch
