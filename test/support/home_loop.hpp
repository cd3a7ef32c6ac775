// An event loop on a thread of its own, for drivers whose sockets live on the loop that opened them.
// It runs until the test program ends.
#pragma once

#include <optional>

#include <kinship/fwd.hpp>

#include "support/run.hpp"

namespace kinship::test {

/// Waits, on the calling thread, until the task has ended on the home loop; rethrows what it throws.
void run_at_home(awaitable<void> task);

template <class T>
T run_at_home(awaitable<T> task) {
  std::optional<T> result;
  run_at_home(detail::keep(std::move(task), &result));
  return std::move(*result);
}

}  // namespace kinship::test
