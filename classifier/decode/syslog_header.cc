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

// "tag[pid]:" or "tag:".
std::string_view WithoutPid(std::string_view tag) {
  if (tag.ends_with(':')) tag.remove_suffix(1);
  if (!tag.ends_with(']')) return tag;
  size_t open = tag.size() - 1;
  while (open > 0 && IsDigit(tag[open - 1])) --open;
  return open > 0 && tag[open - 1] == '[' ? tag.substr(0, open - 1) : tag;
}

// memcmp(a, b, size) == 0, without a call: what is compared is as long as a host name.
bool EqualBytes(const char* a, const char* b, size_t size) {
  size_t i = 0;
  uint64_t x, y;
  for (; i + 8 <= size; i += 8) {
    std::memcpy(&x, a + i, 8);
    std::memcpy(&y, b + i, 8);
    if (x != y) return false;
  }
  for (; i < size; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

constexpr int64_t kDay = 86400;
constexpr size_t kIsoTail = 26;  // where the zone stands: "2026-11-23T03:18:32.888266+00:00"
constexpr size_t kMaxHost = 255;
constexpr size_t kTraditionalTail = 15;  // the blank behind "Nov 23 03:16:50"

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
  iso_offset_s_ = offset_s;
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

bool SyslogHeaderParser::ParseAsBefore(std::string_view* head, const YearAnchor& anchor,
                                       SyslogHeader* header) const {
  const size_t tail = as_iso_ ? kIsoTail : kTraditionalTail;
  if (after_second_.empty() || head->size() <= tail + after_second_.size()) return false;
  const char* const p = head->data();
  if (!EqualBytes(p + tail, after_second_.data(), after_second_.size())) return false;
  int second;
  if (as_iso_) {
    second = TwoDigits(p + 17);
    if (std::memcmp(p, iso_prefix_, sizeof iso_prefix_) != 0 || p[16] != ':' || p[19] != '.') return false;
    header->time_s = iso_minute_s_ + second - offset_before_s_;
  } else {
    second = TwoDigits(p + 13);
    if (std::memcmp(p, traditional_prefix_, sizeof traditional_prefix_) != 0 || p[12] != ':' ||
        anchor.year != traditional_year_ || anchor.month != traditional_month_) {
      return false;
    }
    header->time_s = traditional_minute_s_ + second;
  }
  if (second < 0 || second > 60) return false;
  const size_t host_end = tail + after_second_.size() - 1;
  header->host = head->substr(host_end - host_length_, host_length_);
  head->remove_prefix(host_end + 1);
  return true;
}

void SyslogHeaderParser::Remember(std::string_view head, const SyslogHeader& header, size_t stamp_length) {
  as_iso_ = IsDigit(head[0]);
  const size_t tail = as_iso_ ? kIsoTail : kTraditionalTail;
  const bool six_digits = as_iso_ && stamp_length > kIsoTail && head[19] == '.' &&
                          (head[kIsoTail] == '+' || head[kIsoTail] == '-' || head[kIsoTail] == 'Z');
  const bool known = as_iso_ ? six_digits : traditional_year_ != 0;
  host_length_ = header.host.size();
  const auto host_end = static_cast<size_t>(header.host.data() + host_length_ - head.data());
  offset_before_s_ = iso_offset_s_;
  after_second_ =
      known && host_length_ <= kMaxHost ? head.substr(tail, host_end + 1 - tail) : std::string_view();
}

bool SyslogHeaderParser::Parse(std::string_view head, YearAnchor* anchor, SyslogHeader* header) {
  bool rfc5424 = false;
  if (!ParseAsBefore(&head, *anchor, header)) {
    if (!head.empty() && head[0] == '<') {
      const size_t close = head.find('>');
      if (close == std::string_view::npos || close > 4) return false;
      head.remove_prefix(close + 1);
      if (head.size() > 2 && head[0] == '1' && head[1] == ' ') {
        head.remove_prefix(2);
        rfc5424 = true;
      }
    }
    const std::string_view from_stamp = head;
    size_t length = 0;
    if (!ParseStamp(head, anchor, &header->time_s, &length)) return false;
    if (length >= head.size() || head[length] != ' ') return false;
    head.remove_prefix(length + 1);
    const size_t host_end = FindByte(head, ' ');
    if (host_end == std::string_view::npos) return false;
    header->host = head.substr(0, host_end);
    head.remove_prefix(host_end + 1);
    if (!rfc5424) Remember(from_stamp, *header, length);
  }
  const size_t tag_end = FindByte(head, ' ');
  if (tag_end == std::string_view::npos) return false;
  header->tag = rfc5424 ? head.substr(0, tag_end) : WithoutPid(head.substr(0, tag_end));
  return true;
}

}  // namespace bouncewatch
