// Two databases are scanned one after the other: pure literals (hs_compile_lit_multi) for words, and the few
// regexes. A literal match is only a candidate: Vectorscan tells its end, the bounds are looked at here, and
// so a word whose first occurrence is inside a longer word is still found further on.
#include "classifier/rules/pattern_set.h"

#include <hs/hs.h>

#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"

namespace bouncewatch {
namespace {

constexpr std::string_view kMagic = "BWHS0001";

void AppendBlock(std::string_view block, std::string* out) {
  const uint64_t size = block.size();
  out->append(reinterpret_cast<const char*>(&size),
              sizeof(size));  // host order: the content is bound to the CPU too
  out->append(block);
}

bool TakeBlock(std::string_view* in, std::string_view* block) {
  uint64_t size = 0;
  if (in->size() < sizeof(size)) return false;
  std::memcpy(&size, in->data(), sizeof(size));
  in->remove_prefix(sizeof(size));
  if (in->size() < size) return false;
  *block = in->substr(0, size);
  in->remove_prefix(size);
  return true;
}

std::string Number(uint64_t number) {
  return {reinterpret_cast<const char*>(&number), sizeof(number)};
}

std::string SerializeDatabase(const hs_database* database) {
  char* bytes = nullptr;
  size_t size = 0;
  if (database == nullptr || hs_serialize_database(database, &bytes, &size) != HS_SUCCESS) return "";
  std::string out(bytes, size);
  free(bytes);
  return out;
}

}  // namespace

PatternHits::~PatternHits() {
  hs_free_scratch(scratch_);
}

PatternSet::~PatternSet() {
  hs_free_scratch(scratch_);
  hs_free_database(word_database_);
  hs_free_database(regex_database_);
}

std::unique_ptr<PatternHits> PatternSet::NewHits() const {
  std::unique_ptr<PatternHits> hits(new PatternHits(size()));
  if (scratch_ != nullptr && hs_clone_scratch(scratch_, &hits->scratch_) != HS_SUCCESS)
    throw std::bad_alloc();
  return hits;
}

struct PatternSet::Handler {
  const PatternSet* set;
  std::string_view text;
  PatternHits* hits;

