// Waiting for the writer: behind a transaction, behind a deadline, behind a close; and being cancelled while waiting.
// Nothing here sleeps: every wait ends because something happened.
#include <doctest/doctest.h>

#include <chrono>

#include "store/fixture.hpp"
#include "support/race.hpp"

using namespace kinship;
using namespace kinship::test;
using namespace std::chrono_literals;

namespace {

Deadline in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

WriteOperation insertion(int id, Deadline deadline = no_deadline) {
  WriteOperation operation;
  operation.collection = "c";
  operation.items.push_back(insert_item(doc("_id", id)));
  operation.context.deadline = deadline;
  return operation;
}

// Thousands of documents and hundreds of expressions: seconds of work for one count.
CountOperation slow_count(StoreFixture& store, Deadline deadline = no_deadline) {
  std::vector<bson::Document> documents;
  for (int i = 0; i < 5000; ++i)
    documents.push_back(doc("_id", 1000 + i, "text", std::string(200, 'a') + std::to_string(i)));
  store.insert("c", std::move(documents));
  bson::Builder filter;
  filter.begin_array("$or");
  for (int i = 0; i < 2000; ++i) filter.begin_document("").append_regex("text", "a+b" + std::to_string(i) + "$", "").end();
  CountOperation operation;
  operation.collection = "c";
  operation.filter = filter.end().finish();
  operation.context.deadline = deadline;
  return operation;
}

}  // namespace

TEST_CASE("a write behind a transaction ends at its deadline, and names the transaction") {
  StoreFixture store;
  if (!store.has_serial_writers()) return;
  auto session = store.begin("shop.cpp:42");
  std::string text;
  CHECK(code_of([&] { run(store.driver->write(insertion(1, in(30ms)))); }, &text) == errc::timeout);
  OperationContext context;
  context.deadline = in(30ms);
  CHECK(code_of([&] { run(store.driver->begin("other.cpp:1", context)); }) == errc::timeout);
  run(store.driver->abort(session));
  CHECK(run(store.driver->write(insertion(1))).inserted == 1);
  CHECK(store.count("c") == 1);
}

TEST_CASE("a running read ends at its deadline") {
  StoreFixture store;
  const auto operation = slow_count(store, in(300ms));
  const auto before = std::chrono::steady_clock::now();
  CHECK(code_of([&] { run(store.driver->count(operation)); }) == errc::timeout);
  CHECK(std::chrono::steady_clock::now() - before < 30s);
  CHECK(store.count("c") == 5000);
}

TEST_CASE("what comes after its deadline does not run") {
  StoreFixture store;
  store.insert("c", {doc("_id", 5)});
  const Deadline past = in(-1s);
  OperationContext late;
  late.deadline = past;
  try {
    run(store.driver->write(insertion(1, past)));
    FAIL("it ran");
  } catch (const error& e) {
    CHECK(e.code() == errc::timeout);
    CHECK(e.outcome() == Outcome::not_applied);
    CHECK(std::string(e.what()).find("deadline") != std::string::npos);
  }
  FindOperation find = find_operation("c");
  find.context = late;
  CountOperation count;
  count.collection = "c";
  count.context = late;
  DistinctOperation distinct;
  distinct.collection = "c";
  distinct.field = "_id";
  distinct.context = late;
  FindAndModifyOperation modify;
  modify.collection = "c";
  modify.document = doc("$set", doc("a", 1));
  modify.context = late;
  CreateIndexOperation index;
  index.collection = "c";
  index.keys = doc("a", 1);
  index.context = late;
  CHECK(code_of([&] { run(store.driver->find(find)); }) == errc::timeout);
  CHECK(code_of([&] { run(store.driver->count(count)); }) == errc::timeout);
  CHECK(code_of([&] { run(store.driver->distinct(distinct)); }) == errc::timeout);
  CHECK(code_of([&] { run(store.driver->find_and_modify(modify)); }) == errc::timeout);
  CHECK(code_of([&] { run(store.driver->create_index(index)); }) == errc::timeout);
  CHECK(code_of([&] { run(store.driver->drop_collection("c", late)); }) == errc::timeout);
  CHECK(code_of([&] { run(store.driver->command(doc("ping", 1), late)); }) == errc::timeout);
  CHECK(store.count("c") == 1);
  CHECK(store.count("c", doc("a", 1)) == 0);
}

