#include "classifier/decode/syslog_header.h"

#include <cstring>

#include "classifier/decode/scan.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

// Two digits at p, or -1.
int TwoDigits(const char* p) {
  if (!IsDigit(p[0]) || !IsDigit(p[1])) return -1;
  return (p[0] - '0') * 10 + (p[1] - '0');
}

int MonthNumber(const char* p) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  for (size_t m = 0; m < 12; ++m) {
    if (std::memcmp(kMonths.data() + m * 3, p, 3) == 0) return static_cast<int>(m) + 1;
  }
  return 0;
}

// False for days that do not exist: absl would roll 30 February over into March.
bool IsRealDay(const absl::CivilDay& day, int month, int mday) {
  return day.month() == month && day.day() == mday;
}

constexpr int64_t kDay = 86400;

}  // namespace

bool SyslogHeaderParser::ParseIso(std::string_view text, int64_t* time_s, size_t* length) {
  if (text.size() < 20) return false;
  const char* p = text.data();
  if (!iso_valid_ || std::memcmp(p, iso_prefix_, sizeof iso_prefix_) != 0) {
    const int century = TwoDigits(p), year = TwoDigits(p + 2), month = TwoDigits(p + 5),
              day = TwoDigits(p + 8);
    const int hour = TwoDigits(p + 11), minute = TwoDigits(p + 14);
    if (century < 0 || year < 0 || month < 1 || day < 1 || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59 || p[4] != '-' || p[7] != '-' || (p[10] != 'T' && p[10] != ' ') || p[13] != ':') {
      return false;
    }
    const absl::CivilDay civil(century * 100 + year, month, day);
    if (!IsRealDay(civil, month, day)) return false;
    iso_minute_s_ = (civil - absl::CivilDay(1970, 1, 1)) * kDay + hour * 3600 + minute * 60;
    std::memcpy(iso_prefix_, p, sizeof iso_prefix_);
    iso_valid_ = true;
  }
  const int second = TwoDigits(p + 17);
  if (p[16] != ':' || second < 0 || second > 60) return false;
  size_t i = 19;
  if (text[i] == '.' || text[i] == ',') {
    ++i;
    // Six digits is what every writer of this form prints; others are walked over.
    if (text.size() > 26 && (text[26] == '+' || text[26] == '-' || text[26] == 'Z')) i = 26;
    while (i < text.size() && IsDigit(text[i])) ++i;
  }
  if (i >= text.size()) return false;
  int64_t offset_s = 0;
  if (text[i] == 'Z' || text[i] == 'z') {
    ++i;
  } else if (text[i] == '+' || text[i] == '-') {
    if (i + 5 > text.size()) return false;
    const size_t colon = text[i + 3] == ':' ? 1 : 0;
    if (i + 5 + colon > text.size()) return false;
    const int hours = TwoDigits(p + i + 1), minutes = TwoDigits(p + i + 3 + colon);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return false;
    offset_s = (text[i] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    i += 5 + colon;
  } else {
    return false;
  }
  *time_s = iso_minute_s_ + second - offset_s;
  *length = i;
  return true;
}

bool SyslogHeaderParser::ParseTraditional(std::string_view text, YearAnchor* anchor, int64_t* time_s,
                                          size_t* length) {
  if (text.size() < 15) return false;
  const char* p = text.data();
  const int second = TwoDigits(p + 13);
  if (p[12] != ':' || second < 0 || second > 60) return false;
  *length = 15;
  if (traditional_year_ != 0 && anchor->year == traditional_year_ && anchor->month == traditional_month_ &&
      std::memcmp(p, traditional_prefix_, sizeof traditional_prefix_) == 0) {
    *time_s = traditional_minute_s_ + second;
    return true;
  }
  const int month = MonthNumber(p);
  const int day = p[4] == ' ' ? (IsDigit(p[5]) ? p[5] - '0' : -1) : TwoDigits(p + 4);
  const int hour = TwoDigits(p + 7), minute = TwoDigits(p + 10);
  if (month == 0 || p[3] != ' ' || day < 1 || p[6] != ' ' || hour < 0 || hour > 23 || p[9] != ':' ||
      minute < 0 || minute > 59) {
    return false;
  }
  int64_t year = anchor->year;
  bool moves_on = true;
  const auto instant_of = [&](int64_t y) {
    return absl::ToUnixSeconds(absl::FromCivil(absl::CivilSecond(y, month, day, hour, minute, 0), timezone_));
  };
  if (year == 0) {
    // The latest year in which this stamp is not in the future of the anchor; a day of slack for zones and
    // slow writers.
    year = absl::ToCivilYear(absl::FromUnixSeconds(anchor->not_after_s), timezone_).year();
    if (instant_of(year) > anchor->not_after_s + kDay) --year;
    for (int back = 0; back < 8 && !IsRealDay(absl::CivilDay(year, month, day), month, day); ++back)
      --year;  // Feb 29
  } else if (anchor->month != 0 && month < anchor->month - 6) {
    ++year;  // December to January
  } else if (anchor->month != 0 && month > anchor->month + 6) {
    --year;  // a late line of December
    moves_on = false;
  }
  if (!IsRealDay(absl::CivilDay(year, month, day), month, day)) return false;
  const int64_t minute_s = instant_of(year);
  if (moves_on) {
    anchor->year = static_cast<int16_t>(year);
    anchor->month = static_cast<int8_t>(month);
    std::memcpy(traditional_prefix_, p, sizeof traditional_prefix_);
    traditional_minute_s_ = minute_s;
    traditional_year_ = anchor->year;
    traditional_month_ = anchor->month;
  }
  *time_s = minute_s + second;
  return true;
}

bool SyslogHeaderParser::ParseStamp(std::string_view text, YearAnchor* anchor, int64_t* time_s,
                                    size_t* length) {
  if (text.empty()) return false;
  return IsDigit(text[0]) ? ParseIso(text, time_s, length) : ParseTraditional(text, anchor, time_s, length);
}

bool SyslogHeaderParser::Parse(std::string_view head, YearAnchor* anchor, SyslogHeader* header) {
  bool rfc5424 = false;
  if (!head.empty() && head[0] == '<') {
    const size_t close = head.find('>');
    if (close == std::string_view::npos || close > 4) return false;
    head.remove_prefix(close + 1);
    if (head.size() > 2 && head[0] == '1' && head[1] == ' ') {
      head.remove_prefix(2);
      rfc5424 = true;
    }
  }
  size_t length = 0;
  if (!ParseStamp(head, anchor, &header->time_s, &length)) return false;
  if (length >= head.size() || head[length] != ' ') return false;
  head.remove_prefix(length + 1);
  const size_t host_end = FindByte(head, ' ');
  if (host_end == std::string_view::npos) return false;
  header->host = head.substr(0, host_end);
  head.remove_prefix(host_end + 1);
  size_t tag_end = FindByte(head, ' ');
  if (tag_end == std::string_view::npos) return false;
  if (!rfc5424) {  // "tag[pid]:" or "tag:"
    if (tag_end > 0 && head[tag_end - 1] == ':') --tag_end;
    if (tag_end > 0 && head[tag_end - 1] == ']') {
      size_t open = tag_end - 1;
      while (open > 0 && IsDigit(head[open - 1])) --open;
      if (open > 0 && head[open - 1] == '[') tag_end = open - 1;
    }
  }
  header->tag = head.substr(0, tag_end);
  return true;
}

}  // namespace bouncewatch
