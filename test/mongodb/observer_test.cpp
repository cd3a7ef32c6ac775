// What an observer may do, and what it may not do to others: call the database, throw, end itself, be slow, come and go on
// other threads.
#include <doctest/doctest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <kinship/value/json.hpp>
#include <thread>

#include "driver/mongodb/announcer.hpp"
#include "mongodb/fake_server.hpp"
#include "mongodb/watchers.hpp"
#include "support/bson.hpp"
#include "support/run.hpp"

using namespace kinship;
using namespace kinship::test;
namespace asio = boost::asio;

namespace {

constexpr const char* one_server = "directConnection=true";

void ok(Peer& peer, int) {
  while (peer.answer(doc("ok", 1.0))) {
  }
}

awaitable<void> ping(Database db, std::atomic<int>* done = nullptr) {
  const json command = {{"ping", 1}};
  co_await db.command(command);
  if (done != nullptr) ++*done;
}

void rethrow(std::exception_ptr failure) {
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

static awaitable<void> call_back(std::string uri, std::atomic<int>* done) {
  auto executor = co_await asio::this_coro::executor;
  Database db = co_await connect(std::move(uri));
  // Pool events come with the pool's lock held inside the driver: whoever called the database there would wait for ever.
  auto fn = [executor, &db, done, left = 20](const PoolEvent& event) mutable {
    if (event.kind != PoolEvent::Kind::checked_in || --left < 0) return;
    const Stats stats = db.stats();
    CHECK(stats.pool.open >= 1);
    db.observe([](const CommandEvent&) {}).end();
    asio::co_spawn(executor, ping(db, done), rethrow);
  };
  Observation observing = db.observe(std::move(fn));
  co_await ping(db);
  while (*done < 20) co_await ping(db);
  observing.end();
  co_await db.close();
}

TEST_CASE("an observer may ask the database for statistics, observe, and begin operations") {
  const FakeServer server(ok);
  std::atomic<int> done{0};
  run(call_back(server.uri(one_server), &done));
  CHECK(done == 20);
}

static awaitable<void> throwing(std::string uri, Lines others) {
  ConnectOptions options;
  observe_all(options, [](const auto&) { throw std::runtime_error("an observer's own trouble"); });
  Database db = co_await connect(std::move(uri), std::move(options));
  observe_all(db, others);
  co_await ping(db);
  auto c = db.collection("c");
  const json document = {{"a", 1}};
  co_await c.insert_one(document);
  co_await db.close();
}

TEST_CASE("what an observer throws harms nobody: operations go on, and others are told") {
  const FakeServer server(ok);
  const Lines others;
  run(throwing(server.uri(one_server), others));
  CHECK(others.text().find("ping took") != std::string::npos);
  CHECK(others.text().find("insert on c took") != std::string::npos);
  CHECK(others.text().find("pool closed") != std::string::npos);
}

static awaitable<void> end_one(std::string uri, Heard<CommandEvent> ended, Heard<CommandEvent> other) {
  Database db = co_await connect(std::move(uri));
  Observation observing = db.observe(ended);
  db.observe(other);
  Observation itself;
  int calls = 0;
  itself = db.observe([&](const CommandEvent&) {
    ++calls;
    itself.end();
  });
  co_await ping(db);
  while (other.size() < 2) co_await ping(db);  // told by now: the loop has one thread
  observing.end();
  observing.end();
  const std::size_t before = ended.size(), others = other.size();
  while (other.size() < others + 4) co_await ping(db);
  CHECK(ended.size() == before);
  CHECK(calls == 1);
  co_await db.close();
}

TEST_CASE("an observer that was ended is not called any more, nor one that ended itself; others are") {
  const FakeServer server(ok);
  run(end_one(server.uri(one_server), {}, {}));
}

static awaitable<void> drop(std::string uri, std::weak_ptr<int>* kept, Lines lines) {
  auto token = std::make_shared<int>(1);
  *kept = token;
  Database db = co_await connect(std::move(uri));
  observe_all(db, [token, lines](const auto& event) { lines(event); });
  token.reset();
  co_await ping(db);
  CHECK(!kept->expired());
}

TEST_CASE("what an observer keeps goes with the last handle, and at close") {
  const FakeServer server(ok);
  std::weak_ptr<int> kept;
  run(drop(server.uri(one_server), &kept, {}));
  CHECK(kept.expired());
  const auto closed = [&]() -> awaitable<void> {
    Database db = co_await connect(server.uri(one_server));
    auto token = std::make_shared<int>(1);
    kept = token;
    observe_all(db, [token, db](const auto&) {});  // it keeps the database itself
    token.reset();
    co_await db.close();
    CHECK(kept.expired());
  };
  run(closed());
}

static awaitable<void> tell_too_much(std::size_t events, std::size_t* lost, Heard<PoolEvent> heard) {
  const auto announcer = std::make_shared<mongodb::Announcer>(co_await asio::this_coro::executor);
  CHECK(!announcer->hears(mongodb::EventListener::pools));
  announcer->add(kinship::detail::make_observer(heard, ObserveOptions()));
  CHECK(announcer->hears(mongodb::EventListener::pools));
  CHECK(!announcer->hears(mongodb::EventListener::commands));
  const mongodb::Address address;
  for (std::size_t i = 0; i < events; ++i) announcer->pool({mongodb::PoolEvent::Kind::checked_in, &address, i + 1, {}});
  CHECK(heard.size() == 0);  // never from within
  const auto deadlines = std::make_shared<mongodb::Deadlines>(co_await asio::this_coro::executor);
  co_await mongodb::Announcer::flush(announcer, deadlines, std::chrono::steady_clock::now() + std::chrono::seconds(20));
  *lost = announcer->lost();
}

TEST_CASE("of events nobody has had time for the first 4096 are kept, the others counted; the order stays") {
  const Heard<PoolEvent> heard;
  std::size_t lost = 0;
  run(tell_too_much(5000, &lost, heard));
  const auto all = heard.all();
  REQUIRE(all.size() == mongodb::Announcer::most_waiting);
  CHECK(lost == 5000 - mongodb::Announcer::most_waiting);
  for (std::size_t i = 0; i < all.size(); ++i) REQUIRE(all[i].connection == i + 1);
}

TEST_CASE("a loop that is gone takes no more events") {
  auto announcer = std::shared_ptr<mongodb::Announcer>();
  const Heard<PoolEvent> heard;
  const mongodb::Address address;
  {
    asio::io_context loop;
    announcer = std::make_shared<mongodb::Announcer>(loop.get_executor());
    announcer->add(kinship::detail::make_observer(heard, ObserveOptions()));
    announcer->pool({mongodb::PoolEvent::Kind::checked_in, &address, 1, {}});
    announcer->loop_gone();
  }
  announcer->pool({mongodb::PoolEvent::Kind::checked_in, &address, 2, {}});
  CHECK(heard.size() == 0);
}

TEST_CASE("observers come and go on one thread while events come on others") {
  const FakeServer server(ok);
  asio::io_context loop;
  Database db;
  std::atomic<bool> done{false};
  const Heard<CommandEvent> heard;
  const auto work = [&]() -> awaitable<void> {
    db = co_await connect(server.uri(one_server));
    db.observe(heard);
    std::thread comer([&] {
      for (int i = 0; i < 200; ++i) {
        Observation observing = observe_all(db, [count = std::make_shared<std::atomic<int>>(0)](const auto&) { ++*count; });
        db.stats();
        observing.end();
      }
      done = true;
    });
    while (!done) co_await ping(db);
    comer.join();
    co_await db.close();
  };
  asio::co_spawn(loop, work(), rethrow);
  std::thread second([&] { loop.run(); });
  loop.run();
  second.join();
  const auto all = heard.all();
  CHECK(all.size() >= 2);
  for (std::size_t i = 0; i < all.size(); ++i)  // one command at a time here: in turn, whatever thread tells
    REQUIRE(all[i].kind == (i % 2 == 0 ? CommandEvent::Kind::started : CommandEvent::Kind::succeeded));
}
