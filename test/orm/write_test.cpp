// save, insert_many, update_many: versions, timestamps, partial failures, values that stay values.
// After every refusal the object in the program is as it was.
#include <doctest/doctest.h>

#include <kinship/collection.hpp>
#include <kinship/value/json.hpp>

#include "orm/desk.hpp"
#include "support/run.hpp"

using namespace desk;

static awaitable<void> versions() {
  Database db = co_await kinship::testing::memory();
  Clerk made = co_await clerk_in(db, "ann");
  auto first = co_await db.get<Clerk>(made.id);
  auto second = co_await db.get<Clerk>(made.id);
  first->name = "anna";
  co_await db.save(*first);
  CHECK(first->version == made.version + 1);
  second->name = "anne";
  const Time updated = second->updated;
  const Caught e = co_await caught(db.save(*second));
  CHECK(e.code == errc::conflict);
  CHECK(e.says("another writer"));
  CHECK(second->version == made.version);
  CHECK(second->updated == updated);
  // Read again, it can be saved.
  auto third = co_await db.get<Clerk>(made.id);
  third->name = "anne";
  co_await db.save(*third);
  CHECK(third->version == made.version + 2);
  co_await db.save(*third);  // nothing differs: no new version
  CHECK(third->version == made.version + 2);
  auto now = co_await db.get<Clerk>(made.id);
  CHECK(now->name == "anne");
  CHECK(now->version == third->version);
  co_await db.remove(*third);
  now->name = "gone";
  const Caught gone = co_await caught(db.save(*now));
  CHECK(gone.code == errc::not_found);
  co_await db.close();
}
TEST_CASE("a version lets only one of two writers save") { kinship::test::run(versions()); }

static awaitable<void> versions_without_relationships() {
  Database db = co_await kinship::testing::memory();
  Rate rate;
  rate.id = "vat";
  rate.percent = 20;
  co_await db.insert(rate);
  auto other = co_await db.get<Rate>("vat");
  rate.percent = 21;
  co_await db.save(rate);
  CHECK(rate.version == 1);
  other->percent = 22;
  const Caught e = co_await caught(db.save(*other));
  CHECK(e.code == errc::conflict);
  CHECK(other->version == 0);
  Rate nameless;
  const Caught unnamed = co_await caught(db.insert(nameless));
  CHECK(unnamed.code == errc::invalid_query);
  CHECK(unnamed.says("'id'"));
  // Several of them, one in conflict: none is saved, none looks saved.
  Rate two;
  two.id = "two";
  co_await db.insert(two);
  std::vector<Rate> both;
  both.push_back(two);
  both.push_back(*other);
  both[0].percent = 99;
  const Caught many = co_await caught(db.save_many(both));
  CHECK(many.code == errc::conflict);
  CHECK(both[0].version == 0);
  auto untouched = co_await db.get<Rate>("two");
  CHECK(untouched->percent == 0);
  both.pop_back();
  co_await db.save_many(both);
  CHECK(both[0].version == 0 + 1);
  co_await db.close();
}
TEST_CASE("versions hold for models without relationships, and save_many is all or nothing") {
  kinship::test::run(versions_without_relationships());
}

static awaitable<void> timestamps() {
  Database db = co_await kinship::testing::memory();
  Clerk clerk = co_await clerk_in(db, "ann");
  CHECK(clerk.created != Time());
  CHECK(clerk.created == clerk.updated);
  const Time created = clerk.created;
  const Time old = clerk.updated - std::chrono::hours(1);
  co_await db.update_many<Clerk>({"name", "ann"}, kinship::set<&Clerk::updated>(old));
  auto read = co_await db.get<Clerk>(clerk.id);
  co_await db.save(*read);
  CHECK(read->updated == old);  // nothing differed, so nothing was touched
  read->name = "anna";
  co_await db.save(*read);
  CHECK(read->updated > old);
  CHECK(read->created == created);
  auto again = co_await db.get<Clerk>(clerk.id);
  CHECK(again->updated == read->updated);
  // What could not be inserted is as it was.
  Clerk same;
  same.id = clerk.id;
  const Caught e = co_await caught(db.insert(same));
  CHECK(e.code == errc::duplicate_key);
  CHECK(same.created == Time());
  co_await db.close();
}
TEST_CASE("timestamps are set by insert and by saves that change something") { kinship::test::run(timestamps()); }

