#include "classifier/decode/formats.h"

#include <algorithm>
#include <array>

#include "classifier/decode/exim.h"
#include "classifier/decode/halon.h"
#include "classifier/decode/haraka.h"
#include "classifier/decode/kumomta.h"
#include "classifier/decode/opensmtpd.h"
#include "classifier/decode/postfix.h"
#include "classifier/decode/powermta.h"
#include "classifier/decode/sendmail.h"

namespace bouncewatch {
namespace {

std::unique_ptr<Decoder> MakePostfix(const DecoderOptions& options) {
  PostfixOptions postfix;
  postfix.timezone = options.timezone;
  postfix.hash_seed = options.hash_seed;
  postfix.queue_slots = options.queue_slots;
  return NewPostfixDecoder(postfix);
}

constexpr Format kFormats[] = {
    {"exim", NewEximDecoder, ScoreEximLine},
    {"halon", NewHalonDecoder, ScoreHalonLine},
    {"haraka", NewHarakaDecoder, ScoreHarakaLine},
    {"kumomta", NewKumoMtaDecoder, ScoreKumoMtaLine},
    {"opensmtpd", NewOpenSmtpdDecoder, ScoreOpenSmtpdLine},
    {"postfix", MakePostfix, ScorePostfixLine},
    {"powermta", NewPowerMtaDecoder, ScorePowerMtaLine},
    {"sendmail", NewSendmailDecoder, ScoreSendmailLine},
};

constexpr size_t kDetectBytes = 256 * 1024;
// One certain line or as many hints; and twice as much as any other format has.
constexpr int kEnough = kCertain;
// More evidence than this does not make an answer surer.
constexpr int kPlenty = 50 * kCertain;

using Scores = std::array<int, std::size(kFormats)>;

const Format* Winner(const Scores& scores) {
  const auto best = std::max_element(scores.begin(), scores.end());
  if (*best < kEnough) return nullptr;
  for (auto other = scores.begin(); other != scores.end(); ++other) {
    if (other != best && *other * 2 > *best) return nullptr;
  }
  return &kFormats[best - scores.begin()];
}

}  // namespace

std::span<const Format> Formats() {
  return kFormats;
}

const Format* FindFormat(std::string_view name) {
  const auto* found = std::find_if(std::begin(kFormats), std::end(kFormats),
                                   [name](const Format& format) { return format.name == name; });
  return found == std::end(kFormats) ? nullptr : found;
}

const Format* DetectFormat(std::string_view head) {
  head = head.substr(0, kDetectBytes);
  Scores scores{};
  int most = 0;
  while (most < kPlenty) {
    const size_t end = head.find('\n');
    if (end == std::string_view::npos) break;
    std::string_view line = head.substr(0, std::min(end, kScoredLineMax));
    head.remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    for (size_t i = 0; i < scores.size(); ++i) {
      scores[i] += kFormats[i].score_line(line);
      most = std::max(most, scores[i]);
    }
  }
  return Winner(scores);
}

}  // namespace bouncewatch
