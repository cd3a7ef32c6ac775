// What a rollback leaves behind where objects cannot be followed: models without relationship members, id arrays that a
// link changed, members that were linked through. The same objects go on as if the transaction had never been.
#include <doctest/doctest.h>

#include "orm/blog_data.hpp"
#include "orm/desk.hpp"
#include "support/run.hpp"

using namespace desk;
using kinship::testing::FaultyDriver;

struct Refused : std::exception {};

template <class Work>
static awaitable<bool> refused(Database db, Work* work) {
  bool thrown = false;
  try {
    co_await db.transaction(*work);
  } catch (const Refused&) {
    thrown = true;
  }
  co_return thrown;
}

static awaitable<void> keys() {
  Database db = co_await kinship::testing::memory();
  blog::Tag tag;
  tag.name = "red";
  auto failing = [&](Database tx) -> awaitable<void> {
    co_await tx.insert(tag);
    throw Refused();
  };
  CHECK(co_await refused(db, &failing));
  CHECK(co_await refused(db, &failing));  // with the key it kept
  QueryCounter queries(db);
  co_await db.save(tag);  // it was never stored, so save inserts
  CHECK(queries.count() == 1);
  CHECK(co_await db.find<blog::Tag>().count() == 1);
  tag.name = "blue";
  co_await db.save(tag);
  CHECK(co_await db.find<blog::Tag>().where({"name", "blue"}).count() == 1);
  // Stored for good: a later removal by another is not taken for a rollback.
  co_await db.remove_many<blog::Tag>(kinship::Condition());
  const Caught gone = co_await caught(db.save(tag));
  CHECK(gone.code == errc::not_found);

  blog::Tag first, second;
  auto saving = [&](Database tx) -> awaitable<void> {
    co_await tx.save(first);
    co_await tx.insert(second);
    throw Refused();
  };
  CHECK(co_await refused(db, &saving));
  auto good = [&](Database tx) -> awaitable<void> {
    co_await tx.save(first);
    co_await tx.insert(second);
  };
  co_await db.transaction(good);
  CHECK(co_await db.find<blog::Tag>().count() == 2);
  first.name = "x";
  co_await db.save(first);
  CHECK(co_await db.find<blog::Tag>().where({"name", "x"}).count() == 1);
  co_await db.close();
}
TEST_CASE("a key that a rolled-back transaction made is no key of a stored object") { kinship::test::run(keys()); }

static awaitable<void> versions() {
  Database db = co_await kinship::testing::memory();
  Rate rate;
  rate.id = "a";
  co_await db.insert(rate);
  auto twice = [&](Database tx) -> awaitable<void> {
    rate.percent += 1;
    co_await tx.save(rate);
    rate.percent += 1;
    co_await tx.save(rate);
    throw Refused();
  };
  CHECK(co_await refused(db, &twice));
  co_await db.save(rate);
  auto stored = co_await db.get<Rate>("a");
  CHECK(stored->percent == 2);
  CHECK(stored->version == 1);
  CHECK(rate.version == 1);
  CHECK(co_await refused(db, &twice));
  // Another writer in between is a conflict still.
  stored->percent = 50;
  co_await db.save(*stored);
  const Caught conflict = co_await caught(db.save(rate));
  CHECK(conflict.code == errc::conflict);
  auto fresh = co_await db.get<Rate>("a");
  CHECK(fresh->percent == 50);
  co_await db.save(*fresh);
  co_await db.close();
}
TEST_CASE("a version that a rolled-back transaction gave is taken back") { kinship::test::run(versions()); }

static awaitable<void> reruns() {
  Database store = co_await kinship::testing::memory();
  auto driver = std::make_shared<FaultyDriver>(kinship::testing::driver_of(store));
  Database db(driver);
  blog::Tag tag;
  Rate rate;
  rate.id = "a";
  co_await db.insert(rate);
  int runs = 0;
  auto work = [&](Database tx) -> awaitable<void> {
    ++runs;
    co_await tx.save(tag);
    rate.percent = runs;
    co_await tx.save(rate);
  };
  driver->fail_at(4, errc::conflict);  // the commit
  co_await db.transaction(work);
  CHECK(runs == 2);
  CHECK(co_await db.find<blog::Tag>().count() == 1);
  auto stored = co_await db.get<Rate>("a");
  CHECK(stored->percent == 2);
  CHECK(stored->version == 1);
  CHECK(rate.version == 1);
  co_await db.save(tag);  // known to be stored again
  CHECK(co_await db.find<blog::Tag>().count() == 1);
  co_await db.close();
}
TEST_CASE("a rerun finds objects that cannot be followed as they were") { kinship::test::run(reruns()); }

