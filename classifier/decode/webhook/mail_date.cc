#include "classifier/decode/webhook/mail_date.h"

#include <charconv>

#include "absl/time/civil_time.h"
#include "classifier/decode/read_text.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr std::string_view kMonths[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                        "jul", "aug", "sep", "oct", "nov", "dec"};

struct NamedZone {
  std::string_view name;
  int hours;
};
constexpr NamedZone kZones[] = {{"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5},
                                {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}};

// Takes a word off the front of *text: up to a blank or a colon, which goes too.
std::string_view ConsumeWord(std::string_view* text) {
  *text = TrimBlanks(*text);
  const size_t end = text->find_first_of(" \t:");
  const std::string_view word = text->substr(0, end);
  text->remove_prefix(end == std::string_view::npos ? text->size() : end + 1);
  return word;
}

int Number(std::string_view word) {
  int number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  return error == std::errc() && end == word.data() + word.size() && !word.empty() && number >= 0 ? number
                                                                                                  : -1;
}

int Month(std::string_view word) {
  for (int i = 0; i < 12; ++i) {
    if (EqualsIgnoreCase(word.substr(0, 3), kMonths[i])) return i + 1;
  }
  return -1;
}

int OffsetSeconds(std::string_view zone) {
  if (zone.size() == 5 && (zone[0] == '+' || zone[0] == '-')) {
    const int digits = Number(zone.substr(1));
    if (digits < 0 || digits > 2359) return 0;
    return (zone[0] == '-' ? -1 : 1) * (digits / 100 * 3600 + digits % 100 * 60);
  }
  for (const NamedZone& known : kZones) {
    if (EqualsIgnoreCase(zone, known.name)) return known.hours * 3600;
  }
  return 0;
}

}  // namespace

std::optional<int64_t> ParseMailDate(std::string_view text) {
  if (const size_t comma = text.find(','); comma != std::string_view::npos) text.remove_prefix(comma + 1);
  const int day = Number(ConsumeWord(&text)), month = Month(ConsumeWord(&text));
  const std::string_view year_word = ConsumeWord(&text);
  int year = Number(year_word);
  if (year_word.size() == 2) year += year < 50 ? 2000 : 1900;
  const int hour = Number(ConsumeWord(&text)), minute = Number(ConsumeWord(&text));
  // Seconds may be missing; then the zone follows.
  std::string_view word = ConsumeWord(&text);
  int second = Number(word);
  if (word.size() <= 2 && second >= 0) {
    word = ConsumeWord(&text);
  } else {
    second = 0;
  }
  if (day < 1 || day > 31 || month < 0 || year < 1970 || year > 9999 || hour < 0 || hour > 23 || minute < 0 ||
      minute > 59 || second > 60) {
    return {};
  }
  const absl::CivilSecond civil(year, month, day, hour, minute, second);
  const int64_t time_s = civil - absl::CivilSecond(1970, 1, 1, 0, 0, 0) - OffsetSeconds(word);
  if (civil.month() != month || time_s < 0) return {};
  return time_s;
}

}  // namespace bouncewatch
