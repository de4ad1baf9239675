// Stream: a source with the decoder that reads it, and what both remember in the store. The position and the
// decoder's memory are saved together with the counts made from the same lines, so that a restart gives the
// same answer. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "classifier/decode/formats.h"
#include "daemon/source/file_identity.h"
#include "daemon/source/source.h"
#include "storage/store.h"

namespace bouncewatch {

class Stream {
 public:
  // Loads the decoder's memory from the store. A damaged record empties it: a few sender domains are not
  // known then.
  static absl::StatusOr<std::unique_ptr<Stream>> Open(const Store& store, std::unique_ptr<Source> source,
                                                      std::unique_ptr<Decoder> decoder);

  Source* source() { return source_.get(); }
  const Source& source() const { return *source_; }
  Decoder* decoder() { return decoder_.get(); }
  const Decoder& decoder() const { return *decoder_; }

  // Appends what changed since the last call, for the commit of the lines read until now.
  void Collect(std::vector<StateUpdate>* states);

  uint64_t errors = 0;  // of reading, counted by the ingest loop

 private:
  Stream(std::unique_ptr<Source> source, std::unique_ptr<Decoder> decoder);
  std::string RecordKey(uint64_t number) const;

  std::unique_ptr<Source> source_;
  std::unique_ptr<Decoder> decoder_;
  std::vector<std::string> records_;  // keys of the decoder's records in the store, oldest first
  std::vector<std::string> damaged_;  // to be deleted
  uint64_t next_record_ = 0;
  uint64_t lines_at_save_ = 0;
};

// All values under "position/" and the like.
absl::StatusOr<SavedStates> LoadStates(const Store& store, std::string_view prefix);

// The decoder for a format's name, or "auto": then each file's own. InvalidArgument when this version has
// none.
absl::StatusOr<std::unique_ptr<Decoder>> NewDecoder(const std::string& format, const DecoderOptions& options);

// The zone named; the machine's when `name` is "".
absl::StatusOr<absl::TimeZone> FindTimeZone(const std::string& name);

}  // namespace bouncewatch