TEST_CASE("a deadline that has passed dooms its transaction, and begins none") {
  StoreFixture store;
  if (!store.has_transactions()) return;
  auto session = store.begin();
  store.insert("c", {doc("_id", 1)}, session);
  WriteOperation operation = insertion(2, in(-1s));
  operation.context.session = session;
  CHECK(code_of([&] { run(store.driver->write(operation)); }) == errc::timeout);
  CHECK(code_of([&] { run(store.driver->commit(session)); }) == errc::transaction_aborted);
  OperationContext late;
  late.deadline = in(-1s);
  CHECK(code_of([&] { run(store.driver->begin("x.cpp:1", late)); }) == errc::timeout);
  CHECK(store.insert("c", {doc("_id", 3)}).inserted == 1);  // nobody holds the writer
  CHECK(store.count("c") == 1);
}

TEST_CASE("a cancelled wait ends at once, and the write never happens") {
  StoreFixture store;
  if (!store.has_serial_writers()) return;
  auto session = store.begin();
  const Raced raced = cancel_soon(run_void(store.driver->write(insertion(1))));
  CHECK(raced.code == errc::cancelled);
  CHECK(raced.outcome == Outcome::not_applied);
  run(store.driver->commit(session));
  CHECK(store.count("c") == 0);
}

TEST_CASE("a cancelled begin leaves the writer free") {
  StoreFixture store;
  if (!store.has_serial_writers()) return;
  auto session = store.begin();
  CHECK(cancel_soon(run_void(store.driver->begin("x", OperationContext()))).code == errc::cancelled);
  run(store.driver->commit(session));
  CHECK(store.insert("c", {doc("_id", 1)}).inserted == 1);
}

TEST_CASE("a running read is stopped by cancelling, and its thread is free again") {
  StoreFixture store;
  const auto operation = slow_count(store);
  const auto before = std::chrono::steady_clock::now();
  for (int i = 0; i < 8; ++i) CHECK(cancel_soon(run_void(store.driver->count(operation))).code == errc::cancelled);
  CHECK(store.count("c") == 5000);
  CHECK(std::chrono::steady_clock::now() - before < 30s);
}

TEST_CASE("cancelling inside a transaction dooms it") {
  StoreFixture store;
  if (!store.has_transactions()) return;
  auto operation = slow_count(store);
  auto session = store.begin();
  store.insert("c", {doc("_id", 1)}, session);
  operation.context.session = session;
  CHECK(cancel_soon(run_void(store.driver->count(operation))).code == errc::cancelled);
  CHECK(code_of([&] { run(store.driver->commit(session)); }) == errc::transaction_aborted);
  CHECK(store.count("c", doc("_id", 1)) == 0);
}

TEST_CASE("after close everything is refused in words, and close ends what will not end") {
  StoreFixture store;
  if (!store.has_transactions()) return;
  auto session = store.begin();
  store.insert("c", {doc("_id", 1)}, session);
  run(store.driver->close(in(20ms)));
  std::string text;
  CHECK(code_of([&] { store.count("c"); }, &text) == errc::unavailable);
  CHECK(text.find("closed") != std::string::npos);
  CHECK(code_of([&] { store.insert("c", {doc("_id", 2)}); }) == errc::unavailable);
  CHECK(code_of([&] { run(store.driver->commit(session)); }));
  CHECK_NOTHROW(run(store.driver->close(in(20ms))));
}

TEST_CASE("close lets a transaction finish") {
  StoreFixture store;
  if (!store.has_transactions()) return;
  auto session = store.begin();
  bool closed = false;
  auto commit = [&]() -> awaitable<void> {
    WriteOperation operation = insertion(1);
    operation.context.session = session;
    const WriteReply reply = co_await store.driver->write(std::move(operation));
    CHECK(reply.inserted == 1);
    CHECK_FALSE(closed);
    co_await store.driver->commit(session);
  };
  auto close = [&]() -> awaitable<void> {
    co_await store.driver->close(no_deadline);
    closed = true;
  };
  run_together(close(), commit());
  CHECK(closed);
}

TEST_CASE("dropping the last handle with work under way does not block") {
  for (int i = 0; i < 3; ++i) {
    StoreFixture store;
    if (!store.has_serial_writers()) return;
    auto session = store.begin();
    auto waiting = [](std::shared_ptr<Driver> driver) -> awaitable<void> {
      WriteOperation operation = insertion(1);
      const WriteReply reply = co_await driver->write(std::move(operation));
      CHECK(reply.inserted == 1);
    };
    const auto before = std::chrono::steady_clock::now();
    abandon_loop(waiting(store.driver));  // the loop is destroyed while the write waits
    CHECK(std::chrono::steady_clock::now() - before < 1s);
  }
}
