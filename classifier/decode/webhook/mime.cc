#include "classifier/decode/webhook/mime.h"

#include <algorithm>

#include "classifier/decode/webhook/mime_header.h"
#include "classifier/decode/webhook/transfer_encoding.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t npos = std::string_view::npos;
constexpr size_t kBoundaryMax = 70;  // RFC 2046 5.1.1

// Takes a line off the front of *text, without its end.
std::string_view ConsumeLine(std::string_view* text) {
  const size_t end = text->find('\n');
  std::string_view line = text->substr(0, end);
  text->remove_prefix(end == npos ? text->size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

using OnPart = std::function<void(const MimePart& part)>;

class PartWalk {
 public:
  PartWalk(size_t parts_max, const OnPart& on_part) : parts_left_(parts_max), on_part_(on_part) {}

  bool Walk(const MimeHeader& header, std::string_view content_type, std::string_view body,
            size_t depth_left);

 private:
  bool WalkParts(std::string_view body, const std::string& boundary, size_t depth_left);

  size_t parts_left_;
  const OnPart& on_part_;
};

bool PartWalk::Walk(const MimeHeader& header, std::string_view content_type, std::string_view body,
                    size_t depth_left) {
  if (parts_left_ == 0) return false;
  --parts_left_;
  const std::string type = AsciiLower(MediaType(content_type));
  const auto boundary = HeaderParameter(content_type, "boundary");
  if (type.starts_with("multipart/") && boundary && !boundary->empty() && boundary->size() <= kBoundaryMax) {
    return depth_left > 0 && WalkParts(body, *boundary, depth_left - 1);
  }
  on_part_({header, type.empty() ? "text/plain" : type, body});
  return true;
}

// A boundary stands at the front of a line; that behind the last part has two more hyphens, or is missing in
// a message that was cut.
bool PartWalk::WalkParts(std::string_view body, const std::string& boundary, size_t depth_left) {
  const std::string opening = "--" + boundary, between = "\n--" + boundary;
  size_t at = body.starts_with(opening) ? 0 : body.find(between);
  if (at == npos) return true;
  body.remove_prefix(at + (at == 0 ? opening.size() : between.size()));
  while (!body.starts_with("--")) {
    ConsumeLine(&body);
    // An empty part's next boundary begins where this part would.
    const size_t end = body.starts_with(opening) ? 0 : body.find(between);
    std::string_view part = body.substr(0, end), inner;
    if (part.ends_with('\r')) part.remove_suffix(1);
    const MimeHeader header = SplitHeader(part, &inner);
    if (!Walk(header, header.Value("content-type"), inner, depth_left)) return false;
    if (end == npos) return true;
    body.remove_prefix(end + (end == 0 ? opening.size() : between.size()));
  }
  return true;
}

}  // namespace

void MimeHeader::ForEach(std::string_view name, const std::function<void(const std::string&)>& f) const {
  std::string_view rest = bytes_;
  while (!rest.empty()) {
    const std::string_view line = ConsumeLine(&rest);
    const size_t colon = line.find(':');
    const bool wanted = colon != npos && EqualsIgnoreCase(TrimBlanks(line.substr(0, colon)), name);
    std::string value;
    if (wanted) value = TrimBlanks(line.substr(colon + 1));
    while (!rest.empty() && (rest[0] == ' ' || rest[0] == '\t')) {
      const std::string_view folded = TrimBlanks(ConsumeLine(&rest));
      if (wanted) value.append(value.empty() ? "" : " ").append(folded);
    }
    if (wanted) f(value);
  }
}

std::string MimeHeader::Value(std::string_view name) const {
  std::string found;
  bool any = false;
  ForEach(name, [&](const std::string& value) {
    if (!any) found = value;
    any = true;
  });
  return found;
}

MimeHeader SplitHeader(std::string_view message, std::string_view* body) {
  std::string_view rest = message;
  while (!rest.empty()) {
    const size_t start = message.size() - rest.size();
    if (!ConsumeLine(&rest).empty()) continue;
    *body = rest;
    return MimeHeader(message.substr(0, start));
  }
  *body = {};
  return MimeHeader(message);
}

bool ForEachPartOf(std::string_view content_type, std::string_view body, size_t parts_max, size_t depth_max,
                   const OnPart& on_part) {
  return PartWalk(parts_max, on_part).Walk(MimeHeader(), content_type, body, depth_max);
}

bool ForEachPart(std::string_view message, size_t parts_max, size_t depth_max, const OnPart& on_part) {
  std::string_view body;
  const MimeHeader header = SplitHeader(message, &body);
  return PartWalk(parts_max, on_part).Walk(header, header.Value("content-type"), body, depth_max);
}

std::string DecodedBody(const MimePart& part) {
  const std::string encoding = AsciiLower(part.header.Value("content-transfer-encoding"));
  if (encoding == "base64") return DecodeBase64(part.body);
  if (encoding == "quoted-printable") return DecodeQuotedPrintable(part.body);
  return std::string(part.body);
}

}  // namespace bouncewatch
