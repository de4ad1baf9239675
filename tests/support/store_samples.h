// Rows by name for the store's tests, and a directory that goes when the test does.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>

#include "classifier/taxonomy.h"
#include "storage/reader.h"
#include "storage/rollup.h"

namespace bouncewatch {

class TestDirectory {
 public:
  TestDirectory() : path_((std::filesystem::temp_directory_path() / "bouncewatch-test-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~TestDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;
  std::string store() const { return path_ + "/store"; }

 private:
  std::string path_;
};

struct Sample {
  uint32_t minute = 0;
  std::string domain = "example.org";
  Outcome outcome = Outcome::kDelivered;
  uint32_t count = 1;
  std::string cause = "event.delivered";
  std::string ip = "192.0.2.1";
  std::string sender = "sender.test";
  std::string host = "mx1";
  std::string customer = "";
  std::string provider = "";
  uint16_t code = 0;
  uint32_t enhanced = 0;
  uint64_t template_id = 0;
  Origin origin = Origin::kLocal;
};

inline void AddSample(Rollup* rollup, const Sample& sample) {
  LaneKey lane;
  lane.ip = rollup->InternName(Name::kIp, sample.ip);
  lane.sender = rollup->InternName(Name::kSender, sample.sender);
  lane.host = rollup->InternName(Name::kHost, sample.host);
  lane.customer = rollup->InternName(Name::kCustomer, sample.customer);
  AnswerKey answer;
  answer.template_ref = rollup->InternTemplate(sample.template_id, "a reply", "a.rule");
  answer.provider = rollup->InternName(Name::kProvider, sample.provider);
  answer.enhanced = sample.enhanced;
  answer.code = sample.code;
  answer.cause = FindCause(sample.cause).value_or(UnspecifiedCause());
  answer.outcome = sample.outcome;
  answer.origin = sample.origin;
  rollup->Add({sample.minute, rollup->InternName(Name::kDomain, sample.domain), rollup->InternLane(lane),
               rollup->InternAnswer(answer), sample.count});
}

// "a,b|t" -> attempts, failures, expired of every point of the answer.
struct Sums {
  uint64_t attempts = 0, failures = 0, expired = 0;
  bool operator==(const Sums&) const = default;
};
inline std::map<std::string, Sums> SumsOf(const QueryResult& result) {
  std::map<std::string, Sums> sums;
  for (const Series& series : result.series) {
    std::string name;
    for (const auto& [key, value] : series.key) name += (name.empty() ? "" : ",") + value;
    for (const Point& point : series.points) {
      sums[name + "|" + std::to_string(point.t_s)] = {point.attempts, point.failures(), point.expired};
    }
  }
  return sums;
}

inline QuerySpec Everything(std::vector<Key> by, int64_t step_s = 0) {
  QuerySpec spec;
  spec.by = std::move(by);
  spec.to_s = int64_t{1} << 40;
  spec.step_s = step_s;
  spec.limit = 0;
  return spec;
}

}  // namespace bouncewatch
