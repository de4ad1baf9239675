// Data files compiled into the binary, so that one executable is the whole program.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace bouncewatch {

struct EmbeddedFile {
  std::string_view name;  // base name, e.g. "google.toml"
  const unsigned char* data;
  size_t size;

  std::string_view text() const { return {reinterpret_cast<const char*>(data), size}; }
};

// classifier/rules/*.toml but for remedies.toml. Lives for the whole program; share freely.
std::span<const EmbeddedFile> EmbeddedRuleFiles();
// classifier/rules/remedies.toml: one file.
std::span<const EmbeddedFile> EmbeddedRemedyFile();

// The same rules as compile_rules left them on the machine that built the program: first what EncodeRules
// made of them (classifier/rules/compact_rules.h), then what RuleSet::Serialize did.
std::span<const EmbeddedFile> EmbeddedCompiledRules();

}  // namespace bouncewatch
