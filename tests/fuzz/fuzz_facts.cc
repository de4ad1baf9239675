// Facts are bounded and printable whatever the text: nothing longer than its bound, no byte that a terminal
// obeys.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/facts/blocklist.h"
#include "classifier/facts/facts.h"
#include "classifier/facts/identity_cues.h"
#include "classifier/facts/named_text.h"
#include "classifier/facts/quantity.h"
#include "classifier/text.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

bool IsPrintable(std::string_view text) {
  return text.size() <= bouncewatch::kMaxFactText && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
         });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bouncewatch;
  const std::string_view text(reinterpret_cast<const char*>(data), std::min(size, kMaxFactsInput));
  const std::string lower = AsciiLower(text);
  const std::vector<UrlText> urls = FindUrls(text);
  Require(urls.size() <= kMaxUrls);
  for (const UrlText& url : urls) Require(IsPrintable(url.text) && url.end <= text.size());
  const std::vector<AddressText> addresses = FindAddresses(text);
  Require(addresses.size() <= kMaxAddresses);
  for (const AddressText& address : addresses)
    Require(IsPrintable(address.text) && address.end <= text.size());
  const BlocklistName list = FindBlocklist(lower, urls);
  Require(IsPrintable(list.name) && IsPrintable(list.zone) && IsPrintable(list.address));
  std::vector<NamedIdentity> named;
  FindCuedIdentities(text, lower, &named);
  Require(named.size() <= kMaxNamed);
  for (const NamedIdentity& identity : named) Require(!identity.value.empty() && IsPrintable(identity.value));
  FindRetryAfter(lower);
  FindLimit(lower);
  return 0;
}
