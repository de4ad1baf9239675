// A TemplateReport as JSON (the same on the command line and over HTTP, docs/formats.md) and as text for
// people. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "daemon/template_report.h"

namespace bouncewatch {

std::string TemplatesJson(const TemplateReport& report);
// Reads what TemplatesJson wrote, of another process.
absl::StatusOr<TemplateReport> ParseTemplatesJson(const std::string& text);
std::string TemplatesText(const TemplateReport& report);

// The question as the query part of a URL, and back. InvalidArgument: an unknown parameter or a bad value.
std::string ToUrlQuery(const TemplateQuestion& question);
absl::StatusOr<TemplateQuestion> ParseTemplateQuestion(std::string_view url_query);

}  // namespace bouncewatch
