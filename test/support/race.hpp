// Running tasks against each other: cancelled while they run, side by side, or left behind by their event loop.
// The Asio part is compiled once, in race.cpp.
#pragma once

#include <boost/system/error_code.hpp>
#include <memory>
#include <vector>

#include <kinship/error.hpp>
#include <kinship/fwd.hpp>

namespace kinship::test {

struct Raced {
  boost::system::error_code code{};  // none: it finished first
  Outcome outcome{};
  bool in_asios_words{};  // ended by Asio's own error
  double seconds{};       // from the cancellation to the end
};

/// Starts the task, gives it a few turns of the loop and some milliseconds, then cancels it.
Raced cancel_soon(awaitable<void> task, int milliseconds = 20);

/// Runs a task on the loop of the coroutine that awaits `run`, and cancels it when told, at any moment of it.
class Canceller {
 public:
  Canceller();
  ~Canceller();
  awaitable<Raced> run(awaitable<void> task);
  void cancel();

 private:
  struct Signal;
  std::unique_ptr<Signal> signal_;
};

/// On the loop of the coroutine that awaits it: the task, cancelled after so many milliseconds.
awaitable<Raced> cancel_after(awaitable<void> task, int milliseconds);
/// On the loop of the coroutine that awaits it: all of them side by side, and how each ended.
awaitable<std::vector<Raced>> all_ended(std::vector<awaitable<void>> tasks);

/// All on one loop; rethrows what the first of them throws.
void run_all(std::vector<awaitable<void>> tasks);
void run_together(awaitable<void> a, awaitable<void> b);

/// Starts the task, lets it get as far as it gets without waiting (or in so many milliseconds), and destroys the loop.
void abandon_loop(awaitable<void> task, int milliseconds = 0);

template <class T>
awaitable<void> run_void(awaitable<T> task) {
  co_await std::move(task);
}

}  // namespace kinship::test
