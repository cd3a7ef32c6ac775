// save_many and replace cost operations by kind and by message, never by object; a failure names the object it is about.
// All of it holds or none.
#include <doctest/doctest.h>

#include "orm/desk.hpp"
#include "support/run.hpp"

using namespace desk;

static awaitable<std::vector<Clerk>> many_clerks(Database db, int count) {
  std::vector<Clerk> clerks(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < clerks.size(); ++i) clerks[i].name = "c" + std::to_string(1000 + i);
  co_await db.insert_many(clerks);
  co_return clerks;
}

static awaitable<void> saves() {
  Database db = co_await kinship::testing::memory();
  co_await db.ensure_indexes<Clerk>();
  std::vector<Clerk> made = co_await many_clerks(db, 60);
  auto clerks = co_await db.find<Clerk>().order_by<&Clerk::name>().all();
  auto loaded = co_await clerks[3].items.all();
  QueryCounter queries(db);
  co_await db.save_many(clerks);
  CHECK(queries.count() == 0);  // nothing differs
  for (Clerk& clerk : clerks) clerk.name += "!";
  co_await db.save_many(clerks);
  CHECK(queries.count() == 1);
  CHECK(co_await db.find<Clerk>().where({"version", 1}).count() == 60);
  CHECK(clerks[5].version == 1);
  CHECK(clerks[3].items.is_loaded());
  for (Clerk& clerk : clerks) clerk.name += "?";
  co_await db.save_many(clerks);  // from the new baseline
  CHECK(co_await db.find<Clerk>().where({"version", 2}).count() == 60);

  // New ones beside old ones.
  std::vector<Clerk> mixed(4);
  mixed[0] = clerks[0];
  mixed[1] = clerks[1];
  mixed[0].name = "old 0";
  mixed[1].name = "old 1";
  mixed[2].name = "new 2";
  mixed[3].name = "new 3";
  queries.reset();
  co_await db.save_many(mixed);
  CHECK(queries.count() == 2);
  CHECK(!mixed[3].id.is_nil());
  CHECK(co_await db.find<Clerk>().count() == 62);
  // A unique name goes from one to the next, in order.
  mixed[0].name = "free";
  mixed[1].name = "old 0";
  co_await db.save_many(mixed);
  CHECK(co_await db.find<Clerk>().where({"name", "old 0"}).count() == 1);
  std::vector<Clerk> none;
  co_await db.save_many(none);
  co_await db.close();
}
TEST_CASE("save_many is one operation for what is new and one for what differs") { kinship::test::run(saves()); }

static awaitable<void> failures() {
  Database db = co_await kinship::testing::memory();
  co_await db.ensure_indexes<Clerk>();
  std::vector<Clerk> clerks = co_await many_clerks(db, 5);
  auto changed = clerks;
  for (Clerk& clerk : changed) clerk.name += "!";
  // A taken name.
  changed[3].name = clerks[4].name;
  Caught e = co_await caught(db.save_many(changed));
  CHECK(e.code == errc::duplicate_key);
  CHECK(e.outcome == Outcome::not_applied);
  CHECK(e.says(clerks[4].name.c_str()));
  CHECK(co_await db.find<Clerk>().where({"version", 0}).count() == 5);
  for (const Clerk& clerk : changed) CHECK(clerk.version == 0);
  changed[3].name = "fine";
  // A changed row, a removed row: by key.
  auto other = co_await db.get<Clerk>(clerks[2].id);
  other->name = "other";
  co_await db.save(*other);
  e = co_await caught(db.save_many(changed));
  CHECK(e.code == errc::conflict);
  CHECK(e.key == clerks[2].id.to_string());
  for (const Clerk& clerk : changed) CHECK(clerk.version == 0);
  co_await db.remove(*other);
  e = co_await caught(db.save_many(changed));
  CHECK(e.code == errc::not_found);
  CHECK(e.key == clerks[2].id.to_string());
  CHECK(co_await db.find<Clerk>().where({"version", 0}).count() == 4);
  changed.erase(changed.begin() + 2);
  // One row twice: the second was read before the first was saved.
  changed.push_back(changed[0]);
  e = co_await caught(db.save_many(changed));
  CHECK(e.code == errc::conflict);
  changed.pop_back();
  co_await db.save_many(changed);
  CHECK(co_await db.find<Clerk>().where({"version", 1}).count() == 4);
  // What was read with select refuses, and nothing else is saved either.
  auto items = co_await db.find<Item>().all();
  std::vector<Item> some(2);
  co_await db.save_many(some);
  auto partial = co_await db.find<Item>().select<&Item::title>().all();
  some[0].title = "changed";
  some[1] = partial[1];
  e = co_await caught(db.save_many(some));
  CHECK(e.code == errc::invalid_query);
  CHECK(co_await db.find<Item>().where({"title", "changed"}).count() == 0);
  co_await db.close();
}
TEST_CASE("save_many names the object it fails for, and changes nothing then") { kinship::test::run(failures()); }

