#include "classifier/decode/webhook/signed_fields.h"

#include <gtest/gtest.h>

#include "classifier/decode/webhook/sns_envelope.h"

namespace bouncewatch {
namespace {

TEST(SnsEnvelope, SignsKeysInTheirOrder) {
  auto envelope = ParseSnsEnvelope(R"({"Type":"Notification","MessageId":"m","TopicArn":"t","Message":"hi\n",
      "Timestamp":"now","Subject":"s","SignatureVersion":"2","Signature":"sig","SigningCertUrl":"u",
      "Message":"second"})");
  ASSERT_TRUE(envelope.has_value());
  EXPECT_EQ(envelope->SignedText(),
            "Message\nhi\n\nMessageId\nm\nSubject\ns\nTimestamp\nnow\nTopicArn\nt\nType\nNotification\n");
  EXPECT_EQ(envelope->signing_cert_url, "u");
  envelope = ParseSnsEnvelope(R"({"Type":"Notification","MessageId":"m","TopicArn":"t","Message":"x",
      "Timestamp":"now","Subject":null})");
  ASSERT_TRUE(envelope.has_value());
  EXPECT_EQ(envelope->SignedText(),
            "Message\nx\nMessageId\nm\nTimestamp\nnow\nTopicArn\nt\nType\nNotification\n");
  envelope =
      ParseSnsEnvelope(R"({"Type":"SubscriptionConfirmation","MessageId":"m","TopicArn":"t","Message":"x",
      "Timestamp":"now","Token":"k","SubscribeURL":"u"})");
  ASSERT_TRUE(envelope.has_value());
  EXPECT_EQ(envelope->SignedText(),
            "Message\nx\nMessageId\nm\nSubscribeURL\nu\nTimestamp\nnow\nToken\nk\nTopicArn\nt\n"
            "Type\nSubscriptionConfirmation\n");
}

TEST(SnsEnvelope, RefusesOtherBodies) {
  for (const char* body : {"", "[]", "{}", "{\"Type\":1}", "{\"Type\":\"Notification\"", "null"}) {
    EXPECT_FALSE(ParseSnsEnvelope(body).has_value()) << body;
  }
}

TEST(MailgunSignature, JsonAndForms) {
  auto signature = ReadMailgunSignature(
      "application/json",
      R"({"signature":{"timestamp":1790000000,"token":"t","signature":"s"},"event-data":{}})");
  ASSERT_TRUE(signature.has_value());
  EXPECT_EQ(signature->timestamp, "1790000000");
  EXPECT_EQ(signature->token, "t");
  EXPECT_EQ(signature->signature, "s");
  signature =
      ReadMailgunSignature("application/x-www-form-urlencoded",
                           "token=mine&timestamp=mine&signature=mine&timestamp=1&token=t%2B&signature=s");
  ASSERT_TRUE(signature.has_value());
  EXPECT_EQ(signature->token, "t+");
  EXPECT_EQ(signature->timestamp, "1");
  for (const char* body :
       {"{}", R"({"signature":{"timestamp":"1","token":"t"}})", R"({"signature":"x"})", ""}) {
    EXPECT_FALSE(ReadMailgunSignature("application/json", body).has_value()) << body;
  }
}

TEST(UnisenderAuth, IsFoundWhereItStands) {
  const std::string md5(32, 'a');
  const std::string body = "{\"x\":1, \"auth\" : \"" + md5 + "\"}";
  const auto auth = ReadUnisenderAuth(body);
  ASSERT_TRUE(auth.has_value());
  EXPECT_EQ(body.substr(auth->offset, 32), md5);
  for (const char* bad :
       {"{}", R"({"auth":""})", R"({"auth":0})", R"({"auth":[]})", R"({"auth":"\""})", "x"}) {
    EXPECT_FALSE(ReadUnisenderAuth(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace bouncewatch
