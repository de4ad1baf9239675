// The head of a log line: when, which machine, which program. All the forms in which Postfix lines are
// written:
//
//   Nov 23 03:16:50 host tag[pid]: body                 postlogd (day zero-padded), rsyslog traditional
//   (blank-padded) 2026-11-23T03:18:32.888266+00:00 host tag[pid]: body      rsyslog RFC 3339, journald
//   short-iso (+0000, Z) <22>1 2026-11-23T03:18:32.888266+00:00 host app pid - - body    RFC 5424 (the app
//   name may be cut at '/') <22>Nov 23 03:16:50 host tag[pid]: body             RFC 3164 with its priority
//
// One parser per stream: it remembers the last minute it worked out. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "classifier/decode/decoder.h"

namespace bouncewatch {

struct SyslogHeader {
  int64_t time_s = 0;  // Unix time
  std::string_view host;
  std::string_view tag;  // without "[pid]" and ':'
};

class SyslogHeaderParser {
 public:
  explicit SyslogHeaderParser(absl::TimeZone zone) : timezone_(zone) {}

  // `head`: the line up to where the body begins. False: not one of the forms, or no such date.
  bool Parse(std::string_view head, YearAnchor* anchor, SyslogHeader* header);

  // A stamp alone: RFC 3339 ("2026-11-23T03:18:32.888266+00:00", "+0000", "Z") or "Nov 23 03:16:50".
  // On success *length is what it takes. False: not a stamp.
  bool ParseStamp(std::string_view text, YearAnchor* anchor, int64_t* time_s, size_t* length);

 private:
  bool ParseIso(std::string_view text, int64_t* time_s, size_t* length);
  bool ParseTraditional(std::string_view text, YearAnchor* anchor, int64_t* time_s, size_t* length);
  // The fields in front of the tag, when they are as in the line before but for the second. Takes them off
  // `head`.
  bool ParseAsBefore(std::string_view* head, const YearAnchor& anchor, SyslogHeader* header) const;
  void Remember(std::string_view head, const SyslogHeader& header, size_t stamp_length);

  absl::TimeZone timezone_;
  // The minute of the last stamp, by its text: almost every line has the stamp of the line before.
  char iso_prefix_[16] = {};  // "2026-11-23T03:18"
  int64_t iso_minute_s_ = 0;  // as if UTC
  bool iso_valid_ = false;
  char traditional_prefix_[12] = {};  // "Nov 23 03:16"
  int64_t traditional_minute_s_ = 0;
  int16_t traditional_year_ = 0;  // anchor after that stamp
  int8_t traditional_month_ = 0;

  // What stood behind the second (and its six digits of fraction) in the line before: "+00:00 host ".
  std::string after_second_;  // empty: nothing to compare with
  size_t host_length_ = 0;
  bool as_iso_ = false;
  int64_t offset_before_s_ = 0;  // east of UTC, of that line's stamp
  int64_t iso_offset_s_ = 0;     // of the last RFC 3339 stamp
};

}  // namespace bouncewatch
