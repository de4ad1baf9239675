// PatternSet: the words and regexes of all rules as Vectorscan databases, found in a text by one pass over
// each.
//
//   PatternSet::Builder builder;
//   PatternId full = builder.AddWord(ParseWord(Word::Kind::kPhrase, "mailbox full"), location);
//   ASSIGN_OR_RETURN(std::unique_ptr<const PatternSet> set, std::move(builder).Compile());
//   std::unique_ptr<PatternHits> hits = set->NewHits();
//   set->ScanWords(text, hits.get());
//   if (hits->Contains(full)) ...
//
// Words go to a database of pure literals, several times faster than regexes; their bounds are checked in our
// own code. Equal patterns share an id. Immutable after Compile and shared by threads; PatternHits belongs to
// one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "classifier/rules/rule.h"
#include "classifier/rules/word.h"

struct hs_database;
struct hs_scratch;

namespace bouncewatch {

using PatternId = uint32_t;

// Which patterns the last scan found, with the memory Vectorscan works in.
class PatternHits {
 public:
  ~PatternHits();
  PatternHits(const PatternHits&) = delete;
  PatternHits& operator=(const PatternHits&) = delete;

  bool Contains(PatternId id) const { return seen_[id]; }
  const std::vector<PatternId>& found() const { return found_; }  // each once, in no particular order

 private:
  friend class PatternSet;
  explicit PatternHits(size_t pattern_count) : seen_(pattern_count) {}

  std::vector<bool> seen_;
  std::vector<PatternId> found_;
  hs_scratch* scratch_ = nullptr;
};

class PatternSet {
 public:
  class Builder;

  ~PatternSet();
  PatternSet(const PatternSet&) = delete;
  PatternSet& operator=(const PatternSet&) = delete;

  std::unique_ptr<PatternHits> NewHits() const;
  // Replaces *hits by the words in the text; ScanRegexes then adds the regexes.
  void ScanWords(std::string_view text, PatternHits* hits) const;
  void ScanRegexes(std::string_view text, PatternHits* hits) const;

  size_t size() const { return lengths_.size(); }
  // Bytes of the word as written without its stars, or of the regex.
  size_t length(PatternId id) const { return lengths_[id]; }

  // The compiled databases, for Builder::Compile.
  std::string Serialize(uint64_t fingerprint) const;
  bool loaded() const { return loaded_; }  // a serialized database was used, nothing was compiled

 private:
  struct Handler;
  void Scan(const hs_database* database, std::string_view text, PatternHits* hits) const;
  PatternSet() = default;
  absl::Status CompileWords(const std::vector<PatternId>& ids);
  absl::Status CompileRegexes(const Builder& builder);
  bool Deserialize(std::string_view serialized, uint64_t fingerprint, bool has_words, bool has_regexes);
  bool MakeScratch();

  std::vector<Word> words_;      // by PatternId; empty text for a regex
  std::vector<size_t> lengths_;  // by PatternId
  bool loaded_ = false;
  hs_database* word_database_ = nullptr;   // null when there are no words
  hs_database* regex_database_ = nullptr;  // null when there are no regexes
  hs_scratch* scratch_ = nullptr;          // the model that NewHits clones
};

class PatternSet::Builder {
 public:
  // `location` names the pattern in errors; the first one given counts.
  PatternId AddWord(const Word& word, const RuleLocation& location);
  PatternId AddRegex(std::string_view regex, const RuleLocation& location);

  // Of `serialized` the first is used that Serialize() made under the same fingerprint with this library on
  // such a CPU. The fingerprint must change whenever the patterns or their order do.
  absl::StatusOr<std::unique_ptr<const PatternSet>> Compile(std::span<const std::string_view> serialized,
                                                            uint64_t fingerprint) const;

 private:
  friend class PatternSet;
  struct Pattern {
    Word word;  // empty text for a regex
    std::string regex;
    RuleLocation location;
  };
  PatternId Add(std::string key, Pattern pattern);

  std::vector<Pattern> patterns_;
  std::unordered_map<std::string, PatternId> ids_;
};

}  // namespace bouncewatch
