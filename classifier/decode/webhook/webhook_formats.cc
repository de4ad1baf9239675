#include "classifier/decode/webhook/webhook_formats.h"

#include <algorithm>

#include "classifier/decode/webhook/amazon_ses.h"
#include "classifier/decode/webhook/brevo.h"
#include "classifier/decode/webhook/cloudevents.h"
#include "classifier/decode/webhook/elastic_email.h"
#include "classifier/decode/webhook/emailengine.h"
#include "classifier/decode/webhook/halon_bulk.h"
#include "classifier/decode/webhook/kumomta_hook.h"
#include "classifier/decode/webhook/log_shipper.h"
#include "classifier/decode/webhook/mail_report.h"
#include "classifier/decode/webhook/mailersend.h"
#include "classifier/decode/webhook/mailgun.h"
#include "classifier/decode/webhook/mailjet.h"
#include "classifier/decode/webhook/mailomat.h"
#include "classifier/decode/webhook/mailtrap.h"
#include "classifier/decode/webhook/mandrill.h"
#include "classifier/decode/webhook/postal.h"
#include "classifier/decode/webhook/postmark.h"
#include "classifier/decode/webhook/powermta.h"
#include "classifier/decode/webhook/resend.h"
#include "classifier/decode/webhook/sendgrid.h"
#include "classifier/decode/webhook/sparkpost.h"
#include "classifier/decode/webhook/sweego.h"
#include "classifier/decode/webhook/unisender_go.h"

namespace bouncewatch {
namespace {

constexpr WebhookFormat kFormats[] = {
    {"amazon_ses", NewAmazonSesWebhook},
    {"brevo", NewBrevoWebhook},
    {"cloudevents", NewCloudEventsWebhook},
    {"elastic_email", NewElasticEmailWebhook},
    {"emailengine", NewEmailEngineWebhook},
    {"fluent_bit", NewLogShipperWebhook},
    {"halon", NewHalonWebhook},
    {"kumomta", NewKumoMtaWebhook},
    {"mail_report", NewMailReportWebhook},
    {"mailersend", NewMailerSendWebhook},
    {"mailgun", NewMailgunWebhook},
    {"mailjet", NewMailjetWebhook},
    {"mailomat", NewMailomatWebhook},
    {"mailtrap", NewMailtrapWebhook},
    {"mandrill", NewMandrillWebhook},
    {"momentum", NewSparkPostWebhook},
    {"postal", NewPostalWebhook},
    {"postmark", NewPostmarkWebhook},
    {"powermta", NewPowerMtaWebhook},
    {"resend", NewResendWebhook},
    {"sendgrid", NewSendGridWebhook},
    {"sparkpost", NewSparkPostWebhook},
    {"sweego", NewSweegoWebhook},
    {"unisender_go", NewUnisenderGoWebhook},
    {"vector", NewLogShipperWebhook},
};

}  // namespace

std::span<const WebhookFormat> WebhookFormats() {
  return kFormats;
}

const WebhookFormat* FindWebhookFormat(std::string_view name) {
  const auto* found = std::find_if(std::begin(kFormats), std::end(kFormats),
                                   [name](const WebhookFormat& format) { return format.name == name; });
  return found == std::end(kFormats) ? nullptr : found;
}

}  // namespace bouncewatch
