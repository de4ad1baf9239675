// TempDir: a directory of its own for one test, removed at the end.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

namespace bouncewatch {

class TempDir {
 public:
  TempDir() {
    std::string pattern = (std::filesystem::temp_directory_path() / "bouncewatch-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

  // Both return the file's path.
  std::string Write(std::string_view name, std::string_view text) const {
    return Put(name, text, std::ios::trunc);
  }
  std::string Append(std::string_view name, std::string_view text) const {
    return Put(name, text, std::ios::app);
  }

 private:
  std::string Put(std::string_view name, std::string_view text, std::ios::openmode mode) const {
    std::ofstream out(*this / name, std::ios::binary | mode);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    return *this / name;
  }

  std::string path_;
};

}  // namespace bouncewatch
