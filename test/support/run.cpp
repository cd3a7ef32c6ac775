// The event loop behind kinship::test::run.
// It returns only when nothing is left to do, so a forgotten piece of work shows as a test that hangs.
#include "support/run.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>

namespace kinship::test {

void run(awaitable<void> task) {
  boost::asio::io_context loop;
  std::exception_ptr failure;
  boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr e) { failure = e; });
  loop.run();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace kinship::test
