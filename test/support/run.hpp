// Runs one awaitable to its end on an io_context of its own and gives back its result or rethrows its exception.
// The event loop itself is compiled once in run.cpp, so test files stay cheap.
#pragma once

#include <optional>
#include <utility>

#include <kinship/fwd.hpp>

namespace kinship::test {

void run(awaitable<void> task);

namespace detail {
template <class T>
awaitable<void> keep(awaitable<T> task, std::optional<T>* result) {
  result->emplace(co_await std::move(task));
}
}  // namespace detail

template <class T>
T run(awaitable<T> task) {
  std::optional<T> result;
  run(detail::keep(std::move(task), &result));
  return std::move(*result);
}

}  // namespace kinship::test
