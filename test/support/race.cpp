// See race.hpp.
// Cancellation is by signal, as `asio::experimental::awaitable_operators` and timeouts do it.
#include "support/race.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>

namespace kinship::test {

namespace asio = boost::asio;

static void note(Raced& raced, std::exception_ptr failure) {
  try {
    if (failure) std::rethrow_exception(failure);
  } catch (const error& e) {
    raced.code = e.code();
    raced.outcome = e.outcome();
  } catch (const boost::system::system_error& e) {
    if (e.code() != asio::error::operation_aborted) throw;
    raced.code = make_error_code(errc::cancelled);
    raced.in_asios_words = true;
  }
}

Raced cancel_soon(awaitable<void> task, int milliseconds) {
  asio::io_context loop;
  asio::cancellation_signal signal;
  asio::steady_timer timer(loop, std::chrono::milliseconds(milliseconds));
  Raced raced;
  std::chrono::steady_clock::time_point cancelled{};
  auto ended = [&](std::exception_ptr failure) {
    timer.cancel();
    raced.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - cancelled).count();
    note(raced, failure);
  };
  asio::co_spawn(loop, std::move(task), asio::bind_cancellation_slot(signal.slot(), ended));
  timer.async_wait([&](boost::system::error_code code) {
    if (code) return;
    cancelled = std::chrono::steady_clock::now();
    signal.emit(asio::cancellation_type::terminal);
  });
  loop.run();
  return raced;
}

struct Canceller::Signal {
  asio::cancellation_signal signal;
};

Canceller::Canceller() : signal_(std::make_unique<Signal>()) {}
Canceller::~Canceller() = default;

void Canceller::cancel() { signal_->signal.emit(asio::cancellation_type::terminal); }

// A coroutine that ends without having waited once, and is cancelled, throws out of the loop of Boost 1.81.
static awaitable<void> after_a_turn(awaitable<void> task) {
  const auto executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, asio::use_awaitable);
  co_await std::move(task);
}

static awaitable<Raced> run_until(asio::cancellation_slot slot, awaitable<void> task) {
  const auto executor = co_await asio::this_coro::executor;
  Raced raced;
  std::exception_ptr failure;
  try {
    co_await asio::co_spawn(executor, after_a_turn(std::move(task)),
                            asio::bind_cancellation_slot(slot, asio::use_awaitable));
  } catch (...) {
    failure = std::current_exception();
  }
  note(raced, failure);
  co_return raced;
}

awaitable<Raced> Canceller::run(awaitable<void> task) { return run_until(signal_->signal.slot(), std::move(task)); }

awaitable<Raced> cancel_after(awaitable<void> task, int milliseconds) {
  asio::cancellation_signal signal;
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(milliseconds));
  timer.async_wait([&signal](boost::system::error_code code) {
    if (!code) signal.emit(asio::cancellation_type::terminal);
  });
  const Raced raced = co_await run_until(signal.slot(), std::move(task));
  timer.cancel();
  co_return raced;
}

awaitable<std::vector<Raced>> all_ended(std::vector<awaitable<void>> tasks) {
  const auto executor = co_await asio::this_coro::executor;
  std::vector<Raced> ended(tasks.size());
  std::size_t left = tasks.size();
  asio::steady_timer last(executor, asio::steady_timer::time_point::max());
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    asio::co_spawn(executor, std::move(tasks[i]), [&, i](std::exception_ptr failure) {
      note(ended[i], failure);
      if (--left == 0) last.cancel();
    });
    co_await asio::post(executor, asio::use_awaitable);  // each begins in a turn of its own, as requests that come in do
  }
  while (left > 0) {
    try {
      co_await last.async_wait(asio::use_awaitable);
    } catch (const boost::system::system_error&) {  // all have ended
    }
  }
  co_return ended;
}

void run_together(awaitable<void> a, awaitable<void> b) {
  std::vector<awaitable<void>> tasks;
  tasks.push_back(std::move(a));
  tasks.push_back(std::move(b));
  run_all(std::move(tasks));
}

void run_all(std::vector<awaitable<void>> tasks) {
  asio::io_context loop;
  std::exception_ptr failure;
  auto ended = [&](std::exception_ptr e) {
    if (e && !failure) failure = e;
  };
  for (auto& task : tasks) asio::co_spawn(loop, std::move(task), ended);
  loop.run();
  if (failure) std::rethrow_exception(failure);
}

void abandon_loop(awaitable<void> task, int milliseconds) {
  asio::io_context loop;
  asio::co_spawn(loop, std::move(task), [](std::exception_ptr) {});
  if (milliseconds == 0)
    loop.poll();
  else
    loop.run_for(std::chrono::milliseconds(milliseconds));
}

}  // namespace kinship::test
