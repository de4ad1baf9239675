#include "classifier/decode/log_line.h"

#include <algorithm>

#include "classifier/decode/scan.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr uint32_t kMaxRepeat = 1'000'000;

// rsyslog's reduction: "message repeated 3 times: [ BODY]".
void OpenRepeated(LogLine* line) {
  constexpr std::string_view kStart = "message repeated ", kOpen = " times: [";
  if (!line->body.starts_with(kStart)) return;
  std::string_view rest = line->body.substr(kStart.size());
  uint32_t count = 0;
  while (!rest.empty() && IsDigit(rest[0]) && count < kMaxRepeat) {
    count = count * 10 + static_cast<uint32_t>(rest[0] - '0');
    rest.remove_prefix(1);
  }
  if (count == 0 || !rest.starts_with(kOpen)) return;
  rest.remove_prefix(kOpen.size());
  if (rest.ends_with(']')) rest.remove_suffix(1);
  line->repeat = std::min(count, kMaxRepeat);
  line->body = TrimBlanks(rest);
}

// Takes "word " off the front of *text. False: no blank in it.
bool ConsumeWord(std::string_view* text, std::string_view* word) {
  const size_t blank = FindByte(*text, ' ');
  if (blank == std::string_view::npos) return false;
  *word = text->substr(0, blank);
  text->remove_prefix(blank + 1);
  return true;
}

// What follows the app name in RFC 5424: "procid msgid - body"; structured data is walked over.
bool ReadBody5424(std::string_view rest, LogLine* out) {
  std::string_view message_id, data;
  if (!ConsumeWord(&rest, &out->pid) || !ConsumeWord(&rest, &message_id)) return false;
  if (rest.starts_with('[')) {
    const size_t close = rest.find("] ");
    if (close == std::string_view::npos) return false;
    rest.remove_prefix(close + 2);
  } else if (!ConsumeWord(&rest, &data)) {
    return false;
  }
  out->body = rest;
  return true;
}

}  // namespace

bool LogLineParser::ParseText(std::string_view line, YearAnchor* anchor, LogLine* out) {
  SyslogHeader header;
  if (!header_.Parse(line, anchor, &header)) return false;
  out->time_s = header.time_s;
  out->host = header.host;
  out->tag = header.tag;
  std::string_view rest(
      header.tag.data() + header.tag.size(),
      static_cast<size_t>(line.data() + line.size() - header.tag.data()) - header.tag.size());
  if (rest.starts_with(' ') && line.starts_with('<')) return ReadBody5424(rest.substr(1), out);
  std::string_view between;  // "[pid]:"
  if (!ConsumeWord(&rest, &between)) return false;
  if (between.starts_with('[')) out->pid = between.substr(1, between.find(']') - 1);
  out->body = rest;
  return true;
}

bool LogLineParser::ParseJson(std::string_view line, YearAnchor* anchor, TextArena* arena, LogLine* out,
                              LineShape* shape) {
  JsonLine json;
  if (!json_.Parse(line, arena->Reserve(line.size()), &json)) {
    *shape = LineShape::kBadJson;
    return false;
  }
  out->time_s = json.epoch_us / 1'000'000;
  size_t length = 0;
  if (!json.stamp.empty() && !header_.ParseStamp(json.stamp, anchor, &out->time_s, &length)) {
    *shape = LineShape::kBadHeader;
    return false;
  }
  out->host = json.host;
  out->tag = json.tag;
  out->pid = json.pid;
  out->body = json.message;
  return true;
}

bool LogLineParser::Parse(std::string_view line, YearAnchor* anchor, TextArena* arena, LogLine* out,
                          LineShape* shape) {
  *out = LogLine{};
  *shape = LineShape::kBadHeader;
  const bool ok =
      line.starts_with('{') ? ParseJson(line, anchor, arena, out, shape) : ParseText(line, anchor, out);
  if (ok) OpenRepeated(out);
  return ok;
}

}  // namespace bouncewatch