static awaitable<void> partial_inserts() {
  Database db = co_await kinship::testing::memory();
  co_await db.ensure_indexes<Clerk>();
  std::vector<Clerk> clerks(4);
  clerks[0].name = "a";
  clerks[1].name = "b";
  clerks[2].name = "a";
  clerks[3].name = "c";
  const Caught e = co_await caught(db.insert_many(clerks));
  CHECK(e.code == errc::duplicate_key);
  CHECK(e.outcome == Outcome::partial);
  CHECK(e.says("clerks"));
  CHECK(e.says("name_1"));
  CHECK(!clerks[0].id.is_nil());
  CHECK(!clerks[1].id.is_nil());
  CHECK(clerks[2].id.is_nil());
  CHECK(clerks[3].id.is_nil());
  CHECK(clerks[3].created == Time());
  CHECK(co_await db.find<Clerk>().count() == 2);
  CHECK(co_await clerks[1].items.count() == 0);  // what was stored is bound
  clerks[2].name = "d";
  std::vector<Clerk> rest(clerks.begin() + 2, clerks.end());
  co_await db.insert_many(rest);
  CHECK(co_await db.find<Clerk>().count() == 4);
  // In a transaction nothing is left of it.
  std::vector<Clerk> more(2);
  more[0].name = "x";
  more[1].name = "a";
  Outcome outcome = Outcome::applied;
  auto work = [&](Database tx) -> awaitable<void> {
    const Caught inside = co_await caught(tx.insert_many(more));
    outcome = inside.outcome;
    throw std::runtime_error("no");
  };
  bool thrown = false;
  try {
    co_await db.transaction(work);
  } catch (const std::runtime_error&) {
    thrown = true;
  }
  CHECK(thrown);
  CHECK(outcome == Outcome::not_applied);
  CHECK(more[0].id.is_nil());
  CHECK(co_await db.find<Clerk>().count() == 4);
  std::vector<Clerk> none;
  QueryCounter queries(db);
  co_await db.insert_many(none);
  CHECK(queries.count() == 0);
  co_await db.close();
}
TEST_CASE("insert_many says what was stored, and takes back the ids of what was not") {
  kinship::test::run(partial_inserts());
}

static awaitable<void> saves() {
  Database db = co_await kinship::testing::memory();
  Clerk clerk = co_await clerk_in(db, "ann");
  std::vector<Item> items(3);
  for (Item& item : items) item.clerk = clerk;
  items[1].note = "n";
  co_await db.insert_many(items);
  // An optional that became empty is unset; unknown stored fields survive.
  kinship::Collection raw = db.collection("items");
  const kinship::json all = kinship::json::object();
  const kinship::json mark = kinship::json::parse(R"({"$set": {"legacy": {"a": 1}}})");
  co_await raw.update_many(all, mark);
  auto item = co_await db.get<Item>(items[1].id);
  item->note.reset();
  item->title = "t";
  co_await db.save(*item);
  const kinship::json missing = kinship::json::parse(R"({"note": {"$exists": false}, "title": "t", "legacy.a": 1})");
  CHECK(co_await raw.count(missing) == 1);
  // save_many of rows and vectors; new ones among them are inserted.
  Item fresh;
  fresh.title = "fresh";
  items.push_back(fresh);
  items[0].done = true;
  co_await db.save_many(items);
  CHECK(!items[3].id.is_nil());
  CHECK(co_await db.find<Item>().count() == 4);
  auto rows = co_await db.find<Item>().where({"done", false}).all();
  for (Item& one : rows) one.done = true;
  co_await db.save_many(rows);
  CHECK(co_await db.find<Item>().where({"done", true}).count() == 4);
  // A reference that was assigned, then saved: what hangs on other keys stays loaded.
  Clerk bob = co_await clerk_in(db, "bob");
  auto moved = co_await db.get<Item>(items[0].id);
  moved->clerk = bob;
  Database handle = db.with_options(kinship::Options());
  Item bound = handle.bind(*moved);  // assigned and not saved: leads to where it was assigned
  auto owner = co_await bound.clerk.get();
  REQUIRE(owner);
  CHECK(owner->name == "bob");
  co_await db.save(*moved);
  CHECK(co_await bob.items.count() == 1);
  moved->clerk = nullptr;
  co_await db.save(*moved);
  CHECK(co_await bob.items.count() == 0);
  auto none = co_await moved->clerk.get();
  CHECK(!none);
  co_await db.close();
}
TEST_CASE("save unsets, keeps what it does not know, and follows references") { kinship::test::run(saves()); }

