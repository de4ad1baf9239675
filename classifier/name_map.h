// NameMap: short names to values, for look-ups that are made once a line. Not for names that senders of mail
// may aim at one slot: the hash has no secret. Values move when the map grows.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "classifier/name_hash.h"

namespace bouncewatch {

struct NameMapHash {
  using is_transparent = void;
  size_t operator()(std::string_view name) const {
    constexpr HashKey kKey(0);
    return HashName(name, kKey);
  }
};
template <typename T>
using NameMap = absl::flat_hash_map<std::string, T, NameMapHash, std::equal_to<>>;

}  // namespace bouncewatch
