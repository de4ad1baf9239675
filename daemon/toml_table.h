// TomlTable: strict, typed access to one table of a TOML file. Every key must be asked for; what nobody asked
// for is an error of Finish(), "file:line:column: unknown key". The first error sticks: later calls do
// nothing. Scalar keys can be overridden by environment variables. One thread.
//
//   TomlTable http(file, "http", node);
//   http.Text("listen", &config.http_listen);
//   RETURN_IF_ERROR(http.Finish());
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace bouncewatch {

class TomlTable {
 public:
  // `section` names the environment variables: BOUNCEWATCH_<SECTION>_<KEY>; "" when none apply. `table` may
  // be null: the section is not in the file.
  TomlTable(std::string_view file, std::string_view section, const toml::table* table)
      : file_(file), section_(section), table_(table) {}

  // Each leaves *out alone when the key is absent.
  void Text(std::string_view key, std::string* out);
  void Flag(std::string_view key, bool* out);
  void Integer(std::string_view key, int64_t min, int64_t max, int* out);
  void Number(std::string_view key, double above, double* out);  // finite and > above
  void Texts(std::string_view key, std::vector<std::string>* out);
  // The text must be one of `names`; *out becomes its index.
  void Choice(std::string_view key, const std::vector<std::string_view>& names, size_t* out);

  // The node of a key, which counts as asked for; null when absent.
  const toml::node* Take(std::string_view key);
  bool has(std::string_view key) const { return table_ != nullptr && table_->contains(key); }

  // An error at the key, or at the table when the key is absent.
  void Fail(std::string_view key, std::string_view what);
  void FailAt(const toml::node* node, std::string_view what);
  bool ok() const { return status_.ok(); }
  // Reports the first error; then keys that nobody asked for.
  absl::Status Finish();

 private:
  const char* Override(std::string_view key, std::string* variable) const;
  void FailOverride(std::string_view variable, std::string_view what);

  std::string file_, section_;
  const toml::table* table_;
  std::vector<std::string> taken_;
  absl::Status status_;
};

}  // namespace bouncewatch
