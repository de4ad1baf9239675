// compare_cache [REPLIES] [SEED]: does the cache ever change a verdict? Generates replies (default 300,000)
// from the samples of the shipped rules, each with other addresses, hosts, numbers, codes and wrappers,
// classifies each through the cache and without it, and counts those that differ. Ends with 1 when one does.
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/classifier.h"
#include "classifier/embedded_file.h"
#include "classifier/rules/loader.h"
#include "classifier/rules/rule_set.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

class ReplyGenerator {
 public:
  ReplyGenerator(const std::vector<Rule>& rules, uint64_t seed) : random_(seed) {
    for (const Rule& rule : rules) {
      samples_.insert(samples_.end(), rule.match.begin(), rule.match.end());
      samples_.insert(samples_.end(), rule.nomatch.begin(), rule.nomatch.end());
    }
  }

  size_t Random(size_t below) { return std::uniform_int_distribution<size_t>(0, below - 1)(random_); }

  std::string Next() {
    std::string text = Refill(Sample());
    if (Random(10) == 0) text = Splice(text, Refill(Sample()));
    if (Random(10) == 0) ChangeOneDigit(&text);
    if (Random(20) == 0) DropOneWord(&text);
    return Wrap(text);
  }

 private:
  const std::string& Sample() { return samples_[Random(samples_.size())]; }

  std::string Letters(size_t least, size_t most) {
    std::string out;
    for (size_t left = least + Random(most - least + 1); left > 0; --left) {
      out += static_cast<char>('a' + Random(26));
    }
    return out;
  }

  std::string Host() {
    std::string host = Letters(2, 9);
    if (Random(3) == 0) host += std::to_string(Random(100));
    if (Random(3) == 0) host = "mx" + std::to_string(Random(20)) + "." + host;
    constexpr std::string_view kEnds[] = {".example.org", ".example", ".co.test", ".spamhaus.org", ".test"};
    return host.append(kEnds[Random(std::size(kEnds))]);
  }

  std::string Address() {
    std::string local = Letters(1, 12);
    if (Random(3) == 0) local += "+" + std::to_string(Random(1000));
    if (Random(5) == 0) local += ".S3150";
    return local + "@" + Host();
  }

  std::string Ip() {
    if (Random(5) == 0) return "2001:db8::" + std::to_string(Random(9999));
    constexpr std::string_view kNets[] = {"192.0.2.", "198.51.100.", "203.0.113.", "127.0.0.",
                                          "127.255.255."};
    return std::string(kNets[Random(std::size(kNets))]) + std::to_string(Random(256));
  }

  // Every word that looks like an address, an IP, a host or a long number is replaced by another of its kind.
  std::string Refill(std::string_view sample) {
    std::string out;
    while (!sample.empty()) {
      const size_t length = std::min(sample.find_first_of(" <>[](),;\"'"), sample.size());
      const std::string_view word = sample.substr(0, length);
      out += Replacement(word);
      if (length < sample.size()) out += sample[length];
      sample.remove_prefix(std::min(sample.size(), length + 1));
    }
    return out;
  }

  std::string Replacement(std::string_view word) {
    if (word.find('@') != std::string_view::npos) return Address();
    if (word.starts_with("192.0.2.")) return Ip();
    if (word.ends_with("example.org") && word.find('/') == std::string_view::npos) return Host();
    const bool number = word.size() > 5 && word.find_first_not_of("0123456789") == std::string_view::npos;
    return number ? std::to_string(Random(100000000)) : std::string(word);
  }

  std::string Splice(std::string_view a, std::string_view b) {
    return std::string(a.substr(0, Random(a.size() + 1))).append(b.substr(Random(b.size() + 1)));
  }

  void ChangeOneDigit(std::string* text) {
    const size_t at = text->find_first_of("0123456789", Random(text->size() + 1));
    if (at != std::string::npos) (*text)[at] = static_cast<char>('0' + Random(10));
  }

  void DropOneWord(std::string* text) {
    const size_t at = text->find(' ', Random(text->size() + 1));
    if (at != std::string::npos) text->erase(at, std::min(text->find(' ', at + 1), text->size()) - at);
  }

  std::string Wrap(const std::string& text) {
    switch (Random(6)) {
      case 0:
        return "host " + Host() + "[" + Ip() + "] said: " + text + " (in reply to RCPT TO command)";
      case 1:
        return "SMTP error from remote mail server after end of data: host " + Host() + " [" + Ip() +
               "]: " + text;
      case 2:
        return "smtp;" + text;
      default:
        return text;
    }
  }

  std::vector<std::string> samples_;
  std::mt19937_64 random_;
};

bool Same(const Verdict& a, const Verdict& b) {
  return a.rule == b.rule && a.cause == b.cause && a.provider == b.provider && a.code == b.code &&
         a.enhanced == b.enhanced && a.phase == b.phase && a.speaker == b.speaker &&
         a.template_id == b.template_id && a.template_text == b.template_text;
}

int Compare(size_t replies, uint64_t seed) {
  absl::StatusOr<RuleFileContent> content = ParseRuleFiles(EmbeddedRuleFiles());
  if (!content.ok()) return std::fprintf(stderr, "%s\n", content.status().ToString().c_str()), 2;
  absl::StatusOr<std::shared_ptr<const RuleSet>> rules = RuleSet::Compile(*std::move(content));
  if (!rules.ok()) return std::fprintf(stderr, "%s\n", rules.status().ToString().c_str()), 2;
  Classifier cached(*rules, Classifier::kDefaultCacheEntries, seed);
  Classifier uncached(*rules);
  ReplyGenerator generator((*rules)->rules(), seed);
  const size_t providers = (*rules)->providers().names().size();
  size_t differing = 0;
  for (size_t i = 0; i < replies; ++i) {
    const std::string text = generator.Next();
    const auto provider = static_cast<ProviderIndex>(
        generator.Random(4) == 0 ? generator.Random(providers) : static_cast<size_t>(kNoProvider));
    const Phase phase = generator.Random(4) == 0 ? Phase::kRcpt : Phase::kUnknown;
    if (Same(cached.Classify(text, provider, phase), uncached.ClassifyUncached(text, provider, phase)))
      continue;
    if (++differing <= 10) std::printf("differs: %s\n", text.c_str());
  }
  const ClassifierCounters& counters = cached.counters();
  std::printf("%zu replies, %zu differing; cache: %zu hits, %zu misses, %zu evictions\n", replies, differing,
              static_cast<size_t>(counters.hits), static_cast<size_t>(counters.misses),
              static_cast<size_t>(counters.evictions));
  return differing == 0 && counters.hits > replies / 10 ? 0 : 1;
}

}  // namespace
}  // namespace bouncewatch

int main(int argc, char** argv) {
  const size_t replies = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 300000;
  const uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  return bouncewatch::Compare(replies, seed);
}
