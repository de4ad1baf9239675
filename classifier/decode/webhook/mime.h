// The parts of a MIME message (RFC 2046), bounded in number and depth. Any bytes; linear in them for each
// level.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace bouncewatch {

// The fields of a header: of a message, of a part, or of a group of a report. Lines end in LF or CR LF.
class MimeHeader {
 public:
  MimeHeader() = default;
  explicit MimeHeader(std::string_view bytes) : bytes_(bytes) {}

  // The value of the first field of that name (any case), unfolded, without blanks around it; empty when
  // there is none.
  std::string Value(std::string_view name) const;
  // Calls f with the value of each field of that name.
  void ForEach(std::string_view name, const std::function<void(const std::string& value)>& f) const;

 private:
  std::string_view bytes_;
};

struct MimePart {
  MimeHeader header;
  std::string type;       // lower case, "text/plain" where the header names none
  std::string_view body;  // as it stands, still encoded
};

// Splits off the header: what stands before the first empty line. *body is what stands behind it; all of
// `message` where there is no empty line is header.
MimeHeader SplitHeader(std::string_view message, std::string_view* body);

// Calls `on_part` for every part that is no multipart, in order; parts of messages within the message
// (message/rfc822) are not gone into. False: there are more than `parts_max`, or they nest deeper than
// `depth_max`; those before were given.
bool ForEachPart(std::string_view message, size_t parts_max, size_t depth_max,
                 const std::function<void(const MimePart& part)>& on_part);
// The same for a body whose header came apart from it.
bool ForEachPartOf(std::string_view content_type, std::string_view body, size_t parts_max, size_t depth_max,
                   const std::function<void(const MimePart& part)>& on_part);

// The body of a part with its Content-Transfer-Encoding undone: quoted-printable or base64; others are as
// they are.
std::string DecodedBody(const MimePart& part);

}  // namespace bouncewatch
