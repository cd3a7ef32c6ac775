// See home_loop.hpp.
// The loop is ended before statics are destroyed, because what it runs may use them.
#include "support/home_loop.hpp"

#include <openssl/crypto.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <thread>

namespace kinship::test {
namespace {

class HomeLoop {
 public:
  // OpenSSL is cleaned up after what was made later: what it keeps for the loop's thread must be gone by then.
  HomeLoop() { ::OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CRYPTO_STRINGS, nullptr); }
  ~HomeLoop() {
    loop_.stop();
    thread_.join();
  }
  boost::asio::io_context& loop() { return loop_; }

 private:
  boost::asio::io_context loop_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{loop_.get_executor()};
  std::thread thread_{[this] { loop_.run(); }};
};

}  // namespace

void run_at_home(awaitable<void> task) {
  static HomeLoop home;
  boost::asio::co_spawn(home.loop(), std::move(task), boost::asio::use_future).get();
}

}  // namespace kinship::test
