// A backup made while others write: one moment of the store, whole, with its indexes; and what it leaves when it is stopped.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "faults/temporary.hpp"
#include "faults/verify.hpp"
#include "store/calls.hpp"
#include "support/race.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

// Moves one from account 1 to account 2, and adds an entry: three documents that change together.
awaitable<void> transfer(std::shared_ptr<Driver> driver, int number) {
  std::shared_ptr<Session> session = co_await driver->begin("backup_test.cpp", OperationContext());
  WriteOperation operation;
  operation.collection = "c";
  operation.items.push_back(update_item(doc("_id", 1), doc("$inc", doc("n", -1))));
  operation.items.push_back(update_item(doc("_id", 2), doc("$inc", doc("n", 1))));
  operation.items.push_back(insert_item(doc("_id", 100 + number, "n", 0, "tags", array(number % 3, 7), "text", "entry")));
  operation.context.session = session;
  const WriteReply reply = co_await driver->write(std::move(operation));
  if (reply.modified != 2 || reply.inserted != 1) throw error(errc::store, "a transfer was not made");
  co_await driver->commit(session);
}

int sum(Driver& driver) {
  FindOperation find = find_operation("c", doc("_id", doc("$in", array(1, 2))));
  int total = 0;
  for (const auto& account : copy(run(driver.find(std::move(find))).first)) total += account["n"].as_int32();
  return total;
}

}  // namespace

TEST_CASE("backups made while transactions run are each of one moment") {
  const Folder folder;
  const auto driver = open_file(folder / "a.db");
  create_index(*driver, "c", doc("tags", 1));
  insert(*driver, "c", {doc("_id", 1, "n", 1000), doc("_id", 2, "n", 0)});
  std::atomic<int> made{};
  std::atomic<bool> over{};
  std::thread beside([&] {
    while (!over) run(transfer(driver, made)), ++made;
  });
  std::uint64_t before = 0;
  for (int i = 0; i < 4; ++i) {
    const int seen = made;
    while (made < seen + 10) std::this_thread::yield();
    const std::string path = folder / ("backup" + std::to_string(i));
    run(driver->backup(path));
    CHECK(verify_file(path) == "");
    const auto restored = open_file(path);
    CHECK(sum(*restored) == 1000);
    const auto entries = count(*restored, "c", doc("tags", 7));
    CHECK(entries >= static_cast<std::uint64_t>(seen) + 10);
    CHECK(entries > before);
    CHECK(count(*restored, "c", doc("_id", 2, "n", static_cast<int>(entries))) == 1);
    before = entries;
    close(restored);
  }
  over = true;
  beside.join();
  CHECK(sum(*driver) == 1000);
  close(driver);
}

TEST_CASE("a backup that is stopped leaves no half of a file, and the store goes on") {
  const Folder folder;
  const auto driver = open_file(folder / "a.db");
  std::vector<bson::Document> documents;
  for (int i = 0; i < 2000; ++i) documents.push_back(doc("_id", i, "text", std::string(2000, 'x')));
  insert(*driver, "c", std::move(documents));
  const Raced raced = cancel_soon(driver->backup(folder / "b.db"), 0);
  if (raced.code) CHECK(raced.code == errc::cancelled);
  close(driver);  // waits for what is under way
  // It may have been ready at that very moment: then it is whole.
  const bool there = std::filesystem::exists(folder / "b.db");
  CHECK((there || raced.code));
  if (there) CHECK(verify_file(folder / "b.db") == "");
  CHECK_FALSE(std::filesystem::exists(folder / "b.db.part"));
  CHECK(verify_file(folder / "a.db") == "");
}
