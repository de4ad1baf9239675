#include "classifier/decode/webhook/form.h"

#include <gmock/gmock.h>

#include "classifier/decode/webhook/mime_header.h"

namespace bouncewatch {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Texts(const std::optional<std::vector<FormField>>& fields) {
  std::vector<std::string> texts;
  if (!fields) return {"no form"};
  for (const FormField& field : *fields) texts.push_back(field.name + "=" + field.value);
  return texts;
}

TEST(Form, DecodesInOrder) {
  EXPECT_THAT(Texts(ParseForm("a=1&b=x+y%2B%c3%A9&a=2&&c&=d&e==", 10)),
              ElementsAre("a=1", "b=x y+\xC3\xA9", "a=2", "c=", "=d", "e=="));
  EXPECT_THAT(Texts(ParseForm("", 10)), ElementsAre());
}

TEST(Form, RefusesWhatIsNone) {
  for (const char* bad : {"a=%ZZ", "a=%4", "a=%", "%g0=1", "a=1&b=2&c=3"}) {
    EXPECT_THAT(Texts(ParseForm(bad, 2)), ElementsAre("no form")) << bad;
  }
}

TEST(Form, Multipart) {
  const std::string body =
      "preamble\r\n--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n"
      "--B\r\ncontent-type: text/plain\r\nCONTENT-DISPOSITION: form-data; "
      "NAME=\"b\\\"c\"\r\n\r\n\r\n--B--\r\nend";
  EXPECT_THAT(Texts(ParseFormBody("multipart/form-data; boundary=B", body, 10)),
              ElementsAre("a=1\r\n2", "b\"c="));
  EXPECT_THAT(Texts(ParseFormBody("multipart/form-data; boundary=B", body, 1)), ElementsAre("no form"));
  for (const char* type : {"multipart/form-data", "multipart/form-data; boundary=",
                           "multipart/form-data; boundary=C", "text/plain", ""}) {
    EXPECT_THAT(Texts(ParseFormBody(type, body, 10)), ElementsAre("no form")) << type;
  }
  EXPECT_THAT(
      Texts(ParseMultipartForm("m/f; boundary=" + std::string(71, 'x'), "--" + std::string(71, 'x'), 9)),
      ElementsAre("no form"));
  EXPECT_THAT(
      Texts(ParseMultipartForm("m/f; boundary=B", "--B\r\nContent-Disposition: x; name=a\r\n\r\n1", 9)),
      ElementsAre("no form"));
}

TEST(MimeHeader, Parameters) {
  EXPECT_EQ(MediaType(" Text/Plain ; x=y"), "Text/Plain");
  EXPECT_EQ(HeaderParameter("a; b; X=1; x=2", "x"), "1");
  EXPECT_EQ(HeaderParameter("a; y=\"1;x=3\"; x = \"q\\\"r\"", "x"), "q\"r");
  EXPECT_EQ(HeaderParameter("a; x=\"open", "x"), "open");
  EXPECT_FALSE(HeaderParameter("a; y=1", "x").has_value());
  EXPECT_FALSE(HeaderParameter("x=1", "x").has_value());
}

}  // namespace
}  // namespace bouncewatch
