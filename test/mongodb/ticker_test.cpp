// Nothing that goes wrong holds the event loop up: with a ticker of a millisecond on it, in every case of failure.
// How that is measured, so that a busy machine does not fail it, is in support/stall_watch.hpp.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <thread>

#include <kinship/error.hpp>

#include "driver/mongodb/driver.hpp"
#include "driver/mongodb/srv_watch.hpp"
#include "mongodb/dns_server.hpp"
#include "mongodb/fake_server.hpp"
#include "store/fixture.hpp"
#include "support/check_stalls.hpp"
#include "support/loopback.hpp"
#include "support/race.hpp"

using namespace kinship;
using namespace kinship::test;
using namespace std::chrono_literals;

namespace {

using DriverPtr = std::shared_ptr<Driver>;

Deadline in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

/// The code of what the task ends in; none if it is well.
awaitable<boost::system::error_code> code_of_task(awaitable<void> task) {
  try {
    co_await std::move(task);
  } catch (const error& e) {
    co_return e.code();
  }
  co_return boost::system::error_code();
}

awaitable<void> open_and_close(std::string uri) {
  const DriverPtr driver = co_await open_mongodb(std::move(uri));
  co_await driver->close(in(1s));
}

awaitable<void> find_one(DriverPtr driver, std::chrono::milliseconds limit) {
  FindOperation operation = find_operation("c");
  operation.context.deadline = in(limit);
  const FindReply reply = co_await driver->find(std::move(operation));
  CHECK(reply.first.documents.size() == 1);
}

/// A port that takes no connection and refuses none: what a firewall that drops everything looks like.
class BlackHole {
 public:
  BlackHole() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    port_ = bind_to_loopback(listener_);
    REQUIRE(::listen(listener_, 0) == 0);
    for (int& socket : fillers_) {  // its queue is full with these; the kernel answers no more of them
      socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      connect_to_loopback(socket, port_);
    }
  }
  ~BlackHole() {
    for (const int socket : fillers_) ::close(socket);
    ::close(listener_);
  }
  BlackHole(const BlackHole&) = delete;
  std::string uri(const std::string& options) const {
    return "mongodb://127.0.0.1:" + std::to_string(port_) + "/?directConnection=true&" + options;
  }

 private:
  int listener_, port_{};
  int fillers_[4]{};
};

}  // namespace

TEST_CASE("the watch sees a handler that computes, one that blocks, and several in a row") {
  auto compute = [](double milliseconds) -> awaitable<void> {
    const auto began = std::clock();
    while (static_cast<double>(std::clock() - began) * 1000 / CLOCKS_PER_SEC < milliseconds) {
    }
    co_return;
  };
  CHECK(watch_stalls(compute(30)).longest_gap > 20);
  auto block = []() -> awaitable<void> {
    const timespec pause{0, 30'000'000};
    ::nanosleep(&pause, nullptr);
    co_return;
  };
  const Stalls blocked = watch_stalls(block());
  CHECK(blocked.longest_blocked > 20);
  CHECK(blocked.longest_gap > 20);
}

TEST_CASE("no stall: the server is down at the start") {
  boost::system::error_code code;
  auto work = [&]() -> awaitable<void> {
    code = co_await code_of_task(open_and_close("mongodb://127.0.0.1:1,127.0.0.1:2/?serverSelectionTimeoutMS=700"));
  };
  check_stalls(watch_stalls(work()));
  CHECK(code == errc::unavailable);
}

TEST_CASE("no stall: an address that swallows everything") {
  const BlackHole hole;
  boost::system::error_code code;
  auto work = [&]() -> awaitable<void> {
    code = co_await code_of_task(open_and_close(hole.uri("connectTimeoutMS=200&serverSelectionTimeoutMS=900")));
  };
  check_stalls(watch_stalls(work()));
  CHECK(code == errc::unavailable);
}

