#include "daemon/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <memory>

#include "absl/strings/str_format.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

bool UnderSystemd() {
  return std::getenv("JOURNAL_STREAM") != nullptr;
}

std::shared_ptr<spdlog::logger> MakeLogger() {
  auto logger =
      std::make_shared<spdlog::logger>("bouncewatch", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  // systemd takes the priority from "<N>" and has the time itself.
  logger->set_pattern(UnderSystemd() ? "%v" : "%Y-%m-%dT%H:%M:%S.%eZ level=%l %v",
                      spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::info);
  return logger;
}

void Write(spdlog::level::level_enum level, int priority, std::string_view message, LogFields fields) {
  static const std::shared_ptr<spdlog::logger> logger = MakeLogger();
  static const bool under_systemd = UnderSystemd();
  const std::string line = FormatLogLine(message, fields);
  logger->log(level, spdlog::string_view_t(under_systemd ? absl::StrFormat("<%d>%s", priority, line) : line));
}

void AppendEscaped(std::string_view text, std::string* out) {
  constexpr size_t kMaxValue = 1024;
  for (const char c : text.substr(0, kMaxValue)) {
    const unsigned char byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      *out += '\\';
      *out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      absl::StrAppendFormat(out, "\\x%02x", byte);
    } else {
      *out += c;
    }
  }
}

bool IsPlain(std::string_view text) {
  for (const char c : text) {
    if (!IsAlnum(c) && std::string_view("-_./:@+,*").find(c) == std::string_view::npos) return false;
  }
  return !text.empty();
}

}  // namespace

std::string FormatLogLine(std::string_view message, LogFields fields) {
  std::string line = "msg=\"";
  AppendEscaped(message, &line);
  line += '"';
  for (const auto& [key, value] : fields) {
    absl::StrAppendFormat(&line, " %s=", key);
    if (IsPlain(value)) {
      line += value;
      continue;
    }
    line += '"';
    AppendEscaped(value, &line);
    line += '"';
  }
  return line;
}

void LogInfo(std::string_view message, LogFields fields) {
  Write(spdlog::level::info, 6, message, fields);
}
void LogWarning(std::string_view message, LogFields fields) {
  Write(spdlog::level::warn, 4, message, fields);
}
void LogError(std::string_view message, LogFields fields) {
  Write(spdlog::level::err, 3, message, fields);
}

bool LogLimiter::Allow(const std::string& kind, uint64_t* suppressed) {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (kinds_.size() >= kMaxKinds && !kinds_.contains(kind)) kinds_.clear();
  const auto [entry, is_new] = kinds_.try_emplace(kind);
  if (!is_new && now - entry->second.last < interval_) {
    ++entry->second.suppressed;
    return false;
  }
  *suppressed = entry->second.suppressed;
  entry->second = {now, 0};
  return true;
}

void LogWarningLimited(LogLimiter* limiter, const std::string& kind, std::string_view message,
                       LogFields fields) {
  uint64_t suppressed = 0;
  if (!limiter->Allow(kind, &suppressed)) return;
  std::string line(message);
  if (suppressed > 0) line += absl::StrFormat(" (%d more like it were not logged)", suppressed);
  LogWarning(line, fields);
}

}  // namespace bouncewatch
