// Events as text, one a line, for tests that compare many of them at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "classifier/decode/decoder.h"

namespace bouncewatch {

// "time=1 outcome=bounced to=example.org ... reply=550 5.7.1 x": what is empty or 1 (repeat) is left out.
std::string EventText(const DeliveryEvent& event);

// All events of `lines`, decoded in pieces of whole lines that are at most `piece` bytes long, or one line.
std::vector<std::string> EventTexts(Decoder* decoder, std::string_view lines, size_t piece, FileState* file);

}  // namespace bouncewatch
