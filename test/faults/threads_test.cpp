// Many threads and event loops on one driver, and several drivers at once; meant for ThreadSanitizer as well:
//   CXX=clang++-16 meson setup build-tsan -Db_sanitize=thread -Db_lundef=false && ninja -C build-tsan
//   test/faults/test_faults
#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "faults/temporary.hpp"
#include "faults/verify.hpp"
#include "store/calls.hpp"
#include "support/race.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

constexpr int threads = 6;
constexpr int rounds = 40;

void together(const std::function<void(int)>& work) {
  std::vector<std::thread> all;
  for (int i = 0; i < threads; ++i) all.emplace_back(work, i);
  for (auto& thread : all) thread.join();
}

awaitable<void> many(std::shared_ptr<Driver> driver, int from, int number) {
  for (int i = 0; i < number; ++i) {
    WriteOperation operation;
    operation.collection = "c";
    operation.items.push_back(insert_item(doc("_id", from + i, "a", i % 5, "t", array(i, i + 1))));
    const WriteReply reply = co_await driver->write(std::move(operation));
    if (reply.inserted != 1) throw error(errc::store, "an insert was lost");
    CountOperation own;
    own.collection = "c";
    own.filter = doc("_id", from + i);
    const std::uint64_t seen = co_await driver->count(std::move(own));
    if (seen != 1) throw error(errc::store, "an own write was not seen");
  }
}

}  // namespace

TEST_CASE("every thread reads its own writes, from its own loop") {
  SqliteOptions options;
  options.memory = true;
  const auto driver = run(open_sqlite(options));
  create_index(*driver, "c", doc("a", 1));
  together([&](int i) { run_together(many(driver, i * 1000, rounds), many(driver, i * 1000 + 500, rounds)); });
  CHECK(count(*driver, "c") == 2 * threads * rounds);
  CHECK(count(*driver, "c", doc("a", 3)) == 2 * threads * rounds / 5);
  close(driver);
}

TEST_CASE("several drivers at once, each opened and closed by its thread") {
  together([](int i) {
    for (int round = 0; round < 3; ++round) {
      SqliteOptions options;
      options.memory = true;
      const auto driver = run(open_sqlite(options));
      run(many(driver, i, 5));
      if (round != 1) close(driver);  // the second is just dropped
    }
  });
}

TEST_CASE("transactions from many threads take turns, and counters add up") {
  const Folder folder;
  const auto driver = open_file(folder / "a.db");
  insert(*driver, "c", {doc("_id", 1, "n", 0)});
  auto add = [](std::shared_ptr<Driver> to) -> awaitable<void> {
    std::shared_ptr<Session> session = co_await to->begin("threads_test.cpp", OperationContext());
    FindOperation find = find_operation("c", doc("_id", 1));
    find.context.session = session;
    const FindReply reply = co_await to->find(std::move(find));
    const int n = reply.first.documents.at(0).find("n").as_int32();
    WriteOperation write;
    write.collection = "c";
    write.items.push_back(update_item(doc("_id", 1), doc("$set", doc("n", n + 1))));
    write.context.session = session;
    const WriteReply written = co_await to->write(std::move(write));
    if (written.modified != 1) throw error(errc::store, "an update was lost");
    co_await to->commit(session);
  };
  together([&](int) {
    for (int i = 0; i < 10; ++i) run(add(driver));
  });
  CHECK(count(*driver, "c", doc("n", threads * 10)) == 1);
  close(driver);
  CHECK(verify_file(folder / "a.db").empty());
}

TEST_CASE("cancelling at any moment leaves the store whole") {
  const Folder folder;
  const auto driver = open_file(folder / "a.db");
  create_index(*driver, "c", doc("a", 1));
  std::atomic<int> finished{};
  together([&](int i) {
    for (int round = 0; round < 6; ++round)
      if (!cancel_soon(many(driver, i * 100000 + round * 10000, 2000), 1 + (round * 7 + i) % 20).code) ++finished;
  });
  CHECK(finished == 0);
  const auto total = count(*driver, "c");
  CHECK(count(*driver, "c", doc("a", doc("$in", array(0, 1, 2, 3, 4)))) == total);
  close(driver);
  CHECK(verify_file(folder / "a.db") == "");
}
