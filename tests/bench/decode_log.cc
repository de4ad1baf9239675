// Decodes a whole log and does nothing with the events: decode_log FORMAT FILE. What is left of the time when
// classifying, counting and storing are taken away. Prints how many lines and events there were, and how many
// lines could not be read.
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "classifier/decode/decoder_set.h"

using namespace bouncewatch;

namespace {

constexpr size_t kChunk = 256 * 1024;

void Decode(Decoder* decoder, std::string_view lines, FileState* file) {
  static EventBatch batch;
  while (!lines.empty()) lines.remove_prefix(decoder->Decode(lines, file, &batch));
}

uint64_t Unread(const DecoderCounters& counters) {
  uint64_t unread = 0;
  for (int i = 0; i < kLineShapeCount; ++i) {
    if (!IsLeftOutOnPurpose(static_cast<LineShape>(i))) unread += counters.by_shape[i];
  }
  return unread;
}

}  // namespace

int main(int argc, char** argv) {
  const Format* format = argc == 3 ? FindFormat(argv[1]) : nullptr;
  std::FILE* in = format != nullptr ? std::fopen(argv[2], "rb") : nullptr;
  if (in == nullptr) {
    std::fprintf(stderr, "decode_log FORMAT FILE\n");
    return 2;
  }
  const std::unique_ptr<Decoder> decoder = NewDecoderSet(format, DecoderOptions());
  FileState file;
  file.anchor.year = 2026;
  std::string buffer(kChunk, '\0');
  size_t held = 0;
  while (const size_t got = std::fread(buffer.data() + held, 1, buffer.size() - held, in)) {
    held += got;
    const size_t lines = std::string_view(buffer.data(), held).rfind('\n') + 1;  // 0: a line without an end
    Decode(decoder.get(), std::string_view(buffer.data(), lines), &file);
    held -= lines;
    std::memmove(buffer.data(), buffer.data() + lines, held);
  }
  std::fclose(in);
  const DecoderCounters& counters = decoder->counters();
  std::printf("%llu lines, %llu events, %llu unread\n", static_cast<unsigned long long>(counters.lines),
              static_cast<unsigned long long>(counters.events),
              static_cast<unsigned long long>(Unread(counters)));
  return 0;
}
