// PatternCheck: what can be told of a rule's words and regex by looking at them, without replies. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "classifier/rules/word.h"

namespace bouncewatch {

// Whether the word, with its bounds, is in the text.
bool FindsWord(const Word& word, std::string_view text);

// What mask and parser make of a reply that holds the word, when the word is not in it any more: a rule that
// asks for it can never match. nullopt for a word that stays, in one of several places of a reply at least.
std::optional<std::string> MaskedAway(const Word& word);

// What looks like text in a regex but is syntax: "[TSS04]" is one character out of four, "(S3150)" a group
// that says nothing. "" when there is none.
std::string SuspiciousSyntax(std::string_view regex);

// The regex with every bracket that is not escaped taken as text.
std::string EscapeBrackets(std::string_view regex);

// Whether the regex is found in the text. False also for one that Vectorscan refuses; *refusal then says why.
bool FindsRegex(const std::string& regex, std::string_view text, std::string* refusal);

}  // namespace bouncewatch
