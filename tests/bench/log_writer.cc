#include "log_writer.h"

#include <algorithm>
#include <ctime>

namespace bouncewatch::bench {
namespace {

constexpr size_t kFlushBytes = 1 << 20;
constexpr size_t kMessageMax = 2000;  // where Postfix cuts (MSG_SYSLOG_RECLEN)

}  // namespace

std::optional<HeaderForm> FindHeaderForm(std::string_view name) {
  if (name == "rfc3339") return HeaderForm::kRfc3339;
  if (name == "traditional") return HeaderForm::kTraditional;
  if (name == "postlog") return HeaderForm::kPostlog;
  if (name == "rfc5424") return HeaderForm::kRfc5424;
  return std::nullopt;
}

LogWriter::LogWriter(std::FILE* file, HeaderForm form, std::string host)
    : file_(file), form_(form), host_(std::move(host)) {}

void LogWriter::AppendStamp() {
  const int64_t second = now_us_ / 1'000'000;
  if (second != stamp_second_) {
    stamp_second_ = second;
    const time_t time = static_cast<time_t>(second);
    tm parts;
    gmtime_r(&time, &parts);
    char text[32];
    const char* format = form_ == HeaderForm::kTraditional ? "%b %e %H:%M:%S"
                         : form_ == HeaderForm::kPostlog   ? "%b %d %H:%M:%S"
                                                           : "%Y-%m-%dT%H:%M:%S";
    stamp_.assign(text, std::strftime(text, sizeof(text), format, &parts));
  }
  buffer_ += stamp_;
  if (form_ == HeaderForm::kTraditional || form_ == HeaderForm::kPostlog) return;
  char fraction[7] = {'.'};
  int64_t micros = now_us_ % 1'000'000;
  for (int i = 6; i >= 1; --i, micros /= 10) fraction[i] = static_cast<char>('0' + micros % 10);
  buffer_.append(fraction, sizeof(fraction));
  buffer_ += "+00:00";
}

std::string& LogWriter::Begin(int64_t time_us, std::string_view tag, uint32_t pid) {
  now_us_ = std::max(now_us_ + 1, time_us);
  if (form_ == HeaderForm::kRfc5424) {
    buffer_ += "<22>1 ";
    AppendStamp();
    buffer_ += ' ';
    buffer_ += host_;
    buffer_ += ' ';
    buffer_ += tag.substr(0, tag.find('/'));  // rsyslog's APP-NAME ends at the first slash
    buffer_ += ' ';
    buffer_ += std::to_string(pid);
    buffer_ += " - - ";
  } else {
    AppendStamp();
    buffer_ += ' ';
    buffer_ += host_;
    buffer_ += ' ';
    buffer_ += tag;
    buffer_ += '[';
    buffer_ += std::to_string(pid);
    buffer_ += "]: ";
  }
  message_ = buffer_.size();
  return buffer_;
}

void LogWriter::End() {
  if (buffer_.size() - message_ > kMessageMax) buffer_.resize(message_ + kMessageMax);
  buffer_ += '\n';
  if (buffer_.size() >= kFlushBytes) Flush();
}

bool LogWriter::Flush() {
  if (std::fwrite(buffer_.data(), 1, buffer_.size(), file_) != buffer_.size()) failed_ = true;
  bytes_ += buffer_.size();
  buffer_.clear();
  return std::fflush(file_) == 0 && !failed_;
}

}  // namespace bouncewatch::bench