static awaitable<void> arrays() {
  Database db = co_await kinship::testing::memory();
  std::vector<Label> labels(3);
  for (std::size_t i = 0; i < 3; ++i) labels[i].name = std::to_string(i);
  co_await db.insert_many(labels);
  Article article;
  article.label_ids = {labels[0].id};
  co_await db.insert(article);
  std::optional<Article> kept;
  auto adding = [&](Database tx) -> awaitable<void> {
    kept = co_await tx.get<Article>(article.id);
    auto before = co_await kept->labels.all();
    CHECK(before.size() == 1);
    co_await kept->labels.add(labels[1]);
    CHECK(kept->labels.size() == 2);
    throw Refused();
  };
  CHECK(co_await refused(db, &adding));
  REQUIRE(kept->labels.is_loaded());
  CHECK(kept->labels.size() == 1);
  kept->labels.clear_cache();
  auto again = co_await kept->labels.all();
  CHECK(again.size() == 1);
  auto replacing = [&](Database tx) -> awaitable<void> {
    kept = co_await tx.get<Article>(article.id);
    std::vector<Label> two{labels[1], labels[2]};
    co_await kept->labels.replace(two);
    CHECK(kept->labels.size() == 2);
    co_await kept->labels.remove(labels[1]);
    CHECK(kept->labels.size() == 1);
    throw Refused();
  };
  CHECK(co_await refused(db, &replacing));
  auto now = co_await kept->labels.all();
  REQUIRE(now.size() == 1);
  CHECK(now[0].name == "0");
  co_await db.close();
}
TEST_CASE("a rollback undoes what links said of an id array") { kinship::test::run(arrays()); }

static awaitable<void> members() {
  Database db = co_await kinship::testing::memory();
  Clerk ann = co_await clerk_in(db, "ann");
  Item item;
  co_await ann.items.add(item);
  std::optional<Clerk> kept;
  auto adding = [&](Database tx) -> awaitable<void> {
    kept = co_await tx.get<Clerk>(ann.id);
    auto rows = co_await kept->items.all();
    CHECK(rows.size() == 1);
    Item more;
    co_await kept->items.add(more);
    co_await kept->items.remove(item);
    Badge badge;
    co_await kept->badge.set(badge);
    kept->name = "changed";
    co_await tx.save(*kept);
    throw Refused();
  };
  CHECK(co_await refused(db, &adding));
  CHECK(kept->items.size() == 1);
  CHECK(kept->version == 0);
  auto badge = co_await kept->badge.get();
  CHECK(!badge);
  co_await db.save(*kept);
  CHECK(co_await db.find<Clerk>().where({"name", "changed"}).count() == 1);
  // A member copied out of its object, linked through and gone before the rollback.
  auto copied = [&](Database tx) -> awaitable<void> {
    auto clerk = co_await tx.get<Clerk>(ann.id);
    auto items = std::make_unique<kinship::OneToMany<Item>>(clerk->items);
    Item more;
    co_await items->add(more);
    items.reset();
    auto moved = std::make_unique<kinship::OneToMany<Item>>(clerk->items);
    co_await moved->add(more);
    kinship::OneToMany<Item> target = std::move(*moved);
    moved.reset();
    throw Refused();
  };
  CHECK(co_await refused(db, &copied));
  CHECK(co_await ann.items.count() == 1);
  co_await db.close();
}
TEST_CASE("a rollback undoes what members show, wherever they lie") { kinship::test::run(members()); }

static awaitable<void> halves() {
  Database db = co_await kinship::testing::memory();
  Clerk ann = co_await clerk_in(db, "ann");
  Clerk bob = co_await clerk_in(db, "bob");
  auto bob_elsewhere = co_await db.get<Clerk>(bob.id);
  bob_elsewhere->name = "bobby";
  co_await db.save(*bob_elsewhere);
  // A call that fails after its first write, its error swallowed: the whole may not be committed.
  auto swallowing = [&](Database tx) -> awaitable<void> {
    std::vector<Clerk> both{ann, bob};
    both[0].name = "anna";
    both[1].name = "robert";
    const Caught e = co_await caught(tx.save_many(both));
    CHECK(e.code == errc::conflict);
  };
  const Caught aborted = co_await caught(db.transaction(swallowing));
  CHECK(aborted.code == errc::transaction_aborted);
  CHECK(co_await db.find<Clerk>().where({"name", "ann"}).count() == 1);
  auto nested = [&](Database tx) -> awaitable<void> {
    auto inner = [&](Database same) -> awaitable<void> {
      Item item;
      co_await same.insert(item);
      throw Refused();
    };
    CHECK(co_await refused(tx, &inner));
  };
  const Caught half = co_await caught(db.transaction(nested));
  CHECK(half.code == errc::transaction_aborted);
  CHECK(half.says("swallowed"));
  CHECK(co_await db.find<Item>().count() == 0);
  // What failed before it wrote anything may be handled inside.
  auto handling = [&](Database tx) -> awaitable<void> {
    auto inner = [&](Database) -> awaitable<void> {
      throw Refused();
      co_return;
    };
    CHECK(co_await refused(tx, &inner));
    const Caught e = co_await caught(tx.save(bob));
    CHECK(e.code == errc::conflict);
    Item item;
    co_await tx.insert(item);
  };
  bob.name = "robert";
  co_await db.transaction(handling);
  CHECK(co_await db.find<Item>().count() == 1);
  co_await db.close();
}
TEST_CASE("half of a call is not committed when its error is swallowed") { kinship::test::run(halves()); }
