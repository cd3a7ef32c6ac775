// How long connecting holds the event loop up: TLS and log-in, from the very first one in the program on.
// Measured in the loop thread's own processor time, so that a busy machine does not make it fail.
#include <doctest/doctest.h>
#include <time.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "driver/mongodb/bson_read.hpp"
#include "mongodb/certificates.hpp"
#include "mongodb/fake_server.hpp"
#include "mongodb/opened.hpp"
#include "mongodb/scram_server.hpp"
#include "support/race.hpp"

using namespace kinship;
using namespace kinship::test;
using namespace std::chrono_literals;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double most_milliseconds = 10;  // instrumented code
#else
constexpr double most_milliseconds = 4;  // 1 where figures are measured; others are slower
#endif

double processor_milliseconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

/// The longest time between two ticks of a timer while the task runs.
double longest_stall(awaitable<void> task) {
  bool done = false;
  double longest = 0;
  auto watched = [&]() -> awaitable<void> {
    co_await std::move(task);
    done = true;
  };
  auto tick = [&]() -> awaitable<void> {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    double last = processor_milliseconds();
    while (!done) {
      timer.expires_after(100us);
      co_await timer.async_wait(boost::asio::use_awaitable);
      const double now = processor_milliseconds();
      longest = std::max(longest, now - last);
      last = now;
    }
  };
  run_together(watched(), tick());
  return longest;
}

}  // namespace

TEST_CASE("connecting with TLS and a log-in does not hold the loop up, not even the first time") {
  if (!has_certificates()) return;
  FakeOptions options;
  options.certificate = certificate("good.pem");
  ScramMistakes usual;
  usual.iterations = "15000";
  FakeServer server(
      [&](Peer& peer, int) {
        ScramServer scram(mongodb::ScramHash::sha256, usual);
        const Bytes start = peer.receive();
        if (!start.empty() && peer.send(reply_to(id_of(start), scram.first(command_of(start))))) scram.finish(peer);
        peer.receive();
      },
      options);
  const std::string with =
      "directConnection=true&authMechanism=SCRAM-SHA-256&tls=true&tlsCertificateKeyFile=" + certificate("client.pem");
  for (const std::string& trust : {"&tlsCAFile=" + certificate("ca.pem"), std::string("&tlsInsecure=true")}) {
    const std::string uri = server.uri(with + trust, "user:pencil");
    auto connect = [&]() -> awaitable<void> {
      const auto driver = co_await open_mongodb(uri);
      co_await driver->close(std::chrono::steady_clock::now() + 2s);
    };
    for (int i = 0; i < 3; ++i) {
      const double stall = longest_stall(connect());
      CHECK(stall < most_milliseconds);
    }
  }
}
