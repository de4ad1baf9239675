// Identity cues: words that every server uses alike before or behind what they blame: "DKIM domain
// [example.org]", "smtp.mailfrom=ann@example.org", "<ann@example.org>: Sender address rejected". What only
// one provider says is in its rules (`extract`). Pure function, linear in the text, bounded output.
#pragma once

#include <string_view>
#include <vector>

#include "classifier/facts/facts.h"

namespace bouncewatch {

// The value as a fact of this kind shows it: lower case, the domain alone where the kind is a domain. Empty:
// it is none.
std::string CleanIdentity(IdentityKind kind, std::string_view value);

// Appends what is named, each once, while there is room.
void AddIdentity(IdentityKind kind, std::string_view value, std::vector<NamedIdentity>* named);
void FindCuedIdentities(std::string_view text, std::string_view lower, std::vector<NamedIdentity>* named);

}  // namespace bouncewatch
