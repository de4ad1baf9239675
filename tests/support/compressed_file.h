// Writes compressed files for tests, as gzip(1) and its kin would.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <string>
#include <string_view>

namespace bouncewatch {

// `add_filter`: archive_write_add_filter_gzip and the like. False when the machine cannot.
inline bool WriteCompressed(const std::string& path, std::string_view text, int (*add_filter)(archive*)) {
  archive* out = archive_write_new();
  archive_entry* entry = archive_entry_new();
  archive_entry_set_pathname(entry, "data");
  archive_entry_set_filetype(entry, AE_IFREG);
  const bool ok = archive_write_set_format_raw(out) == ARCHIVE_OK && add_filter(out) == ARCHIVE_OK &&
                  archive_write_open_filename(out, path.c_str()) == ARCHIVE_OK &&
                  archive_write_header(out, entry) == ARCHIVE_OK &&
                  archive_write_data(out, text.data(), text.size()) == static_cast<la_ssize_t>(text.size());
  archive_entry_free(entry);
  return archive_write_free(out) == ARCHIVE_OK && ok;
}

}  // namespace bouncewatch
