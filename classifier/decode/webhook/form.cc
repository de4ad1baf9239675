#include "classifier/decode/webhook/form.h"

#include "classifier/decode/read_text.h"
#include "classifier/decode/webhook/mime_header.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t npos = std::string_view::npos;
constexpr size_t kBoundaryMax = 70;  // RFC 2046 5.1.1

int HexDigit(char c) {
  if (IsDigit(c)) return c - '0';
  c = ToLower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool Decode(std::string_view text, std::string* out) {
  out->reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out->push_back(' ');
    } else if (text[i] != '%') {
      out->push_back(text[i]);
    } else {
      const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
      const int low = high < 0 ? -1 : HexDigit(text[i + 2]);
      if (low < 0) return false;
      out->push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return true;
}

// Takes a line with its end off the front of *text; the end is not part of what is returned.
std::string_view ConsumeLine(std::string_view* text) {
  const size_t end = text->find('\n');
  std::string_view line = text->substr(0, end);
  text->remove_prefix(end == npos ? text->size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// One part behind its boundary: header lines, an empty line, the value. False: the header does not end, or is
// of no field.
bool ReadPart(std::string_view part, bool* is_file, FormField* field) {
  bool named = false;
  *is_file = false;
  while (true) {
    if (part.empty()) return false;
    const std::string_view line = ConsumeLine(&part);
    if (line.empty()) break;
    constexpr std::string_view kDisposition = "content-disposition:";
    if (!StartsWithIgnoreCase(line, kDisposition)) continue;
    const std::string_view value = line.substr(kDisposition.size());
    const auto name = HeaderParameter(value, "name");
    if (!name) return false;
    field->name = *name;
    *is_file = HeaderParameter(value, "filename").has_value();
    named = true;
  }
  if (named && !*is_file) field->value = part;
  return named;
}

}  // namespace

std::optional<std::vector<FormField>> ParseForm(std::string_view form, size_t fields_max) {
  std::vector<FormField> fields;
  while (!form.empty()) {
    const size_t end = form.find('&');
    const std::string_view pair = form.substr(0, end);
    form.remove_prefix(end == npos ? form.size() : end + 1);
    if (pair.empty()) continue;
    if (fields.size() == fields_max) return {};
    const size_t equals = pair.find('=');
    FormField field;
    if (!Decode(pair.substr(0, equals), &field.name)) return {};
    if (equals != npos && !Decode(pair.substr(equals + 1), &field.value)) return {};
    fields.push_back(std::move(field));
  }
  return fields;
}

std::optional<std::vector<FormField>> ParseMultipartForm(std::string_view content_type, std::string_view body,
                                                         size_t fields_max) {
  const auto boundary = HeaderParameter(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > kBoundaryMax) return {};
  const std::string opening = "--" + *boundary, between = "\n--" + *boundary;
  size_t at = body.starts_with(opening) ? 0 : body.find(between);
  if (at == npos) return {};
  body.remove_prefix(at + (at == 0 ? opening.size() : between.size()));
  std::vector<FormField> fields;
  for (size_t parts = 0; !body.starts_with("--"); ++parts) {
    ConsumeLine(&body);  // the rest of the boundary's line
    const size_t end = body.find(between);
    if (end == npos || parts == fields_max) return {};
    std::string_view part = body.substr(0, end);
    if (part.ends_with('\r')) part.remove_suffix(1);
    body.remove_prefix(end + between.size());
    FormField field;
    bool is_file = false;
    if (!ReadPart(part, &is_file, &field)) return {};
    if (!is_file) fields.push_back(std::move(field));
  }
  return fields;
}

std::optional<std::vector<FormField>> ParseFormBody(std::string_view content_type, std::string_view body,
                                                    size_t fields_max) {
  const std::string_view type = MediaType(content_type);
  if (EqualsIgnoreCase(type, "application/x-www-form-urlencoded")) {
    return ParseForm(TrimSpace(body), fields_max);
  }
  if (EqualsIgnoreCase(type, "multipart/form-data"))
    return ParseMultipartForm(content_type, body, fields_max);
  return {};
}

const std::string* FindField(const std::vector<FormField>& fields, std::string_view name) {
  for (const FormField& field : fields) {
    if (field.name == name) return &field.value;
  }
  return nullptr;
}

}  // namespace bouncewatch
