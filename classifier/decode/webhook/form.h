// Forms: application/x-www-form-urlencoded, as bodies and as queries of a target; and multipart/form-data.
//
// WHATWG URL Standard 5.1 (parsing), RFC 7578. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncewatch {

struct FormField {
  std::string name, value;  // decoded
};

// In the order of the form. nullopt: more than `fields_max`, or an escape that is none ("%ZZ").
std::optional<std::vector<FormField>> ParseForm(std::string_view form, size_t fields_max);

// The fields of a multipart body without nested parts; values of files are left out. nullopt: no boundary, a
// boundary beyond 70 characters, a part that does not end, or more than `fields_max`.
std::optional<std::vector<FormField>> ParseMultipartForm(std::string_view content_type, std::string_view body,
                                                         size_t fields_max);

// Either, by the type. nullopt also for other types.
std::optional<std::vector<FormField>> ParseFormBody(std::string_view content_type, std::string_view body,
                                                    size_t fields_max);

// The first field of that name; null: there is none.
const std::string* FindField(const std::vector<FormField>& fields, std::string_view name);

}  // namespace bouncewatch
