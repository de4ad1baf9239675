// Blocklists: which list a reply names, by the zone it queries, by a page of the list's own, or by the list's
// name. The zones are data of this file; a list that is not known is told by its zone where the words say
// that it is one
// ("blocked using bl.example.org"). Pure functions, linear in the text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "classifier/facts/named_text.h"

namespace bouncewatch {

struct BlocklistName {
  std::string name;         // "spamhaus-zen"; of a list that is not known its zone; empty: no list is named
  std::string zone;         // as written, without what is the receiver's own: its key and the address queried
  std::string address;      // the address queried, where the zone has it in front
  std::string removal_url;  // the list's own page; empty where there is none, as of a list that has closed
  bool known = false;       // is in the table
};

// `lower`: the text in lower case; `urls`: those in it.
BlocklistName FindBlocklist(std::string_view lower, const std::vector<UrlText>& urls);

// Whether a host belongs to the operator of the list.
bool IsHostOfList(std::string_view host, std::string_view list_name);

}  // namespace bouncewatch
