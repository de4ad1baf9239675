// Log lines wrapped in JSON: rsyslog's JSON template and `journalctl -o json`. One object a line.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "classifier/decode/decoder.h"

namespace bouncewatch {

struct JsonLine {
  std::string_view message;  // "message" or "MESSAGE", without leading blanks
  std::string_view host;     // "host", "hostname" or "_HOSTNAME"
  std::string_view pid;      // of "syslogtag", "SYSLOG_PID" or "_PID"; empty when there is none
  std::string_view tag;      // "syslogtag", "SYSLOG_IDENTIFIER" or "programname", without "[pid]:"
  std::string_view stamp;    // "@timestamp", "timestamp" or "time": text; empty when epoch_us is set
  int64_t epoch_us = 0;      // "_SOURCE_REALTIME_TIMESTAMP", else "__REALTIME_TIMESTAMP": microseconds
};

// Owns the parser's memory, reused from line to line. One thread.
class JsonLineParser {
 public:
  JsonLineParser();
  ~JsonLineParser();

  // False: not a JSON object, or no message. Views point into `*arena`, to which the strings are appended; it
  // must have room for line.size() bytes beyond its size, so that it does not move.
  bool Parse(std::string_view line, std::string* arena, JsonLine* out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bouncewatch
