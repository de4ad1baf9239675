// The HTTP surface of the daemon: which paths there are and what they answer. docs/formats.md lists them.
// Handlers run on the server's threads; everything borrowed here may be used by any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "classifier/rules/rule_set.h"
#include "daemon/http_server.h"
#include "daemon/identity.h"
#include "metrics/delivery_totals.h"
#include "metrics/self_metrics.h"
#include "storage/store.h"

namespace bouncewatch {

struct HttpApi {
  const Store* store = nullptr;
  const DeliveryTotals* totals = nullptr;
  const SelfMetrics* self_metrics = nullptr;
  std::function<std::shared_ptr<const RuleSet>()> rules;  // those in use now
  std::function<Identity()> identity;                     // what is ours now
  std::function<bool()> ready;                            // every source is open
  std::function<void()> request_reload;                   // null: POST /-/reload does not exist
};

std::vector<HttpRoute> HttpRoutes(HttpApi api);

}  // namespace bouncewatch