  static int OnMatch(unsigned id, unsigned long long, unsigned long long to, unsigned, void* context) {
    const Handler* self = static_cast<const Handler*>(context);
    PatternHits* hits = self->hits;
    if (hits->seen_[id]) return 0;
    const Word& word = self->set->words_[id];
    const size_t end = static_cast<size_t>(to);
    if (!word.text.empty() && !BoundsHold(word, self->text, end - word.text.size(), end)) return 0;
    hits->seen_[id] = true;
    hits->found_.push_back(id);
    return 0;
  }
};

void PatternSet::ScanWords(std::string_view text, PatternHits* hits) const {
  for (PatternId id : hits->found_) hits->seen_[id] = false;
  hits->found_.clear();
  Scan(word_database_, text, hits);
}

void PatternSet::ScanRegexes(std::string_view text, PatternHits* hits) const {
  Scan(regex_database_, text, hits);
}

void PatternSet::Scan(const hs_database* database, std::string_view text, PatternHits* hits) const {
  if (database == nullptr) return;
  Handler handler{this, text, hits};
  hs_scan(database, text.data(), static_cast<unsigned>(text.size()), 0, hits->scratch_, Handler::OnMatch,
          &handler);
}

std::string PatternSet::Serialize(uint64_t fingerprint) const {
  std::string out(kMagic);
  AppendBlock(hs_version(), &out);
  AppendBlock(Number(fingerprint), &out);
  AppendBlock(SerializeDatabase(word_database_), &out);
  AppendBlock(SerializeDatabase(regex_database_), &out);
  return out + Number(XXH3_64bits(out.data(), out.size()));
}

// False when any of it does not fit; the databases are null then.
bool PatternSet::Deserialize(std::string_view serialized, uint64_t fingerprint, bool has_words,
                             bool has_regexes) {
  if (serialized.size() < kMagic.size() + sizeof(uint64_t) || !serialized.starts_with(kMagic)) return false;
  std::string_view rest = serialized.substr(0, serialized.size() - sizeof(uint64_t));
  if (Number(XXH3_64bits(rest.data(), rest.size())) != serialized.substr(rest.size())) return false;
  rest.remove_prefix(kMagic.size());
  std::string_view version, stored_fingerprint, words, regexes;
  if (!TakeBlock(&rest, &version) || version != hs_version()) return false;
  if (!TakeBlock(&rest, &stored_fingerprint) || stored_fingerprint != Number(fingerprint)) return false;
  if (!TakeBlock(&rest, &words) || !TakeBlock(&rest, &regexes) || !rest.empty()) return false;
  if (words.empty() == has_words || regexes.empty() == has_regexes) return false;
  const bool loaded =
      (!has_words || hs_deserialize_database(words.data(), words.size(), &word_database_) == HS_SUCCESS) &&
      (!has_regexes ||
       hs_deserialize_database(regexes.data(), regexes.size(), &regex_database_) == HS_SUCCESS);
  if (loaded && MakeScratch()) return true;  // the scratch is refused when the database is for another CPU
  hs_free_database(std::exchange(word_database_, nullptr));
  hs_free_database(std::exchange(regex_database_, nullptr));
  return false;
}

bool PatternSet::MakeScratch() {
  for (const hs_database* database : {word_database_, regex_database_}) {
    if (database != nullptr && hs_alloc_scratch(database, &scratch_) != HS_SUCCESS) return false;
  }
  return true;
}

absl::Status PatternSet::CompileWords(const std::vector<PatternId>& ids) {
  if (ids.empty()) return absl::OkStatus();
  std::vector<const char*> texts;
  std::vector<size_t> lengths;
  for (PatternId id : ids) {
    texts.push_back(words_[id].text.data());
    lengths.push_back(words_[id].text.size());
  }
  const std::vector<unsigned> flags(ids.size(), HS_FLAG_CASELESS);
  hs_compile_error_t* error = nullptr;
  if (hs_compile_lit_multi(texts.data(), flags.data(), ids.data(), lengths.data(),
                           static_cast<unsigned>(ids.size()), HS_MODE_BLOCK, nullptr, &word_database_,
                           &error) == HS_SUCCESS) {
    return absl::OkStatus();
  }
  const std::string what = error->message;
  hs_free_compile_error(error);
  return absl::InternalError(absl::StrFormat("phrases do not compile: %s", what));
}

absl::Status PatternSet::CompileRegexes(const Builder& builder) {
  std::vector<const char*> texts;
  std::vector<PatternId> ids;
  for (PatternId id = 0; id < builder.patterns_.size(); ++id) {
    if (!builder.patterns_[id].word.text.empty()) continue;
    texts.push_back(builder.patterns_[id].regex.c_str());
    ids.push_back(id);
  }
  if (ids.empty()) return absl::OkStatus();
  const std::vector<unsigned> flags(ids.size(), HS_FLAG_CASELESS | HS_FLAG_SINGLEMATCH);
  hs_compile_error_t* error = nullptr;
  if (hs_compile_multi(texts.data(), flags.data(), ids.data(), static_cast<unsigned>(ids.size()),
                       HS_MODE_BLOCK, nullptr, &regex_database_, &error) == HS_SUCCESS) {
    return absl::OkStatus();
  }
  const std::string what = error->message;
  const int index = error->expression;  // negative when the fault lies with all of them together
  hs_free_compile_error(error);
  if (index < 0) return absl::InvalidArgumentError(absl::StrFormat("regexes do not compile: %s", what));
  const Builder::Pattern& pattern = builder.patterns_[ids[static_cast<size_t>(index)]];
  return absl::InvalidArgumentError(
      absl::StrFormat("%s: regex '%s': %s", pattern.location.ToString(), pattern.regex, what));
}

PatternId PatternSet::Builder::Add(std::string key, Pattern pattern) {
  const auto [it, inserted] = ids_.try_emplace(std::move(key), static_cast<PatternId>(patterns_.size()));
  if (inserted) patterns_.push_back(std::move(pattern));
  return it->second;
}

PatternId PatternSet::Builder::AddWord(const Word& word, const RuleLocation& location) {
  const char kind = word.kind == Word::Kind::kPhrase ? 'p' : 't';
  std::string key = {kind, word.bound_left ? '1' : '0', word.bound_right ? '1' : '0'};
  return Add(key + word.text, Pattern{word, "", location});
}

PatternId PatternSet::Builder::AddRegex(std::string_view regex, const RuleLocation& location) {
  return Add("r" + std::string(regex), Pattern{Word{}, std::string(regex), location});
}

absl::StatusOr<std::unique_ptr<const PatternSet>> PatternSet::Builder::Compile(
    std::span<const std::string_view> serialized, uint64_t fingerprint) const {
  std::unique_ptr<PatternSet> set(new PatternSet);
  std::vector<PatternId> word_ids;
  for (const Pattern& pattern : patterns_) {
    const bool is_word = !pattern.word.text.empty();
    if (is_word) word_ids.push_back(static_cast<PatternId>(set->words_.size()));
    set->words_.push_back(pattern.word);
    set->lengths_.push_back(is_word ? pattern.word.text.size() : pattern.regex.size());
  }
  const bool has_regexes = word_ids.size() < patterns_.size();
  for (std::string_view candidate : serialized) {
    if (set->loaded_ = set->Deserialize(candidate, fingerprint, !word_ids.empty(), has_regexes); set->loaded_)
      break;
  }
  if (!set->loaded_) {
    RETURN_IF_ERROR(set->CompileWords(word_ids));
    RETURN_IF_ERROR(set->CompileRegexes(*this));
    if (!set->MakeScratch()) return absl::InternalError("Vectorscan cannot make its working memory");
  }
  return std::unique_ptr<const PatternSet>(std::move(set));
}

}  // namespace bouncewatch
