#include "storage/reader.h"

#include <array>

namespace bouncewatch {
namespace {

constexpr std::array<std::string_view, kKeyCount> kKeyNames = {
    "domain", "ip",      "provider", "sender_domain", "cause",   "enhanced",
    "code",   "outcome", "host",     "customer",      "template"};

constexpr std::array<std::string_view, kColumnCount> kColumnNames = {"failures", "attempts", "delivered",
                                                                     "deferred", "bounced",  "expired"};

}  // namespace

std::string_view ColumnName(RankBy column) {
  return kColumnNames[static_cast<size_t>(column)];
}

std::optional<RankBy> FindColumn(std::string_view name) {
  for (size_t i = 0; i < kColumnNames.size(); ++i) {
    if (kColumnNames[i] == name) return static_cast<RankBy>(i);
  }
  return std::nullopt;
}

std::string_view KeyName(Key key) {
  return kKeyNames[static_cast<size_t>(key)];
}

std::optional<Key> FindKey(std::string_view name) {
  for (size_t i = 0; i < kKeyNames.size(); ++i) {
    if (kKeyNames[i] == name) return static_cast<Key>(i);
  }
  return std::nullopt;
}

}  // namespace bouncewatch
