// Rollbacks put objects back wherever they have moved to; handles, raw collections and waiting writers behave in words.
// What goes on after a transaction goes on with the plain database.
#include <doctest/doctest.h>

#include <kinship/collection.hpp>
#include <kinship/value/json.hpp>
#include <memory>
#include <stdexcept>

#include "orm/desk.hpp"
#include "support/race.hpp"
#include "support/run.hpp"

using namespace desk;

template <class Work>
static awaitable<bool> rolled_back(Database db, Work* work) {
  bool thrown = false;
  try {
    co_await db.transaction(*work);
  } catch (const std::runtime_error&) {
    thrown = true;
  }
  co_return thrown;
}

static awaitable<void> restoring() {
  Database db = co_await kinship::testing::memory();
  Clerk ann = co_await clerk_in(db, "ann");
  Item mine;
  co_await ann.items.add(mine);
  auto loaded = co_await ann.items.all();
  const int version = ann.version;
  const Time updated = ann.updated;
  std::vector<Clerk> clerks;
  Item added, theirs;
  Clerk bob = co_await clerk_in(db, "bob");
  co_await bob.items.add(theirs);
  auto work = [&](Database tx) -> awaitable<void> {
    ann.name = "anna";
    co_await tx.save(ann);
    CHECK(ann.version == version + 1);
    for (int i = 0; i < 40; ++i) {  // the vector grows: objects move while they are followed
      Clerk clerk;
      clerk.name = "c" + std::to_string(i);
      clerks.push_back(std::move(clerk));
      co_await tx.insert(clerks.back());
    }
    {
      Clerk gone;  // and end before the rollback
      gone.name = "gone";
      co_await tx.insert(gone);
      auto heap = std::make_unique<Clerk>();
      heap->name = "heap";
      co_await tx.insert(*heap);
    }
    std::swap(clerks[0], clerks[1]);
    clerks.erase(clerks.begin() + 10, clerks.begin() + 20);
    Clerk inside = tx.bind(ann);
    co_await inside.items.add(added);
    co_await inside.items.add(theirs);
    CHECK(theirs.clerk.id() == ann.id);
    CHECK(co_await inside.items.count() == 3);
    throw std::runtime_error("no");
  };
  CHECK(co_await rolled_back(db, &work));
  CHECK(ann.version == version);
  CHECK(ann.updated == updated);
  CHECK(ann.items.is_loaded());
  CHECK(ann.items.size() == 1);
  CHECK(clerks.size() == 30);
  for (const Clerk& clerk : clerks) {
    CHECK(clerk.id.is_nil());
    CHECK(clerk.created == Time());
    CHECK(!clerk.items.is_bound());
  }
  CHECK(clerks[0].name == "c1");
  CHECK(added.id.is_nil());
  CHECK(!added.clerk.id());
  CHECK(theirs.clerk.id() == bob.id);
  auto owner = co_await theirs.clerk.get();
  REQUIRE(owner);
  CHECK(owner->name == "bob");
  CHECK(co_await db.find<Clerk>().count() == 2);
  CHECK(co_await db.find<Item>().count() == 2);
  // All of it goes in afterwards.
  co_await db.insert_many(clerks);
  CHECK(co_await db.find<Clerk>().count() == 32);
  co_await db.save(ann);
  CHECK(ann.version == version + 1);
  co_await db.close();
}
TEST_CASE("a rollback restores ids, versions, references and what was loaded") { kinship::test::run(restoring()); }

static awaitable<void> nested() {
  Database db = co_await kinship::testing::memory();
  Clerk ann = co_await clerk_in(db, "ann");
  auto outer = [&](Database tx) -> awaitable<void> {
    Item first;
    first.clerk = ann;
    co_await tx.insert(first);
    auto inner = [&](Database same) -> awaitable<std::uint64_t> {
      Item second;
      second.clerk = ann;
      co_await same.insert(second);
      const std::uint64_t seen = co_await same.find<Item>().count();
      co_return seen;
    };
    const std::uint64_t seen = co_await tx.transaction(inner);
    CHECK(seen == 2);
    throw std::runtime_error("no");
  };
  CHECK(co_await rolled_back(db, &outer));
  CHECK(co_await db.find<Item>().count() == 0);
  const auto before = db.stats().transactions;
  auto quiet = [&](Database tx) -> awaitable<void> {
    auto inner = [&](Database same) -> awaitable<void> {
      Item second;
      co_await same.insert(second);
    };
    co_await tx.transaction(inner);
  };
  co_await db.transaction(quiet);
  CHECK(db.stats().transactions == before + 1);
  CHECK(co_await db.find<Item>().count() == 1);
  co_await db.close();
}
TEST_CASE("nested transactions join") { kinship::test::run(nested()); }