static awaitable<void> many() {
  Database db = co_await kinship::testing::memory();
  Clerk clerk = co_await clerk_in(db, "ann");
  std::vector<Item> items(10);
  for (std::size_t i = 0; i < items.size(); ++i) {
    items[i].clerk = clerk;
    items[i].title = "t" + std::to_string(i);
  }
  co_await db.insert_many(items);
  const auto low = kinship::field<&Item::title> < "t5";
  CHECK(co_await db.update_many<Item>(low, kinship::set<&Item::done>(true)) == 5);
  CHECK(co_await clerk.done_items.count() == 5);
  CHECK(co_await clerk.items.where({"title", "t1"}).update_all(kinship::set("note", "x")) == 1);
  CHECK(co_await clerk.done_items.cascade_update(kinship::set<&Item::done>(false)) == 5);
  const Caught unknown = co_await caught(db.update_many<Item>({"titel", "t1"}, kinship::set("done", true)));
  CHECK(unknown.code == errc::unknown_field);
  CHECK(unknown.says("title"));
  const Caught unset = co_await caught(db.update_many<Item>({"title", "t1"}, kinship::set("dome", true)));
  CHECK(unset.code == errc::unknown_field);
  CHECK(unset.says("done"));
  const Caught wrong = co_await caught(db.update_many<Item>({"clerk", "not an id"}, kinship::set("done", true)));
  CHECK(wrong.code == errc::type_mismatch);
  const Caught type = co_await caught(db.update_many<Item>({"title", "t1"}, kinship::set("done", "yes")));
  CHECK(type.code == errc::type_mismatch);
  const Caught empty = co_await caught(db.update_many<Item>({"title", "t1"}, kinship::Update()));
  CHECK(empty.code == errc::invalid_query);
  const Caught limited = co_await caught(db.find<Item>().limit(2).remove_all());
  CHECK(limited.code == errc::invalid_query);
  auto removed = co_await db.remove_many<Item>(kinship::field<&Item::title> >= "t8");
  CHECK(removed.deleted() == 2);
  CHECK(co_await db.find<Item>().count() == 8);
  auto nothing = co_await db.remove_many<Item>({"title", "nope"});
  CHECK(nothing.deleted() == 0);
  CHECK(nothing.steps().empty());
  co_await db.close();
}
TEST_CASE("update_many and remove_many follow conditions, and refuse what is misspelt or of another type") {
  kinship::test::run(many());
}

static awaitable<void> injections() {
  Database db = co_await kinship::testing::memory();
  Clerk clerk = co_await clerk_in(db, "ann");
  const kinship::json body = kinship::json::parse(R"({"name": {"$ne": null}})");
  bool refused = false;
  std::uint64_t found = 0;
  try {
    found = co_await db.find<Clerk>().where({"name", body["name"]}).count();
  } catch (const kinship::error& e) {
    refused = e.code() == errc::type_mismatch;
  }
  CHECK((refused || found == 0));
  const Caught set = co_await caught(db.update_many<Clerk>({"name", "ann"}, kinship::set("name", body["name"])));
  CHECK(set.code == errc::type_mismatch);
  // In raw documents too a value that was inserted stays what it is.
  kinship::Collection raw = db.collection("things");
  const kinship::json document = kinship::json::parse(R"({"v": {"a": 1}})");
  co_await raw.insert_one(document);
  CHECK(co_await raw.count(document) == 1);
  CHECK(co_await db.find<Clerk>().count() == 1);
  co_await db.close();
}
TEST_CASE("an object in a value never becomes an operator") { kinship::test::run(injections()); }
