// Words lead to numbers: a phrase such as "try again in" or "limit" is looked for, and the few words behind
// it must be fillers up to a number. So numbers that stand elsewhere (ids, ports, codes) are never taken.
#include "classifier/facts/quantity.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr uint64_t kMinute = 60, kHour = 3600, kDay = 86400;
constexpr uint64_t kMaxWait = 366 * kDay;  // more is no time to wait
constexpr size_t kMaxFillers = 5;
constexpr size_t kMaxDigits = 15;

// Reads words, numbers and signs from a position on.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::string_view rest() const { return rest_; }
  void SkipSigns() {
    constexpr std::string_view kSigns = " ([:=<\t";
    while (!rest_.empty() && kSigns.find(rest_[0]) != std::string_view::npos) rest_.remove_prefix(1);
  }
  // A run of letters; empty when the next byte is none.
  std::string_view PeekWord() const {
    const auto* end = std::find_if_not(rest_.begin(), rest_.end(), IsAlpha);
    return {rest_.begin(), end};
  }
  void Skip(size_t bytes) { rest_.remove_prefix(bytes); }

  // A number that is no part of a longer thing such as "5.7.1" or "192.0.2.1". Commas between thousands are
  // allowed.
  std::optional<uint64_t> TakeNumber() {
    uint64_t value = 0;
    size_t digits = 0, at = 0;
    for (; at < rest_.size(); ++at) {
      if (IsDigit(rest_[at])) {
        value = value * 10 + static_cast<uint64_t>(rest_[at] - '0');
        if (++digits > kMaxDigits) return std::nullopt;
      } else if (rest_[at] != ',' || digits == 0 || !ThreeDigitsAt(at + 1)) {
        break;
      }
    }
    if (digits == 0) return std::nullopt;
    if (at + 1 < rest_.size() && rest_[at] == '.' && IsDigit(rest_[at + 1])) return std::nullopt;
    rest_.remove_prefix(at);
    return value;
  }

 private:
  bool ThreeDigitsAt(size_t at) const {
    return at + 3 <= rest_.size() && std::all_of(rest_.begin() + at, rest_.begin() + at + 3, IsDigit) &&
           (at + 3 == rest_.size() || !IsDigit(rest_[at + 3]));
  }

  std::string_view rest_;
};

template <size_t N>
bool IsOneOf(std::string_view word, const std::string_view (&words)[N]) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// Seconds in a unit of time; 0: no such unit.
uint64_t SecondsOf(std::string_view word) {
  constexpr std::string_view kSeconds[] = {"s", "sec", "secs", "second", "seconds"};
  constexpr std::string_view kMinutes[] = {"m", "min", "mins", "minute", "minutes"};
  constexpr std::string_view kHours[] = {"h", "hr", "hrs", "hour", "hours"};
  constexpr std::string_view kDays[] = {"d", "day", "days"};
  constexpr std::string_view kWeeks[] = {"week", "weeks"};
  if (IsOneOf(word, kSeconds)) return 1;
  if (IsOneOf(word, kMinutes)) return kMinute;
  if (IsOneOf(word, kHours)) return kHour;
  if (IsOneOf(word, kDays)) return kDay;
  return IsOneOf(word, kWeeks) ? 7 * kDay : 0;
}

// Calls try_at(text behind the phrase) at each place where one of `phrases` begins a word, until one answers.
template <typename Result, size_t N, typename TryAt>
std::optional<Result> FirstBehind(std::string_view text, const std::string_view (&phrases)[N], TryAt try_at) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (!IsAlpha(text[at]) || (at > 0 && IsAlpha(text[at - 1]))) continue;
    for (std::string_view phrase : phrases) {
      if (phrase[0] != text[at] || !text.substr(at).starts_with(phrase)) continue;
      const std::string_view behind = text.substr(at + phrase.size());
      if (!behind.empty() && IsAlpha(behind[0])) continue;
      if (std::optional<Result> result = try_at(behind, phrase)) return result;
    }
  }
  return std::nullopt;
}

// --- How long to wait

