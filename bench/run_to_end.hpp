// A bench's work on a loop of its own, from main to the exit status.
// What it throws is printed.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <exception>
#include <utility>

#include <kinship/fwd.hpp>

namespace bench {

inline int run_to_end(kinship::awaitable<void> work) {
  int status = 0;
  boost::asio::io_context context(1);
  boost::asio::co_spawn(context, std::move(work), [&status](std::exception_ptr failure) {
    if (!failure) return;
    status = 1;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
    }
  });
  context.run();
  return status;
}

}  // namespace bench
