// Doctor texts: what configuration files of other programs say about logging. Each reads the text of one
// file, as far as it concerns us, and never fails: what is not understood says nothing. Pure; share freely.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncewatch {

// logrotate.conf(5): the paths (patterns) of every block of files that are copied and truncated. A
// `copytruncate` outside of all blocks holds for those behind it that say nothing else; it is given in and
// out as `*by_default`, since included files inherit it.
std::vector<std::string> CopyTruncatedPaths(std::string_view logrotate, bool* by_default);

// PowerMTA's configuration: the files of <acct-file> blocks whose `records` lack "t", without which no
// deferral is logged. The default is "d,b".
std::vector<std::string> AccountingWithoutTransients(std::string_view pmta);

// An Exim configuration: whether log_selector logs incoming_interface; nullopt where the text sets no
// selector. Macros that end in LOG_SELECTOR count as the selector, since Debian's are spelt so.
std::optional<bool> EximLogsInterface(std::string_view exim);

// journald.conf(5): how many messages one service may log in the interval, as far as the text says; 0 turns
// the limit off.
struct JournalLimit {
  std::optional<uint64_t> burst, interval_s;
};
void ReadJournalLimit(std::string_view journald, JournalLimit* limit);

}  // namespace bouncewatch
