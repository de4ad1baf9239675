// The SMTP stage at which a reply was given, as the words around it tell. Pure functions, linear in the text.
#pragma once

#include <string>
#include <string_view>

#include "classifier/event.h"

namespace bouncewatch {

// Of words that begin with a command or a stage: "RCPT TO command)", "end of data: 550".
Phase PhaseOf(std::string_view words);

// "(in reply to end of DATA command)": cuts every one out of `text`, using `storage` where needed. Returns
// the phase of the last: the stage of the session that the text's reporter had itself.
Phase CutInReplyTo(std::string_view* text, std::string* storage);

// "lost connection with mx.example.org[192.0.2.1] while sending RCPT TO"
Phase PhaseOfWhile(std::string_view text);

}  // namespace bouncewatch
