// Whether an event loop is held up: the time its own handlers take between two ticks of a millisecond, computing or blocked.
// Time in which the machine ran something else is not the loop's, and is not counted; so a busy machine fails nothing.
#pragma once

#include <cstdint>

#include <kinship/fwd.hpp>

namespace kinship::test {

struct Stalls {
  double longest_gap{};      // milliseconds of the loop's own between two ticks
  double longest_handler{};  // the same, of one handler
  double longest_blocked{};  // of one handler, what it spent waiting for something else than a processor
  std::uint64_t handlers{}, ticks{};
};

/// What a loop may be held up at most, in milliseconds: 2, and more where sanitizers make everything slower.
double stall_limit();

/// Runs the task to its end on a loop of its own, beside a ticker. Rethrows what it throws.
Stalls watch_stalls(awaitable<void> task);

}  // namespace kinship::test
