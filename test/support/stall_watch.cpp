// Handlers are run one by one by poll_one, which never waits, between two readings of clocks. What a handler took of its own
// is the wall clock's time less what the kernel says the thread waited for a processor (schedstat); it counts as blocked
// only if the thread gave the processor up by itself.
#include "support/stall_watch.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <exception>
#include <functional>

namespace kinship::test {
namespace {

namespace asio = boost::asio;

double milliseconds(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// The second number of schedstat: nanoseconds spent ready to run, and not running.
class QueueClock {
 public:
  QueueClock() : file_(::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)) {}
  ~QueueClock() { ::close(file_); }
  double milliseconds() const {
    char text[128] = {};
    if (file_ < 0 || ::pread(file_, text, sizeof text - 1, 0) <= 0) return 0;
    char* second = nullptr;
    std::strtod(text, &second);
    return std::strtod(second, nullptr) / 1e6;
  }

 private:
  int file_;
};

struct Reading {
  double wall{}, processor{}, queue{};
  long given_up{};
};

Reading read_clocks(const QueueClock& queue) {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  Reading out;
  out.queue = queue.milliseconds();
  out.processor = milliseconds(CLOCK_THREAD_CPUTIME_ID);
  out.wall = milliseconds(CLOCK_MONOTONIC);
  out.given_up = usage.ru_nvcsw;
  return out;
}

}  // namespace

#ifndef __has_feature
#define __has_feature(x) 0  // g++ says it in a macro
#endif

double stall_limit() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
  return 20;
#else
  return 2;
#endif
}

Stalls watch_stalls(awaitable<void> task) {
  asio::io_context loop(1);
  Stalls out;
  bool ended = false;
  double since_tick = 0;
  std::exception_ptr failure;
  asio::steady_timer ticker(loop);
  asio::co_spawn(loop, std::move(task), [&](std::exception_ptr e) {
    failure = e;
    ended = true;
    ticker.cancel();
  });
  std::function<void()> tick = [&] {
    since_tick = 0;
    ++out.ticks;
    if (ended) return;
    ticker.expires_after(std::chrono::milliseconds(1));
    ticker.async_wait([&](boost::system::error_code code) {
      if (!code) tick();
    });
  };
  tick();
  const QueueClock queue;
  while (!loop.stopped()) {
    const Reading before = read_clocks(queue);
    const double gap_before = since_tick;
    const std::uint64_t ticks_before = out.ticks;
    const bool ran = loop.poll_one() != 0;
    const Reading after = read_clocks(queue);
    if (!ran) {
      const timespec pause{0, 100'000};
      if (!loop.stopped()) ::nanosleep(&pause, nullptr);
      continue;
    }
    const double busy = after.processor - before.processor;
    const double waited = after.wall - before.wall - busy - (after.queue - before.queue);
    const double blocked = after.given_up == before.given_up ? 0 : std::max(waited, 0.0);
    ++out.handlers;
    out.longest_handler = std::max(out.longest_handler, busy + blocked);
    out.longest_blocked = std::max(out.longest_blocked, blocked);
    const bool ticked = out.ticks != ticks_before;
    out.longest_gap = std::max(out.longest_gap, gap_before + busy + blocked);
    since_tick = ticked ? 0 : gap_before + busy + blocked;
  }
  if (failure) std::rethrow_exception(failure);
  return out;
}

}  // namespace kinship::test
