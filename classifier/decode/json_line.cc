#include "classifier/decode/json_line.h"

#include <charconv>
#include <cstring>

#include <simdjson.h>

#include "classifier/text.h"

namespace bouncewatch {

struct JsonLineParser::Impl {
  simdjson::dom::parser parser;
  std::string padded;
};

JsonLineParser::JsonLineParser() : impl_(std::make_unique<Impl>()) {}
JsonLineParser::~JsonLineParser() = default;

namespace {

std::string_view Append(std::string_view text, std::string* arena) {
  const size_t at = arena->size();
  arena->append(text);
  return std::string_view(*arena).substr(at);
}

// What stands in the brackets of "tag[pid]:".
std::string_view PidOf(std::string_view tag) {
  const size_t open = tag.find('['), close = tag.find(']');
  return open == std::string_view::npos || close < open ? std::string_view()
                                                        : tag.substr(open + 1, close - open - 1);
}

std::string_view StripPid(std::string_view tag) {
  return tag.substr(0, tag.find_first_of("[:"));
}

}  // namespace

bool JsonLineParser::Parse(std::string_view line, std::string* arena, JsonLine* out) {
  std::string& padded = impl_->padded;
  padded.assign(line);
  padded.append(simdjson::SIMDJSON_PADDING, '\0');
  simdjson::dom::object object;
  if (impl_->parser.parse(padded.data(), line.size(), false).get_object().get(object) != simdjson::SUCCESS) {
    return false;
  }
  *out = JsonLine{};
  bool has_message = false, has_syslogtag = false, has_source_time = false;
  for (const auto field : object) {
    std::string_view value;
    if (field.value.get_string().get(value) != simdjson::SUCCESS) continue;
    const std::string_view key = field.key;
    if (key == "message" || key == "MESSAGE") {
      out->message = TrimBlanks(Append(value, arena));
      has_message = true;
    } else if (key == "host" || key == "hostname" || key == "_HOSTNAME") {
      out->host = Append(value, arena);
    } else if (key == "syslogtag" || key == "SYSLOG_IDENTIFIER") {
      const std::string_view tag = Append(value, arena);
      out->tag = StripPid(tag);
      if (const std::string_view pid = PidOf(tag); !pid.empty()) out->pid = pid;
      has_syslogtag = true;
    } else if (key == "programname" && !has_syslogtag) {
      out->tag = StripPid(Append(value, arena));
    } else if (key == "SYSLOG_PID" || (key == "_PID" && out->pid.empty())) {
      out->pid = Append(value, arena);
    } else if (key == "@timestamp" || key == "timestamp" || key == "time") {
      out->stamp = Append(value, arena);
    } else if (key == "_SOURCE_REALTIME_TIMESTAMP" || (key == "__REALTIME_TIMESTAMP" && !has_source_time)) {
      int64_t us = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), us);
      if (error == std::errc() && end == value.data() + value.size() && us > 0) out->epoch_us = us;
      has_source_time = has_source_time || key[1] == 'S';
    }
  }
  return has_message;
}

}  // namespace bouncewatch
