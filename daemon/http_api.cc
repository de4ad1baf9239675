#include "daemon/http_api.h"

#include <ctime>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "classifier/classifier.h"
#include "classifier/facts/fact_finder.h"
#include "classifier/status_macros.h"
#include "daemon/evidence_pack.h"
#include "daemon/query_arguments.h"
#include "daemon/query_output.h"
#include "daemon/template_output.h"
#include "daemon/template_report.h"
#include "daemon/verdict_json.h"

namespace bouncewatch {
namespace {

constexpr char kJson[] = "application/json";
constexpr size_t kMaxAnswerPoints = 200'000;  // 30 MB of JSON
constexpr size_t kClassifierEntries = 1024;

constexpr char kLandingPage[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Bouncewatch</title></head>\n"
    "<body><h1>Bouncewatch</h1><ul>\n"
    "<li><a href=\"/metrics\">/metrics</a>: for Prometheus</li>\n"
    "<li><a href=\"/api/v1/query?by=cause\">/api/v1/query?by=cause</a>: causes of the last 24 hours</li>\n"
    "<li><a href=\"/api/v1/templates\">/api/v1/templates</a>: replies that no rule knows</li>\n"
    "<li><a href=\"/-/healthy\">/-/healthy</a>, <a href=\"/-/ready\">/-/ready</a></li>\n"
    "</ul></body></html>\n";

HttpResponse ErrorResponse(const absl::Status& status) {
  int code = 500;
  if (absl::IsInvalidArgument(status) || absl::IsOutOfRange(status) || absl::IsUnimplemented(status) ||
      absl::IsResourceExhausted(status) || absl::IsFailedPrecondition(status)) {
    code = 400;
  }
  if (absl::IsUnavailable(status)) code = 503;
  HttpResponse response;
  response.status = code;
  response.body = std::string(status.message()) + "\n";
  return response;
}

absl::StatusOr<std::string> Query(const Store& store, const HttpRequest& request) {
  ASSIGN_OR_RETURN(const QueryWords words, FromUrlQuery(request.query));
  ASSIGN_OR_RETURN(const QuerySpec spec, ParseQuery(words, std::time(nullptr)));
  ASSIGN_OR_RETURN(const std::unique_ptr<Reader> reader, store.NewReader());
  ASSIGN_OR_RETURN(const QueryResult result, reader->Query(spec));
  size_t points = 0;
  for (const Series& series : result.series) points += series.points.size();
  if (points > kMaxAnswerPoints) {
    return absl::OutOfRangeError(
        absl::StrFormat("the answer would hold %d points, of which one answer may hold %d; ask for pages "
                        "with limit and offset",
                        points, kMaxAnswerPoints));
  }
  return QueryJson(result) + "\n";
}

absl::StatusOr<std::string> Templates(const Store& store, std::shared_ptr<const RuleSet> rules,
                                      const HttpRequest& request) {
  ASSIGN_OR_RETURN(const TemplateQuestion question, ParseTemplateQuestion(request.query));
  ASSIGN_OR_RETURN(const std::unique_ptr<Reader> reader, store.NewReader());
  ASSIGN_OR_RETURN(const TemplateReport report,
                   ReportTemplates(reader.get(), std::move(rules), question, std::time(nullptr)));
  return TemplatesJson(report) + "\n";
}

absl::StatusOr<std::string> Evidence(const Store& store, const HttpRequest& request) {
  ASSIGN_OR_RETURN(const EvidenceFilter filter, ParseEvidenceUrlQuery(request.query));
  ASSIGN_OR_RETURN(const std::vector<EvidenceReply> replies, FindEvidence(store, filter));
  return EvidenceRepliesJson(replies) + "\n";
}

// One classifier for all requests: its cache is worth more than parallel answers.
class SharedClassifier {
 public:
  // `rules`: those in use now; a reload changes them.
  explicit SharedClassifier(std::function<std::shared_ptr<const RuleSet>()> rules)
      : rules_(std::move(rules)) {}

  std::string Answer(std::string_view lines, const Identity& identity) {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<const RuleSet> rules = rules_();
    if (!classifier_ || &classifier_->rules() != rules.get()) {
      classifier_.emplace(rules, kClassifierEntries);
      facts_.emplace(std::move(rules));
    }
    std::string out;
    while (!lines.empty()) {
      const size_t end = std::min(lines.find('\n'), lines.size());
      std::string_view line = lines.substr(0, end);
      if (line.ends_with('\r')) line.remove_suffix(1);
      const ReplyLine reply = ParseReplyLine(line, classifier_->rules().providers());
      const Verdict& verdict = classifier_->Classify(reply.text, reply.provider);
      AppendVerdictJson(verdict, classifier_->rules(), facts_->Find(reply.text, verdict), identity, &out);
      out += '\n';
      lines.remove_prefix(std::min(end + 1, lines.size()));
    }
    return out;
  }

 private:
  const std::function<std::shared_ptr<const RuleSet>()> rules_;
  std::mutex mutex_;
  std::optional<Classifier> classifier_;
  std::optional<FactFinder> facts_;
};

}  // namespace

std::vector<HttpRoute> HttpRoutes(HttpApi api) {
  const auto classifier = std::make_shared<SharedClassifier>(api.rules);
  std::vector<HttpRoute> routes;
  routes.push_back({"GET", "/", [](const HttpRequest&) {
                      return HttpResponse{200, "text/html; charset=utf-8", kLandingPage};
                    }});
  routes.push_back({"GET", "/metrics", [api](const HttpRequest& request) {
                      const ExpositionFormat format = NegotiateFormat(request.accept);
                      HttpResponse response{200, std::string(ContentType(format)), ""};
                      api.totals->Write(&response.body, format);
                      api.self_metrics->Write(&response.body, format);
                      ExpositionWriter(&response.body, format).End();
                      return response;
                    }});
  routes.push_back({"GET", "/-/healthy", [](const HttpRequest&) {
                      return HttpResponse{200, "text/plain; charset=utf-8", "healthy\n"};
                    }});
  routes.push_back({"GET", "/-/ready", [api](const HttpRequest&) {
                      const bool ready = api.ready();
                      return HttpResponse{ready ? 200 : 503, "text/plain; charset=utf-8",
                                          ready ? "ready\n" : "not ready\n"};
                    }});
  routes.push_back({"GET", "/api/v1/query", [api](const HttpRequest& request) {
                      absl::StatusOr<std::string> answer = Query(*api.store, request);
                      if (!answer.ok()) return ErrorResponse(answer.status());
                      return HttpResponse{200, kJson, *std::move(answer)};
                    }});
  routes.push_back({"GET", "/api/v1/templates", [api](const HttpRequest& request) {
                      absl::StatusOr<std::string> answer = Templates(*api.store, api.rules(), request);
                      if (!answer.ok()) return ErrorResponse(answer.status());
                      return HttpResponse{200, kJson, *std::move(answer)};
                    }});
  routes.push_back({"GET", "/api/v1/evidence", [api](const HttpRequest& request) {
                      absl::StatusOr<std::string> answer = Evidence(*api.store, request);
                      if (!answer.ok()) return ErrorResponse(answer.status());
                      return HttpResponse{200, kJson, *std::move(answer)};
                    }});
  routes.push_back(
      {"POST", "/api/v1/classify", [api, classifier](const HttpRequest& request) {
         return HttpResponse{200, "application/x-ndjson", classifier->Answer(request.body, api.identity())};
       }});
  if (api.request_reload) {
    routes.push_back({"POST", "/-/reload", [api](const HttpRequest&) {
                        api.request_reload();
                        return HttpResponse{202, "text/plain; charset=utf-8", "reload requested\n"};
                      }});
  }
  return routes;
}

}  // namespace bouncewatch
