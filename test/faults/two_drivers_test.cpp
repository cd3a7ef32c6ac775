// Two drivers on one file, as two processes would have it: collections and indexes appear, writes wait for one another.
// A foreign lock is waited for, and given up on in words.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <thread>

#include "faults/temporary.hpp"
#include "faults/verify.hpp"
#include "store/calls.hpp"
#include "support/race.hpp"

using namespace kinship;
using namespace kinship::test;

TEST_CASE("what one creates and drops, the other sees at its next operation") {
  const Folder folder;
  const auto a = open_file(folder / "a.db"), b = open_file(folder / "a.db");
  CHECK(insert(*a, "c", {doc("_id", 1, "t", 1)}).inserted == 1);
  CHECK(count(*b, "c", doc("t", 1)) == 1);
  create_index(*b, "c", doc("t", 1), true);
  CHECK(insert(*a, "c", {doc("_id", 2, "t", 1)}).errors.size() == 1);
  CHECK(insert(*b, "c", {doc("_id", 2, "t", array(2, 3))}).inserted == 1);
  CHECK(count(*a, "c", doc("t", doc("$in", array(2, 3)))) == 1);
  run(a->drop_collection("c", OperationContext()));
  CHECK(count(*b, "c") == 0);
  CHECK(insert(*b, "c", {doc("_id", 1), doc("_id", 2)}).inserted == 2);
  CHECK(count(*a, "c") == 2);
  close(a);
  close(b);
  CHECK(verify_file(folder / "a.db").empty());
}

TEST_CASE("writers of two drivers take turns") {
  const Folder folder;
  const auto a = open_file(folder / "a.db"), b = open_file(folder / "a.db");
  constexpr int each = 200;
  auto work = [](std::shared_ptr<Driver> driver, int from) {
    for (int i = 0; i < each; ++i) insert(*driver, "c", {doc("_id", from + i)});
  };
  std::thread first(work, a, 0), second(work, b, each);
  first.join();
  second.join();
  CHECK(count(*a, "c") == 2 * each);
  close(a);
  close(b);
  CHECK(verify_file(folder / "a.db").empty());
}

TEST_CASE("a lock held elsewhere is a timeout in words, and nothing is lost") {
  const Folder folder;
  SqliteOptions options;
  options.busy_timeout = std::chrono::milliseconds(50);
  const auto driver = open_file(folder / "a.db", options);
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open((folder / "a.db").c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  std::string text;
  CHECK(code_of([&] { insert(*driver, "c", {doc("_id", 1)}); }, &text) == errc::timeout);
  CHECK(text.find("another process") != std::string::npos);
  CHECK(code_of([&] { run(driver->begin("x", OperationContext())); }) == errc::timeout);
  CHECK(count(*driver, "c") == 0);  // readers go on
  sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
  sqlite3_close(other);
  CHECK(insert(*driver, "c", {doc("_id", 1)}).inserted == 1);
  close(driver);
}

TEST_CASE("waiting for another process is given up at once when it is cancelled, late, or closed") {
  const Folder folder;
  const auto driver = open_file(folder / "a.db");
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open((folder / "a.db").c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  auto write = [&](Deadline deadline) {
    WriteOperation operation;
    operation.collection = "c";
    operation.items.push_back(insert_item(doc("_id", 1)));
    operation.context.deadline = deadline;
    return run_void(driver->write(std::move(operation)));
  };
  const Raced raced = cancel_soon(write(no_deadline));
  CHECK(raced.code == errc::cancelled);
  CHECK(raced.outcome == Outcome::not_applied);
  CHECK(raced.seconds < 2);
  CHECK(cancel_soon(run_void(driver->begin("x", OperationContext()))).code == errc::cancelled);
  const auto soon = std::chrono::steady_clock::now() + std::chrono::milliseconds(30);
  CHECK(code_of([&] { run(write(soon)); }) == errc::timeout);
  SUBCASE("the other process lets go") {
    sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
    CHECK(insert(*driver, "c", {doc("_id", 2)}).inserted == 1);
    CHECK(count(*driver, "c") == 1);
  }
  SUBCASE("the database is closed meanwhile") {
    run(driver->close(std::chrono::steady_clock::now()));
    CHECK(code_of([&] { insert(*driver, "c", {doc("_id", 2)}); }) == errc::unavailable);
    sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
  }
  sqlite3_close(other);
  close(driver);
}

TEST_CASE("a transaction that holds the writer is named, and one that is silent is ended") {
  const Folder folder;
  SqliteOptions options;
  options.lease_timeout = std::chrono::milliseconds(40);
  options.idle_transaction_limit = std::chrono::milliseconds(400);
  const auto driver = open_file(folder / "a.db", options);
  auto session = run(driver->begin("shop.cpp:42", OperationContext()));
  std::string text;
  CHECK(code_of([&] { insert(*driver, "c", {doc("_id", 1)}); }, &text) == errc::timeout);
  CHECK(text.find("use tx") != std::string::npos);
  CHECK(text.find("shop.cpp:42") != std::string::npos);
  CHECK(code_of([&] { run(driver->begin("y", OperationContext())); }, &text) == errc::timeout);
  boost::system::error_code code = errc::timeout;
  while (code == errc::timeout) code = code_of([&] { insert(*driver, "c", {doc("_id", 1)}); });
  CHECK_FALSE(code);
  CHECK(code_of([&] { run(driver->commit(session)); }, &text) == errc::transaction_aborted);
  CHECK(text.find("idle") != std::string::npos);
  close(driver);
}