// "5 minutes", "5-10 minutes", "00:04:59", "an hour"; a bare number where `bare` is the unit.
std::optional<uint64_t> TakeDuration(Reader* reader, uint64_t bare) {
  std::string_view word = reader->PeekWord();
  if (word == "a" || word == "an" || word == "one") {
    reader->Skip(word.size());
    reader->SkipSigns();
    const uint64_t unit = SecondsOf(reader->PeekWord());
    return unit > 0 && reader->PeekWord().size() > 1 ? std::optional(unit) : std::nullopt;
  }
  std::optional<uint64_t> number = reader->TakeNumber();
  if (!number.has_value()) return std::nullopt;
  uint64_t clock = *number;
  int parts = 1;
  while (parts < 3 && reader->rest().size() > 2 && reader->rest()[0] == ':' && IsDigit(reader->rest()[1])) {
    reader->Skip(1);
    const std::optional<uint64_t> part = reader->TakeNumber();
    if (!part.has_value() || *part > 59 || clock > kMaxWait) return std::nullopt;
    clock = clock * 60 + *part;
    ++parts;
  }
  if (parts > 1) return clock;
  reader->SkipSigns();
  for (std::string_view range : {"-", "to ", "or "}) {  // the later end is the safe one
    if (!reader->rest().starts_with(range)) continue;
    reader->Skip(range.size());
    reader->SkipSigns();
    number = reader->TakeNumber();
    if (!number.has_value()) return std::nullopt;
    reader->SkipSigns();
    break;
  }
  uint64_t unit = SecondsOf(reader->PeekWord());
  if (unit == 0) unit = bare;
  if (unit == 0 || *number > kMaxWait) return std::nullopt;
  return *number * unit;
}

// --- How much is allowed

struct Noun {
  std::string_view word, unit;
  uint64_t factor = 1;
};
constexpr Noun kNouns[] = {
    {"message", "messages"},
    {"messages", "messages"},
    {"mail", "messages"},
    {"mails", "messages"},
    {"email", "messages"},
    {"emails", "messages"},
    {"connection", "connections"},
    {"connections", "connections"},
    {"session", "connections"},
    {"sessions", "connections"},
    {"recipient", "recipients"},
    {"recipients", "recipients"},
    {"rcpts", "recipients"},
    {"byte", "bytes"},
    {"bytes", "bytes"},
    {"octets", "bytes"},
    {"size", "bytes"},
    {"kb", "bytes", 1024},
    {"kib", "bytes", 1024},
    {"k", "bytes", 1024},
    {"mb", "bytes", 1024 * 1024},
    {"mib", "bytes", 1024 * 1024},
    {"m", "bytes", 1024 * 1024},
    {"megabytes", "bytes", 1024 * 1024},
    {"gb", "bytes", 1024 * 1024 * 1024},
};
const Noun* FindNoun(std::string_view word) {
  const auto* noun =
      std::find_if(std::begin(kNouns), std::end(kNouns), [&](const Noun& n) { return n.word == word; });
  return noun == std::end(kNouns) ? nullptr : noun;
}

// The noun that a number without one belongs to: the first of the text, "size" before "message".
const Noun* NounOf(std::string_view text) {
  const Noun* first = nullptr;
  for (size_t at = 0; at < text.size(); ++at) {
    if (!IsAlpha(text[at]) || (at > 0 && IsAlpha(text[at - 1]))) continue;
    const std::string_view word = Reader(text.substr(at)).PeekWord();
    if (word == "size") return FindNoun(word);
    if (first == nullptr && word.size() > 2) first = FindNoun(word);
    at += word.size();
  }
  return first;
}

// "per hour", "/hour", "in 60 minutes", "each day" behind the noun.
uint64_t TakePeriod(Reader reader) {
  reader.SkipSigns();
  constexpr std::string_view kWords[] = {"per", "in", "within", "a", "an", "each", "every", "for"};
  if (reader.rest().starts_with('/')) {
    reader.Skip(1);
  } else if (const std::string_view word = reader.PeekWord(); IsOneOf(word, kWords)) {
    reader.Skip(word.size());
  } else {
    return 0;
  }
  reader.SkipSigns();
  for (std::string_view filler : {"the ", "last ", "past "}) {
    if (reader.rest().starts_with(filler)) reader.Skip(filler.size());
  }
  const std::optional<uint64_t> number = reader.TakeNumber();
  reader.SkipSigns();
  const uint64_t unit = SecondsOf(reader.PeekWord());
  return number.value_or(1) > kMaxWait ? 0 : number.value_or(1) * unit;
}

