#include "classifier/decode/civil_stamp.h"

#include <cstring>

#include "classifier/text.h"

namespace bouncewatch {
namespace {

// Two digits at the front of `text`, or -1.
int TwoDigits(std::string_view text) {
  if (text.size() < 2 || !IsDigit(text[0]) || !IsDigit(text[1])) return -1;
  return (text[0] - '0') * 10 + (text[1] - '0');
}

// "+0100", "+01:00" or "Z" at the front of `text`; *length is 0 when there is none.
int ReadZone(std::string_view text, size_t* length) {
  *length = 0;
  if (text.starts_with('Z')) {
    *length = 1;
    return 0;
  }
  if (text.size() < 5 || (text[0] != '+' && text[0] != '-')) return 0;
  const size_t colon = text[3] == ':' ? 1 : 0;
  const int hours = TwoDigits(text.substr(1)), minutes = TwoDigits(text.substr(3 + colon));
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return 0;
  *length = 5 + colon;
  return (text[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

}  // namespace

bool CivilStampParser::Parse(std::string_view text, int64_t* time_s, size_t* length) {
  if (text.size() < 19) return false;
  if (!known_ || std::memcmp(text.data(), prefix_, sizeof prefix_) != 0) {
    const int century = TwoDigits(text), year = TwoDigits(text.substr(2)), month = TwoDigits(text.substr(5)),
              day = TwoDigits(text.substr(8)), hour = TwoDigits(text.substr(11)),
              minute = TwoDigits(text.substr(14));
    if (century < 0 || year < 0 || month < 1 || day < 1 || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59 || text[4] != '-' || text[7] != '-' || (text[10] != ' ' && text[10] != 'T') ||
        text[13] != ':') {
      return false;
    }
    const absl::CivilSecond civil(century * 100 + year, month, day, hour, minute, 0);
    if (civil.month() != month || civil.day() != day) return false;  // absl would roll 30 February over
    utc_minute_s_ = civil - absl::CivilSecond(1970, 1, 1, 0, 0, 0);
    local_minute_s_ = absl::ToUnixSeconds(absl::FromCivil(civil, zone_));
    std::memcpy(prefix_, text.data(), sizeof prefix_);
    known_ = true;
  }
  const int second = TwoDigits(text.substr(17));
  if (text[16] != ':' || second < 0 || second > 60) return false;
  size_t end = 19;
  if (end < text.size() && text[end] == '.') {
    ++end;
    while (end < text.size() && IsDigit(text[end])) ++end;
  }
  const size_t blank = end < text.size() && text[end] == ' ' ? 1 : 0;
  size_t zone_length = 0;
  const int offset_s = ReadZone(text.substr(end + blank), &zone_length);
  if (zone_length == 0) {
    *time_s = local_minute_s_ + second;
  } else {
    *time_s = utc_minute_s_ + second - offset_s;
    end += blank + zone_length;
  }
  *length = end;
  return true;
}

}  // namespace bouncewatch
