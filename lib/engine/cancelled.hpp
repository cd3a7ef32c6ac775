// A cancelled coroutine that goes on to its next co_await is ended by Asio, with Asio's error: callers are to see
// `errc::cancelled`, as they do when the store was waiting. Every public call leaves through here.
#pragma once

#include <exception>
#include <type_traits>
#include <utility>

#include <kinship/error.hpp>
#include <kinship/fwd.hpp>

namespace kinship::detail {

/// The failure as callers see it: Asio's own cancellation becomes `errc::cancelled` with that outcome; others stay.
std::exception_ptr cancelled_in_words(std::exception_ptr failure, Outcome outcome);

/// What a call that was cancelled between two operations leaves behind: reads nothing, writes perhaps the first of several.
enum class Leaves { nothing, unknown };

template <class T>
awaitable<T> in_words(awaitable<T> task, Leaves leaves = Leaves::nothing) {
  std::exception_ptr failure;
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(task);
      co_return;
    } else {
      T result = co_await std::move(task);
      co_return result;
    }
  } catch (const boost::system::system_error&) {
    failure = std::current_exception();
  }
  std::rethrow_exception(cancelled_in_words(failure, leaves == Leaves::unknown ? Outcome::unknown : Outcome::not_applied));
}

}  // namespace kinship::detail
