// orphan_removal, OneToOne and filtered relationships: what adding and unlinking do to rows and to members.
// Others' objects, new ones and ones with keys of their own are all taken.
#include <doctest/doctest.h>

#include "orm/desk.hpp"
#include "support/run.hpp"

using namespace desk;

static awaitable<void> orphans() {
  Database db = co_await kinship::testing::memory();
  Clerk ann = co_await clerk_in(db, "ann");
  Clerk bob = co_await clerk_in(db, "bob");
  std::vector<Slip> slips(4);
  for (std::size_t i = 0; i < slips.size(); ++i) slips[i].text = std::to_string(i);
  for (Slip& slip : slips) co_await ann.slips.add(slip);
  CHECK(co_await ann.slips.count() == 4);
  co_await ann.slips.remove(slips[0]);
  CHECK(co_await db.find<Slip>().count() == 3);
  co_await bob.slips.remove(slips[1]);  // not bob's: stays
  CHECK(co_await db.find<Slip>().count() == 3);
  std::vector<Slip> kept;
  kept.push_back(slips[1]);
  Slip fresh;
  fresh.text = "fresh";
  kept.push_back(fresh);
  co_await ann.slips.replace(kept);
  CHECK(co_await db.find<Slip>().count() == 2);
  CHECK(ann.slips.size() == 2);
  CHECK(!ann.slips[1].id.is_nil());
  // Taken over by another owner it is no orphan.
  co_await bob.slips.add(slips[1]);
  CHECK(co_await db.find<Slip>().count() == 2);
  co_await ann.slips.clear();
  CHECK(co_await db.find<Slip>().count() == 1);
  CHECK(co_await bob.slips.count() == 1);
  co_await db.close();
}
TEST_CASE("orphan_removal removes what is unlinked, and nothing else") { kinship::test::run(orphans()); }

static awaitable<void> one_to_one() {
  Database db = co_await kinship::testing::memory();
  Clerk ann = co_await clerk_in(db, "ann");
  Clerk bob = co_await clerk_in(db, "bob");
  Badge first;
  first.code = "1";
  co_await ann.badge.set(first);
  CHECK(first.clerk.id() == ann.id);
  auto got = co_await ann.badge.get();
  REQUIRE(got);
  CHECK(got->code == "1");
  Badge second;
  second.code = "2";
  co_await ann.badge.set(second);
  REQUIRE(ann.badge.loaded() != nullptr);
  CHECK(ann.badge.loaded()->code == "2");
  CHECK(co_await db.find<Badge>().count() == 1);  // the first was an orphan
  co_await ann.badge.set(second);                 // again: nothing changes
  CHECK(co_await db.find<Badge>().count() == 1);
  co_await bob.badge.set(second);
  ann.badge.clear_cache();
  auto none = co_await ann.badge.get();
  CHECK(!none);
  auto bobs = co_await bob.badge.get();
  REQUIRE(bobs);
  CHECK(bobs->code == "2");
  co_await bob.badge.unset();
  CHECK(co_await db.find<Badge>().count() == 0);
  CHECK(bob.badge.loaded() == nullptr);
  co_await db.close();
}
TEST_CASE("OneToOne with orphan_removal keeps at most one row an owner") { kinship::test::run(one_to_one()); }

static awaitable<void> filtered() {
  Database db = co_await kinship::testing::memory();
  Clerk ann = co_await clerk_in(db, "ann");
  Item open, done;
  open.title = "open";
  done.title = "done";
  done.done = true;
  co_await ann.items.add(open);
  co_await ann.done_items.add(done);
  auto dones = co_await ann.done_items.all();
  CHECK(dones.size() == 1);
  auto items = co_await ann.items.all();
  CHECK(items.size() == 2);
  // Added through one of two relationships over a key, the other unloads.
  Item more;
  more.done = true;
  co_await ann.items.add(more);
  CHECK(ann.items.size() == 3);
  CHECK(!ann.done_items.is_loaded());
  auto reloaded = co_await ann.done_items.all();
  CHECK(reloaded.size() == 2);
  // Clearing the filtered one leaves the others linked.
  co_await ann.done_items.clear();
  CHECK(co_await ann.items.count() == 1);
  CHECK(co_await db.find<Item>().count() == 3);
  CHECK(!ann.items.is_loaded());
  co_await db.close();
}
TEST_CASE("relationships over one key stay in step, and clearing a filtered one clears its own") {
  kinship::test::run(filtered());
}

static awaitable<void> whose() {
  Database db = co_await kinship::testing::memory();
  Clerk ann = co_await clerk_in(db, "ann");
  Clerk bob = co_await clerk_in(db, "bob");
  Item item;
  item.title = "x";
  co_await ann.items.add(item);
  auto copy = co_await db.get<Item>(item.id);
  co_await bob.items.add(item);
  CHECK(item.clerk.id() == bob.id);
  auto owner = co_await item.clerk.get();
  REQUIRE(owner);
  CHECK(owner->name == "bob");
  // A later save of something else does not send the reference again.
  co_await ann.items.add(*copy);
  item.title = "renamed";
  co_await db.save(item);
  auto now = co_await db.get<Item>(item.id);
  CHECK(now->title == "renamed");
  CHECK(now->clerk.id() == ann.id);
  QueryCounter queries(db);
  co_await db.save(item);
  CHECK(queries.count() == 0);
  // Removing by one who is not its owner changes nothing.
  co_await bob.items.remove(*now);
  CHECK(now->clerk.id() == ann.id);
  CHECK(co_await ann.items.count() == 1);
  Item never;
  co_await ann.items.remove(never);
  CHECK(co_await ann.items.count() == 1);
  // A clerk that was never stored has nothing to add to, in words.
  Clerk nobody;
  const Caught unbound = co_await caught(nobody.items.add(item));
  CHECK(unbound.code == errc::unbound);
  bool thrown = false;
  try {
    item.clerk = nobody;
  } catch (const kinship::error& e) {
    thrown = e.code() == errc::unbound;
  }
  CHECK(thrown);
  co_await db.close();
}
TEST_CASE("add takes over others' objects, and later saves do not undo it") { kinship::test::run(whose()); }

static awaitable<void> detaching() {
  Database db = co_await kinship::testing::memory();
  Clerk ann = co_await clerk_in(db, "ann");
  Item one, two;
  co_await ann.items.add(one);
  auto loaded = co_await ann.items.all();
  CHECK(loaded.size() == 1);
  kinship::detach(ann);
  CHECK(ann.items.size() == 1);
  co_await ann.items.add(two);
  CHECK(ann.items.size() == 2);
  ann.items.clear_cache();
  CHECK(!ann.items.is_loaded());
  kinship::detach(ann);
  CHECK(!ann.items.is_loaded());
  auto again = co_await ann.items.all();
  CHECK(again.size() == 2);
  co_await db.close();
}
TEST_CASE("a detached object keeps what it loaded and forgets what it forgot") { kinship::test::run(detaching()); }
