// Cuts JSON into values without parsing them, so that a damaged one does not spoil its neighbours. Pure,
// linear.
#pragma once

#include <functional>
#include <string_view>

namespace bouncewatch {

using OnJsonText = std::function<void(std::string_view text)>;

// Calls `on_element` for each element of the array that `text` is; it may be anything but is not empty.
// False: it is no array, it does not end, or something stands behind it, and no call was made.
bool SplitJsonArray(std::string_view text, const OnJsonText& on_element);

// The same for values that stand one after another, with or without blanks between them. False: one does not
// end.
bool SplitJsonStream(std::string_view text, const OnJsonText& on_value);

}  // namespace bouncewatch
