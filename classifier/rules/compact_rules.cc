// A number is a varint (zigzag when it may be negative), a text its length and bytes, a list its length and
// elements, a struct its fields one after another.
#include "classifier/rules/compact_rules.h"

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "classifier/event.h"
#include "classifier/taxonomy.h"

namespace bouncewatch {
namespace {

constexpr std::string_view kMagic = "BWRULES1";

template <typename T>
concept Scalar = std::integral<T> || std::is_enum_v<T>;

// The fields of each struct. `Archive` is Encoder or Decoder, the struct const for the former.
template <typename Archive>
void VisitFields(Archive* archive, auto& value, const CodeCondition*) {
  auto& [code_min, code_max, enhanced, code, any_klass, any_detail] = value;
  auto& [klass, subject, detail] = code;
  archive->All(code_min, code_max, enhanced, klass, subject, detail, any_klass, any_detail);
}

template <typename Archive>
void VisitFields(Archive* archive, auto& value, const RuleLocation*) {
  auto& [file, line, column] = value;
  archive->All(file, line, column);
}

template <typename Archive>
void VisitFields(Archive* archive, auto& value, const Extract*) {
  auto& [kind, pattern, location] = value;
  archive->All(kind, pattern, location);
}

template <typename Archive>
void VisitFields(Archive* archive, auto& value, const Rule*) {
  auto& [id, since, checked, providers, codes, phases, tokens, lists, any, all, none, regex, extracts, cause,
         priority, remedy, url, match, nomatch, location] = value;  // `match` and `nomatch` stay behind
  archive->All(id, since, checked, providers, codes, phases, tokens, lists, any, all, none, regex, extracts,
               cause, priority, remedy, url, location);
}

template <typename Archive>
void VisitFields(Archive* archive, auto& value, const ProviderFingerprint*) {
  auto& [provider, any, location] = value;
  archive->All(provider, any, location);
}

template <typename Archive>
void VisitFields(Archive* archive, auto& value, const ProviderPatterns*) {
  auto& [provider, mx, location] = value;
  archive->All(provider, mx, location);
}

class Encoder {
 public:
  template <typename... Ts>
  void All(const Ts&... values) {
    (Add(values), ...);
  }
  std::string Take() { return std::move(out_); }

 private:
  void AddNumber(uint64_t number) {
    for (; number >= 0x80; number >>= 7) out_ += static_cast<char>(number | 0x80);
    out_ += static_cast<char>(number);
  }
  void Add(Scalar auto value) {
    const auto number = static_cast<int64_t>(value);
    AddNumber(static_cast<uint64_t>(number) << 1 ^ static_cast<uint64_t>(number >> 63));
  }
  void Add(const std::string& text) {
    AddNumber(text.size());
    out_ += text;
  }
  template <typename T>
  void Add(const std::vector<T>& list) {
    AddNumber(list.size());
    for (const T& element : list) Add(element);
  }
  template <typename T>
  requires(!Scalar<T>) void Add(const T& value) { VisitFields(this, value, &value); }

  std::string out_{kMagic};
};

class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes), ok_(bytes.starts_with(kMagic)) {
    if (ok_) rest_.remove_prefix(kMagic.size());
  }
  template <typename... Ts>
  void All(Ts&... values) {
    (Take(&values), ...);
  }
  bool at_end() const { return ok_ && rest_.empty(); }

 private:
  uint64_t TakeNumber() {
    uint64_t number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) break;
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      number |= uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return number;
    }
    ok_ = false;
    return 0;
  }
  // A length can be no greater than what is left: every element takes a byte at least.
  size_t TakeLength() {
    const uint64_t length = TakeNumber();
    if (length <= rest_.size()) return static_cast<size_t>(length);
    ok_ = false;
    return 0;
  }
  template <Scalar T>
  void Take(T* value) {
    const uint64_t number = TakeNumber();
    *value = static_cast<T>(static_cast<int64_t>(number >> 1 ^ -(number & 1)));
  }
  void Take(std::string* text) {
    const size_t length = TakeLength();
    text->assign(rest_.substr(0, length));
    rest_.remove_prefix(length);
  }
  template <typename T>
  void Take(std::vector<T>* list) {
    list->resize(TakeLength());
    for (T& element : *list) {
      if (!ok_) return;
      Take(&element);
    }
  }
  template <typename T>
  requires(!Scalar<T>) void Take(T* value) { VisitFields(this, *value, value); }

  std::string_view rest_;
  bool ok_;
};

bool InRange(const Rule& rule) {
  for (const Phase phase : rule.phases) {
    if (static_cast<int>(phase) >= kPhaseCount) return false;
  }
  for (const CodeCondition& code : rule.codes) {
    if (code.enhanced > CodeCondition::Enhanced::kSubject) return false;
  }
  for (const Extract& extract : rule.extracts) {
    if (static_cast<int>(extract.kind) >= kIdentityKindCount) return false;
  }
  return rule.cause < Causes().size();
}

}  // namespace

std::string EncodeRules(const RuleFileContent& content) {
  Encoder encoder;
  encoder.All(content.rules, content.fingerprints, content.providers);
  return encoder.Take();
}

absl::StatusOr<RuleFileContent> DecodeRules(std::string_view bytes) {
  RuleFileContent content;
  Decoder decoder(bytes);
  decoder.All(content.rules, content.fingerprints, content.providers);
  bool good = decoder.at_end();
  for (const Rule& rule : content.rules) good = good && InRange(rule);
  if (!good) return absl::DataLossError("the rules that came with the program are damaged");
  return content;
}

}  // namespace bouncewatch