TEST_CASE("no stall: replies dropped halfway, again and again") {
  FakeServer server([](Peer& peer, int number) {
    for (;;) {
      const Bytes request = peer.receive();
      if (request.empty()) return;
      Bytes reply = reply_to(id_of(request), cursor_of(1));
      if (number % 2 == 0) reply.resize(reply.size() / 2);
      peer.send(reply);
      if (number % 2 == 0) return;
    }
  });
  int failed = 0;
  auto work = [&]() -> awaitable<void> {
    const DriverPtr driver = co_await open_mongodb(server.uri());
    for (int i = 0; i < 3; ++i) {
      const boost::system::error_code code = co_await code_of_task(find_one(driver, 2s));
      if (code) ++failed;
    }
    co_await driver->close(in(1s));
  };
  check_stalls(watch_stalls(work()));
  CHECK(failed == 0);  // each was tried again
  CHECK(server.connections() >= 2);
}

TEST_CASE("no stall: a member is stopped while it works") {
  std::optional<FakeServer> server;
  server.emplace([](Peer& peer, int) {
    while (peer.answer(cursor_of(1))) {
    }
  });
  std::thread stopper;
  int failed = 0, found = 0;
  auto work = [&]() -> awaitable<void> {
    const DriverPtr driver = co_await open_mongodb(server->uri("directConnection=true&serverSelectionTimeoutMS=300"));
    for (int i = 0; i < 100'000 && failed == 0; ++i) {
      if (i == 20) stopper = std::thread([&server] { server.reset(); });
      const boost::system::error_code code = co_await code_of_task(find_one(driver, 2s));
      if (code)
        ++failed;
      else
        ++found;
    }
    co_await driver->close(in(1s));
  };
  check_stalls(watch_stalls(work()));
  stopper.join();
  CHECK(found >= 20);
  CHECK(failed == 1);
}

TEST_CASE("no stall: operations are cancelled while they wait for their replies") {
  FakeServer server([](Peer& peer, int) { peer.receive(), peer.receive(); });
  int cancelled = 0;
  auto work = [&]() -> awaitable<void> {
    const DriverPtr driver = co_await open_mongodb(server.uri());
    for (int i = 0; i < 20; ++i) {
      const Raced raced = co_await cancel_after(find_one(driver, 5s), 5);
      if (raced.code == errc::cancelled) ++cancelled;
    }
    co_await driver->close(in(1s));
  };
  check_stalls(watch_stalls(work()));
  CHECK(cancelled == 20);
}

TEST_CASE("no stall: the pool is exhausted, and a hundred wait in it until their time is over") {
  FakeServer server([](Peer& peer, int) { peer.receive(), peer.receive(); });
  int late = 0;
  auto work = [&]() -> awaitable<void> {
    const DriverPtr driver = co_await open_mongodb(server.uri("directConnection=true&maxPoolSize=2"));
    std::vector<awaitable<void>> finds;
    for (int i = 0; i < 100; ++i) finds.push_back(find_one(driver, std::chrono::milliseconds(200 + i)));
    const std::vector<Raced> ended = co_await all_ended(std::move(finds));
    for (const Raced& one : ended)
      if (one.code == errc::timeout) ++late;
    co_await driver->close(in(1s));
  };
  check_stalls(watch_stalls(work()));
  CHECK(late == 100);
}

TEST_CASE("no stall: DNS does not answer for a mongodb+srv name") {
  DnsServer silent([](const DnsQuery&) { return std::vector<std::vector<std::uint8_t>>(); });
  mongodb::SrvSettings settings;
  settings.server = silent.address();
  boost::system::error_code code;
  auto work = [&]() -> awaitable<void> {
    code = co_await code_of_task(
        run_void(open_mongodb("mongodb+srv://cluster.0.0.1/?tls=false&connectTimeoutMS=300", settings)));
  };
  check_stalls(watch_stalls(work()));
  CHECK(code == errc::timeout);
}
