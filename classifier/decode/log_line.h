// LogLine: a line of any writer taken apart into head and body: text behind a syslog header
// (syslog_header.h), rsyslog's JSON template or `journalctl -o json` (json_line.h).
//
//   Nov 23 03:45:29 mx7 sm-mta[93]: 6AN3jTcZ000091: to=<u@a.test>, ...
//   -------- time -- host - tag pid - body ----------------------------
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/time/time.h"
#include "classifier/decode/decoder.h"
#include "classifier/decode/json_line.h"
#include "classifier/decode/syslog_header.h"
#include "classifier/decode/text_arena.h"

namespace bouncewatch {

struct LogLine {
  int64_t time_s = 0;
  uint32_t repeat =
      1;  // "message repeated N times: [ ... ]", of which the body is what stands in the brackets
  std::string_view host, tag;
  std::string_view pid;  // empty where the writer gives none
  std::string_view body;
};

// One parser per stream: it remembers the last minute it worked out. One thread.
class LogLineParser {
 public:
  explicit LogLineParser(absl::TimeZone zone) : header_(zone) {}

  // False: no header that is known, or an impossible date; *shape says so. Views point into `line` or *arena.
  bool Parse(std::string_view line, YearAnchor* anchor, TextArena* arena, LogLine* out, LineShape* shape);

 private:
  bool ParseText(std::string_view line, YearAnchor* anchor, LogLine* out);
  bool ParseJson(std::string_view line, YearAnchor* anchor, TextArena* arena, LogLine* out, LineShape* shape);

  SyslogHeaderParser header_;
  JsonLineParser json_;
};

}  // namespace bouncewatch
