// Relabelling: causes that rules of today give to answers stored under rules of before. Rows and answers stay
// as they were written; readers put these causes in the place of the stored ones, at every resolution.
//
// It belongs to answers that exist when it is made. What is counted afterwards has answers of its own, unless
// its cause is unchanged.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "storage/store.h"

namespace bouncewatch {

// Under this key of the states.
inline constexpr std::string_view kRelabellingState = "relabelling";

using Relabelling = std::map<uint32_t, std::string>;  // answer -> id of its cause

// The state that takes the place of any earlier relabelling; an empty one undoes it.
StateUpdate EncodeRelabelling(const Relabelling& causes);
// nullopt: damaged.
std::optional<Relabelling> DecodeRelabelling(std::string_view value);

}  // namespace bouncewatch
