// Observing a Database whatever its store: operations, transactions that run again, several events in one observer, the end.
// What drivers tell is tested in test/mongodb.
#include <doctest/doctest.h>

#include <kinship/kinship.hpp>
#include <stdexcept>

#include "orm/desk.hpp"
#include "support/run.hpp"

using namespace desk;
using kinship::OperationEvent;
using kinship::RetryEvent;
using kinship::testing::FaultyDriver;

/// Takes two kinds of events, and refuses to hear of others.
struct Two {
  std::shared_ptr<std::vector<std::string>> told{std::make_shared<std::vector<std::string>>()};
  void operator()(const OperationEvent& event) const { told->push_back(event.text()); }
  void operator()(const RetryEvent& event) const { told->push_back(event.text()); }
};

static std::size_t count(const Two& two, const std::string& part) {
  std::size_t found = 0;
  for (const std::string& line : *two.told) found += line.find(part) != std::string::npos;
  return found;
}

static awaitable<void> conflicts(errc code, std::size_t expected) {
  Database plain = co_await kinship::testing::memory();
  auto driver = std::make_shared<FaultyDriver>(kinship::testing::driver_of(plain));
  Database db(driver);
  Two two;
  db.observe<OperationEvent, RetryEvent>(two);
  int runs = 0;
  auto work = [&](Database tx) -> awaitable<void> {
    ++runs;
    Clerk clerk;
    clerk.name = "ann";
    co_await tx.insert(clerk);
    if (runs == 1) driver->fail_at(1, code);  // the commit
  };
  bool thrown = false;
  try {
    co_await db.transaction(work);
  } catch (const kinship::error&) {
    thrown = true;
  }
  CHECK(thrown == (expected == 0));
  CHECK(count(two, "transaction is tried again (try 2): ") == expected);
  CHECK(count(two, "insert on clerks took") >= 1);
  CHECK(db.stats().retries == expected);
  co_await db.close();
}
TEST_CASE("a transaction that runs again after a conflict is told and counted, one that fails is not") {
  kinship::test::run(conflicts(errc::conflict, 1));
  kinship::test::run(conflicts(errc::unavailable, 0));
}

static awaitable<void> ends() {
  Database db = co_await kinship::testing::memory();
  Two ended, stays;
  kinship::Observation observing = db.observe(ended);
  db.observe(stays);
  db.observe([](const OperationEvent&) { throw std::runtime_error("an observer's own trouble"); });
  int called = 0;
  int generic = 0;
  db.observe([&](const auto& event) { generic += !event.operation.empty() && event.relationship.empty(); });
  db.observe([](const OperationEvent&, void* context) { ++*static_cast<int*>(context); }, &called);
  co_await db.find<Clerk>().count();
  CHECK(ended.told->size() == 1);
  CHECK(called == 1);
  CHECK(generic == 1);  // written when there were operations alone
  observing.end();
  co_await db.find<Clerk>().count();
  CHECK(ended.told->size() == 1);
  CHECK(stays.told->size() == 2);
  CHECK(called == 2);
  kinship::Observation none;
  none.end();
  co_await db.close();
  bool refused = false;
  try {
    co_await db.find<Clerk>().count();
  } catch (const kinship::error&) {
    refused = true;
  }
  CHECK(refused);
  CHECK(stays.told->size() == 2);  // nothing is told of a database that is closed
}
TEST_CASE("an observer ends when it is ended, or with the database; one that throws harms nobody") {
  kinship::test::run(ends());
}

static awaitable<void> from_the_start() {
  Two two;
  kinship::ConnectOptions options;
  options.observe<OperationEvent>(two);
  Database db = co_await kinship::connect("sqlite::memory:", options);
  co_await db.find<Clerk>().count();
  CHECK(count(two, "count on clerks took") == 1);
  const kinship::Stats stats = db.stats();
  CHECK(stats.pool.open >= 2);
  CHECK(stats.pool.created == stats.pool.open);
  CHECK(stats.pool.in_use + stats.pool.idle == stats.pool.open);
  CHECK(stats.topology == "");
  CHECK(stats.servers.empty());
  co_await db.close();
  CHECK(db.stats().pool.open == 0);
  CHECK(db.stats().pool.closed == stats.pool.created);
}
TEST_CASE("connect takes an observer; the embedded store counts its readers and has no servers") {
  kinship::test::run(from_the_start());
}