static awaitable<void> raw_and_after() {
  Database db = co_await kinship::testing::memory();
  Clerk ann = co_await clerk_in(db, "ann");
  std::optional<Database> kept;
  std::optional<Clerk> bound;
  const kinship::json document = kinship::json::parse(R"({"_id": 1, "a": 2})");
  auto work = [&](Database tx) -> awaitable<void> {
    kinship::Collection things = tx.collection("things");
    co_await things.insert_one(document);
    CHECK(co_await things.count() == 1);
    throw std::runtime_error("no");
  };
  CHECK(co_await rolled_back(db, &work));
  kinship::Collection things = db.collection("things");
  CHECK(co_await things.count() == 0);
  auto committed = [&](Database tx) -> awaitable<void> {
    kinship::Collection inside = tx.collection("things");
    co_await inside.insert_one(document);
    kept = tx;
    bound = tx.bind(ann);
  };
  co_await db.transaction(committed);
  CHECK(co_await things.count() == 1);
  // The handle and what was bound to it go on with the plain database.
  CHECK(co_await kept->find<Clerk>().count() == 1);
  Item item;
  co_await bound->items.add(item);
  CHECK(co_await db.find<Item>().count() == 1);
  kinship::Collection late = kept->collection("things");
  CHECK(co_await late.count() == 1);
  co_await db.close();
}
TEST_CASE("raw collections of a transaction take part; its handle goes on plainly") { kinship::test::run(raw_and_after()); }

static awaitable<void> doomed() {
  Database db = co_await kinship::testing::memory();
  co_await db.ensure_indexes<Clerk>();
  Clerk ann = co_await clerk_in(db, "ann");
  auto work = [&](Database tx) -> awaitable<void> {
    Clerk bob;
    bob.name = "bob";
    co_await tx.insert(bob);
    Clerk again;
    again.name = "ann";
    const Caught e = co_await caught(tx.insert(again));
    CHECK(e.code == errc::duplicate_key);
    CHECK(again.id.is_nil());
  };
  const Caught e = co_await caught(db.transaction(work));
  CHECK(e.code == errc::transaction_aborted);
  CHECK(co_await db.find<Clerk>().count() == 1);
  co_await db.close();
}
TEST_CASE("an error that was swallowed still dooms the transaction") { kinship::test::run(doomed()); }

static awaitable<void> waiting() {
  Database db =
      co_await kinship::connect("sqlite::memory:", kinship::ConnectOptions().lock_timeout(std::chrono::milliseconds(50)));
  Clerk ann = co_await clerk_in(db, "ann");
  Caught waited;
  auto work = [&](Database tx) -> awaitable<void> {
    ann.name = "anna";
    co_await tx.save(ann);
    Item item;
    waited = co_await caught(db.insert(item));  // not tx: waits behind this very transaction
    CHECK(item.id.is_nil());
  };
  co_await db.transaction(work);
  CHECK(waited.code == errc::timeout);
  CHECK(waited.says("use tx"));
  CHECK(waited.says("transaction_more_test.cpp"));
  CHECK(co_await db.find<Clerk>().where({"name", "anna"}).count() == 1);
  CHECK(co_await db.find<Item>().count() == 0);
  co_await db.close();
}
TEST_CASE("a plain write behind an open transaction says: use tx") { kinship::test::run(waiting()); }

TEST_CASE("cancelling inside a transaction rolls back") {
  Database db = kinship::test::run(kinship::testing::memory());
  Clerk lost;
  lost.name = "lost";
  bool stopped = false;
  auto endless = [&]() -> awaitable<void> {
    auto work = [&](Database tx) -> awaitable<void> {
      co_await tx.insert(lost);
      for (;;) {
        const std::uint64_t seen = co_await tx.find<Clerk>().count();
        if (seen == 0) co_return;
      }
    };
    try {
      co_await db.transaction(work);
    } catch (const boost::system::system_error&) {  // kinship's, or Asio's own between two operations
      stopped = true;
    }
  };
  const kinship::test::Raced raced = kinship::test::cancel_soon(endless());
  CHECK(stopped);
  CHECK(raced.seconds < 2);
  CHECK(lost.id.is_nil());
  auto after = [&]() -> awaitable<void> {
    CHECK(co_await db.find<Clerk>().count() == 0);
    Clerk next;
    next.name = "next";
    co_await db.insert(next);  // nobody holds the writer any more
    co_await db.close();
  };
  kinship::test::run(after());
}
