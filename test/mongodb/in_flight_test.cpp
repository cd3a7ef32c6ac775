// Many operations at once on one thread: as many as the pool has connections are at the server together.
// The server answers nobody before all have arrived.
#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>

#include "driver/mongodb/driver.hpp"
#include "mongodb/fake_server.hpp"

using namespace kinship;
using namespace kinship::test;
using namespace std::chrono_literals;

namespace {

/// Lets nobody go before `all` have come.
class Gathering {
 public:
  explicit Gathering(int all) : missing_(all) {}
  bool arrive_and_wait() {
    std::unique_lock lock(mutex_);
    if (--missing_ == 0) complete_.notify_all();
    return complete_.wait_for(lock, 60s, [this] { return missing_ <= 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable complete_;
  int missing_;
};

FindOperation find_seven() {
  FindOperation operation;
  operation.collection = "c";
  operation.context.deadline = std::chrono::steady_clock::now() + 60s;
  return operation;
}

awaitable<void> find_one(std::shared_ptr<Driver> driver, int* found) {
  awaitable<FindReply> task = driver->find(find_seven());
  const FindReply reply = co_await std::move(task);
  if (reply.first.documents.size() == 1 && reply.first.documents.front()["_id"].as_int32() == 7) ++*found;
}

}  // namespace

TEST_CASE("256 operations are under way at once on one thread, and find their replies") {
  constexpr int all = 256;
  Gathering gathering(all);
  std::atomic<int> gave_up{0};
  FakeServer server([&](Peer& peer, int) {
    const Bytes request = peer.receive();
    if (request.empty()) return;
    if (!gathering.arrive_and_wait()) ++gave_up;
    peer.send(reply_to(id_of(request), cursor_of(7)));
    while (peer.answer(cursor_of(7))) {
    }
  });
  boost::asio::io_context loop(1);
  std::exception_ptr failure;
  int found = 0;
  const auto rethrow_later = [&failure](std::exception_ptr e) {
    if (e) failure = e;
  };
  const auto work = [&]() -> awaitable<void> {
    const auto driver = co_await open_mongodb(server.uri("directConnection=true&maxPoolSize=256&maxConnecting=8"));
    for (int i = 0; i < all; ++i) boost::asio::co_spawn(loop, find_one(driver, &found), rethrow_later);
  };
  boost::asio::co_spawn(loop, work(), rethrow_later);
  loop.run();
  if (failure) std::rethrow_exception(failure);
  CHECK(found == all);
  CHECK(gave_up == 0);
  CHECK(server.connections() == all);
}
