// Any bytes, in chunks of whole lines: the decoder takes every byte once, counts every line once, and a
// second decoder that lives only from the saved state gives the same answer.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "classifier/decode/postfix.h"

using namespace bouncewatch;

namespace {

struct Sum {
  uint64_t events = 0;
  uint64_t hash = 0;
  bool operator==(const Sum&) const = default;
};

Sum DecodeAll(Decoder* decoder, std::string_view lines, FileState* file) {
  Sum sum;
  EventBatch batch;
  while (!lines.empty()) {
    const size_t taken = decoder->Decode(lines, file, &batch);
    if (taken == 0 || taken > lines.size() || batch.size > EventBatch::kMax) std::abort();
    lines.remove_prefix(taken);
    for (size_t i = 0; i < batch.size; ++i) {
      const DeliveryEvent& event = batch.events[i];
      sum.events += event.repeat;
      for (std::string_view text :
           {event.recipient_domain, event.sender_domain, event.relay_host, event.relay_ip, event.host,
            event.tag, event.dsn, event.reply, event.queue_id}) {
        for (char c : text) sum.hash = sum.hash * 31 + static_cast<unsigned char>(c);
      }
    }
  }
  return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  text += '\n';
  PostfixOptions options;
  options.queue_slots = 64;
  auto first = NewPostfixDecoder(options), second = NewPostfixDecoder(options);
  FileState file;
  file.anchor.not_after_s = 1796083200;
  const size_t half = text.find('\n', text.size() / 2) + 1;
  DecodeAll(first.get(), std::string_view(text).substr(0, half), &file);
  std::string record;
  first->SaveChanges(&record);
  if (!second->LoadRecord(record)) std::abort();
  FileState file_copy = file;
  const std::string_view rest = std::string_view(text).substr(half);
  if (DecodeAll(first.get(), rest, &file) != DecodeAll(second.get(), rest, &file_copy)) std::abort();
  if (first->counters().lines != static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n')))
    std::abort();
  second->LoadRecord(text);  // a damaged state is refused, not followed
  return 0;
}