// `fallback` answers for a number without a noun; it costs a look at the whole text.
template <typename Fallback>
std::optional<Limit> TakeLimit(std::string_view behind, Fallback fallback) {
  constexpr std::string_view kFillers[] = {
      "of",           "is",    "to",         "the",  "allowed",   "message",     "size",       "number",
      "maximum",      "limit", "are",        "only", "messages",  "connections", "recipients", "concurrent",
      "simultaneous", "per",   "connection", "your", "currently", "set"};
  constexpr size_t kMaxAdjectives = 2;  // "100 outgoing messages"
  Reader reader(behind);
  reader.SkipSigns();
  const Noun* noun = nullptr;
  for (size_t i = 0; i < kMaxFillers; ++i) {
    const std::string_view word = reader.PeekWord();
    if (word.empty() || !IsOneOf(word, kFillers)) break;
    if (const Noun* found = FindNoun(word); found != nullptr && (noun == nullptr || word == "size"))
      noun = found;
    reader.Skip(word.size());
    reader.SkipSigns();
  }
  const std::optional<uint64_t> number = reader.TakeNumber();
  if (!number.has_value() || *number == 0 || reader.rest().starts_with('%')) return std::nullopt;
  Reader after = reader;
  for (size_t i = 0; i <= kMaxAdjectives; ++i) {
    after.SkipSigns();
    const std::string_view word = after.PeekWord();
    if (word.empty() || SecondsOf(word) > 1 || (word.size() > 1 && SecondsOf(word) == 1)) break;
    after.Skip(word.size());
    if (const Noun* found = FindNoun(word)) {
      noun = found;
      reader = after;
      break;
    }
  }
  if (noun == nullptr) noun = fallback();
  if (noun == nullptr || *number > std::numeric_limits<uint64_t>::max() / noun->factor) return std::nullopt;
  return Limit{*number * noun->factor, noun->unit, TakePeriod(reader)};
}

}  // namespace

std::optional<uint64_t> FindRetryAfter(std::string_view lower) {
  constexpr std::string_view kPhrases[] = {
      "retry-after",        "retry after",  "retry in",       "try again in",    "try again after",
      "try again later in", "try later in", "try in",         "again in",        "again after",
      "please wait",        "wait",         "greylisted for", "greylisting for", "greylist for",
      "greylisted",         "come back in", "resend in",      "resend after",    "reconnect in",
      "unblocked in",       "blocked for",  "deferred for",   "delayed for",     "expires in",
      "suspended for",
  };
  constexpr std::string_view kFillers[] = {"at", "least", "about",         "another", "for",
                                           "in", "after", "approximately", "the",     "next"};
  return FirstBehind<uint64_t>(
      lower, kPhrases, [&](std::string_view behind, std::string_view phrase) -> std::optional<uint64_t> {
        Reader reader(behind);
        if (behind.starts_with(", ")) reader.Skip(2);
        reader.SkipSigns();
        for (size_t i = 0; i < kMaxFillers; ++i) {
          const std::string_view word = reader.PeekWord();
          if (word.empty() || !IsOneOf(word, kFillers)) break;
          reader.Skip(word.size());
          reader.SkipSigns();
        }
        const std::optional<uint64_t> wait = TakeDuration(&reader, phrase == "retry-after" ? 1 : 0);
        return wait.has_value() && *wait > 0 && *wait <= kMaxWait ? wait : std::nullopt;
      });
}

std::optional<Limit> FindLimit(std::string_view lower) {
  constexpr std::string_view kPhrases[] = {"limit",   "limited", "max",  "maximum", "more than",
                                           "at most", "up to",   "only", "quota"};
  std::optional<const Noun*> noun;
  const auto noun_of_text = [&] {
    if (!noun.has_value()) noun = NounOf(lower);
    return *noun;
  };
  return FirstBehind<Limit>(lower, kPhrases, [&](std::string_view behind, std::string_view) {
    return TakeLimit(behind, noun_of_text);
  });
}

}  // namespace bouncewatch
