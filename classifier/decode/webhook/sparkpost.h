// SparkPost's and Momentum's webhooks: an array of {"msys": {"<class>_event": {..}}}; a ping holds an empty
// "msys".
//
//   delivery                 delivered
//   delay                    deferred
//   bounce                   bounced; dropped when its class is 25 (admin failure: our own side refused)
//   out_of_band              out-of-band
//   spam_complaint           complaint
//   policy_rejection, generation_failure, generation_rejection   dropped: their "554 5.7.1" is SparkPost's
//   own opens, clicks, injections, unsubscriptions, relays: nothing; so are bounces of the classes 60
//   (automatic reply), 80, 90 (subscriptions) and 100 (challenge)
//
// The customer is the subaccount, the campaign campaign_id. Fields: developers.sparkpost.com, "Webhooks";
// "Bounce classification codes" of its support pages.
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewSparkPostWebhook(const WebhookOptions& options);

}  // namespace bouncewatch
