// Unmapped groups: receivers that no [[provider]] entry knows, by volume. A work list: what stands high on it
// deserves an entry, and perhaps rules. Pure.
#pragma once

#include <cstddef>

#include "classifier/provider.h"
#include "storage/reader.h"

namespace bouncewatch {

// Of the answer to a query by provider alone, the series whose group `known` does not know, most attempts
// first; those without a group are left out. `limit` 0: all.
QueryResult KeepUnmapped(QueryResult result, const ProviderMap& known, size_t limit);

}  // namespace bouncewatch
