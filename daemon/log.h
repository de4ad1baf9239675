// Log: lines for the operator, to standard error. Under systemd each line carries its priority ("<4>text", as
// sd-daemon(3) has it); elsewhere it reads `level=warning msg="..." key=value`. No line per log line of mail:
// state changes and rate-limited problems only. Any thread.
//
//   LogInfo("store opened", {{"path", path}});
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace bouncewatch {

using LogFields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

void LogInfo(std::string_view message, LogFields fields = {});
void LogWarning(std::string_view message, LogFields fields = {});
void LogError(std::string_view message, LogFields fields = {});

// `msg="..." key=value`, with control bytes escaped: values come from outside.
std::string FormatLogLine(std::string_view message, LogFields fields);

// Lets one message of a kind through per interval and counts the others. Thread-safe.
class LogLimiter {
 public:
  explicit LogLimiter(std::chrono::seconds interval = std::chrono::seconds(60)) : interval_(interval) {}
  // True when a message of this kind may be written now; *suppressed tells how many were held back since the
  // last.
  bool Allow(const std::string& kind, uint64_t* suppressed);

 private:
  struct Kind {
    std::chrono::steady_clock::time_point last;
    uint64_t suppressed = 0;
  };
  static constexpr size_t kMaxKinds = 1024;
  std::chrono::seconds interval_;
  std::mutex mutex_;
  std::map<std::string, Kind> kinds_;
};

// LogWarning through `limiter`, with `suppressed=N` when some were held back.
void LogWarningLimited(LogLimiter* limiter, const std::string& kind, std::string_view message,
                       LogFields fields);

}  // namespace bouncewatch
