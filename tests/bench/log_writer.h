// LogWriter: puts log lines under the header of one of the writers that Postfix logs through, in time order.
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace bouncewatch::bench {

enum class HeaderForm { kRfc3339, kTraditional, kPostlog, kRfc5424 };
std::optional<HeaderForm> FindHeaderForm(
    std::string_view name);  // "rfc3339", "traditional", "postlog", "rfc5424"

class LogWriter {
 public:
  LogWriter(std::FILE* file, HeaderForm form, std::string host);

  // Begins a line at `time_us`, or a microsecond after the last one if that is later. The caller appends the
  // message to the string and calls End. `tag` is "postfix-out1/smtp".
  std::string& Begin(int64_t time_us, std::string_view tag, uint32_t pid);
  void End();
  bool Flush();  // false: the file could not be written

  int64_t line_time_s() const { return now_us_ / 1'000'000; }
  uint64_t bytes() const { return bytes_ + buffer_.size(); }

 private:
  void AppendStamp();

  std::FILE* file_;
  HeaderForm form_;
  std::string host_;
  std::string buffer_;
  size_t message_ = 0;  // where the message of the open line starts
  int64_t now_us_ = 0;
  int64_t stamp_second_ = -1;
  std::string stamp_;   // of stamp_second_, without the fraction
  uint64_t bytes_ = 0;  // before buffer_
  bool failed_ = false;
};

}  // namespace bouncewatch::bench
