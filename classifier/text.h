// Small text helpers on std::string_view. ASCII only: mail protocols are.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace bouncewatch {

inline constexpr bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
inline constexpr bool IsUpper(char c) {
  return c >= 'A' && c <= 'Z';
}
inline constexpr bool IsLower(char c) {
  return c >= 'a' && c <= 'z';
}
inline constexpr bool IsAlpha(char c) {
  return IsUpper(c) || IsLower(c);
}
inline constexpr bool IsAlnum(char c) {
  return IsDigit(c) || IsAlpha(c);
}
inline constexpr char ToLower(char c) {
  return IsUpper(c) ? static_cast<char>(c + 32) : c;
}

inline constexpr bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string AsciiLower(std::string_view text);
bool EqualsIgnoreCase(std::string_view a, std::string_view b);
bool StartsWithIgnoreCase(std::string_view text, std::string_view prefix);
bool EndsWithIgnoreCase(std::string_view text, std::string_view suffix);
std::string_view TrimBlanks(std::string_view text);      // blanks and tabs
std::string_view TrimSpace(std::string_view text);       // line ends too
std::string_view StripAngles(std::string_view address);  // "<a@b>" without its brackets

// For maps keyed by std::string that are asked with std::string_view.
struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
template <typename T>
using StringMap = std::unordered_map<std::string, T, StringHash, std::equal_to<>>;

}  // namespace bouncewatch
