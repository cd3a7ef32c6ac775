// Many coroutines on one loop: writes that wait together are committed together, and each still gets its own answer.
// Reads that are queued after a write see it.
#include <doctest/doctest.h>

#include "store/fixture.hpp"
#include "support/race.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

struct Tally {
  int inserted{}, refused{}, failed{};
};

awaitable<void> insert_one(std::shared_ptr<Driver> driver, int id, Tally* tally) {
  WriteOperation operation;
  operation.collection = "c";
  operation.items.push_back(insert_item(doc("_id", id, "t", array(id, id + 1))));
  const WriteReply reply = co_await driver->write(std::move(operation));
  ++(reply.errors.empty() ? tally->inserted : tally->refused);
}

awaitable<void> write_badly(std::shared_ptr<Driver> driver, Tally* tally) {
  FindAndModifyOperation operation;
  operation.collection = "c";
  operation.filter = doc("$bad", 1);
  try {
    co_await driver->find_and_modify(std::move(operation));
  } catch (const error&) {
    ++tally->failed;
  }
}

awaitable<void> write_and_read(std::shared_ptr<Driver> driver, int id, Tally* tally) {
  co_await insert_one(driver, id, tally);
  CountOperation operation;
  operation.collection = "c";
  operation.filter = doc("_id", id);
  const std::uint64_t seen = co_await driver->count(std::move(operation));
  if (seen != 1) ++tally->failed;
}

}  // namespace

TEST_CASE("of two inserts of one _id exactly one succeeds, whatever else fails beside them") {
  StoreFixture store;
  store.index("c", doc("t", 1));
  Tally tally;
  std::vector<awaitable<void>> tasks;
  for (int i = 0; i < 150; ++i) {
    tasks.push_back(insert_one(store.driver, i, &tally));
    tasks.push_back(insert_one(store.driver, i, &tally));
    tasks.push_back(write_badly(store.driver, &tally));
  }
  run_all(std::move(tasks));
  CHECK(tally.inserted == 150);
  CHECK(tally.refused == 150);
  CHECK(tally.failed == 150);
  CHECK(store.count("c") == 150);
  CHECK(store.count("c", doc("t", 75)) == 2);
}

TEST_CASE("one reads one's own writes") {
  StoreFixture store;
  Tally tally;
  std::vector<awaitable<void>> tasks;
  for (int i = 0; i < 300; ++i) tasks.push_back(write_and_read(store.driver, i, &tally));
  run_all(std::move(tasks));
  CHECK(tally.inserted == 300);
  CHECK(tally.failed == 0);
}

TEST_CASE("a begin that nobody waits for any more gives the writer back") {
  StoreFixture store;
  if (!store.has_transactions()) return;
  for (int i = 0; i < 30; ++i) cancel_soon(run_void(store.driver->begin("x", OperationContext())), 0);
  CHECK(store.insert("c", {doc("_id", 1)}).inserted == 1);
}

TEST_CASE("what a store cannot compare by is refused or understood, never ignored") {
  StoreFixture store;
  store.insert("c", {doc("_id", 1, "name", "Ada"), doc("_id", 2, "name", "ada")});
  FindOperation operation = find_operation("c", doc("name", "ada"));
  operation.context.collation = doc("locale", "en", "strength", 2);
  std::size_t found = 2;
  const auto code = code_of([&] { found = store.find(operation).size(); });
  CHECK((code == errc::unsupported || found == 2));
}