static awaitable<void> replaces() {
  Database db = co_await kinship::testing::memory();
  Clerk ann = co_await clerk_in(db, "ann");
  Clerk bob = co_await clerk_in(db, "bob");
  std::vector<Item> items(40);
  for (std::size_t i = 0; i < items.size(); ++i) items[i].clerk = i < 20 ? ann : bob;
  co_await db.insert_many(items);
  // Ten of ann's, ten of bob's, ten new ones, and one with a key and no row.
  std::vector<Item> now(items.begin() + 10, items.begin() + 30);
  now.resize(31);
  now.back().id = kinship::ObjectId::make();
  QueryCounter queries(db);
  co_await ann.items.replace(now);
  CHECK(queries.count() == 5);  // insert, link, which has no row, insert it, unlink the rest
  CHECK(ann.items.size() == 31);
  CHECK(co_await ann.items.count() == 31);
  CHECK(co_await bob.items.count() == 10);
  CHECK(co_await db.find<Item>().count() == 51);
  for (const Item& item : ann.items) CHECK(item.clerk.id() == ann.id);
  std::vector<Item> shown(ann.items.begin(), ann.items.end());
  queries.reset();
  co_await ann.items.replace(shown);
  CHECK(queries.count() == 2);
  for (Item& item : shown) item.title = "t";
  co_await db.save_many(shown);  // what was linked has its baseline
  CHECK(co_await ann.items.where({"title", "t"}).count() == 31);

  Article article;
  co_await db.insert(article);
  std::vector<Label> labels(30);
  co_await db.insert_many(labels);
  std::vector<Label> mixed(labels.begin(), labels.end());
  mixed.resize(35);
  queries.reset();
  co_await article.labels.replace(mixed);
  CHECK(queries.count() == 2);  // the new labels, the array
  CHECK(co_await article.labels.count() == 35);
  co_await db.close();
}
TEST_CASE("replace links together what it links") { kinship::test::run(replaces()); }

static awaitable<void> validated() {
  Database db = co_await kinship::testing::memory();
  Clerk ann = co_await clerk_in(db, "ann");
  Clerk gone = co_await clerk_in(db, "gone");
  std::vector<Claim> claims(3);
  for (Claim& claim : claims) claim.clerk = ann;
  QueryCounter queries(db);
  co_await db.insert_many(claims);
  for (Claim& claim : claims) claim.amount = 5;
  co_await db.save_many(claims);
  // The parent, the claims; an unchanged parent is not looked for. Where writers do not take turns a parent is touched, too.
  if (kinship::testing::driver_of(db)->capabilities().serial_writers) CHECK(queries.count() == 3);
  auto copy = co_await db.get<Clerk>(gone.id);
  co_await db.remove(*copy);
  const Caught none = co_await caught(gone.claims.replace(claims));
  CHECK(none.code == errc::not_found);
  CHECK(co_await ann.claims.count() == 3);
  claims[1].clerk = gone;
  claims[2].amount = 6;
  const Caught e = co_await caught(db.save_many(claims));
  CHECK(e.code == errc::not_found);
  CHECK(co_await db.find<Claim>().where({"amount", 6}).count() == 0);
  co_await db.close();
}
TEST_CASE("validate holds for many at once") { kinship::test::run(validated()); }
