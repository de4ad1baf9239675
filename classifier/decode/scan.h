// Vectorised search for the two marks that tell lines of interest from the rest of a Postfix log.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bouncewatch {

// Finds the first "=<" at or after `begin` that stands behind an 'o' or an 'm': the '=' of "to=<", "from=<"
// or "orig_to=<". Returns a pointer to the '=', or `end`. Adds the newlines in [begin, result) to *newlines.
// Reads bytes of [begin - 1, end): begin[-1] must be readable.
// AVX2 where the CPU has it (two bytes compared at 128 bytes a step), SSE2 or plain C++ elsewhere.
const char* FindAddressMark(const char* begin, const char* end, uint64_t* newlines);

// The plain version, the oracle of the tests.
const char* FindAddressMarkPlain(const char* begin, const char* end, uint64_t* newlines);

}  // namespace bouncewatch
