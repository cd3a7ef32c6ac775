// What a write says when its answer is lost: `unknown`, and the same call again does no harm. Inside a transaction nothing
// is unknown: it is rolled back.
#include <doctest/doctest.h>

#include "orm/blog_data.hpp"
#include "orm/desk.hpp"
#include "orm/recording_driver.hpp"
#include "support/run.hpp"

using namespace desk;
using kinship::test::RecordingDriver;

static awaitable<Database> recorded(std::shared_ptr<RecordingDriver>* driver) {
  Database store = co_await kinship::testing::memory();
  *driver = std::make_shared<RecordingDriver>(kinship::testing::driver_of(store));
  Database db(*driver);
  db.models<Clerk, Article, blog::Post>();
  co_await db.ensure_indexes<blog::Post>();
  co_return db;
}

static awaitable<void> alone() {
  std::shared_ptr<RecordingDriver> driver;
  Database db = co_await recorded(&driver);
  // Stored, and its key kept: inserting again says so instead of storing it twice.
  Clerk ann;
  ann.name = "ann";
  driver->lose_answer_of(1);
  Caught e = co_await caught(db.insert(ann));
  CHECK(e.code == errc::unavailable);
  CHECK(e.outcome == Outcome::unknown);
  CHECK(!ann.id.is_nil());
  e = co_await caught(db.insert(ann));
  CHECK(e.code == errc::duplicate_key);
  CHECK(co_await db.find<Clerk>().count() == 1);
  // Saved, and not known to be: saving again is a conflict, not a lost update.
  auto clerk = co_await db.get<Clerk>(ann.id);
  clerk->name = "anna";
  driver->lose_answer_of(1);
  e = co_await caught(db.save(*clerk));
  CHECK(e.outcome == Outcome::unknown);
  CHECK(clerk->version == 0);
  e = co_await caught(db.save(*clerk));
  CHECK(e.code == errc::conflict);
  // Links are idempotent: the same call again ends where the first would have.
  Item item;
  driver->lose_answer_of(1);
  e = co_await caught(clerk->items.add(item));
  CHECK(e.outcome == Outcome::unknown);
  CHECK(!item.id.is_nil());
  co_await clerk->items.add(item);
  CHECK(co_await clerk->items.count() == 1);
  CHECK(co_await db.find<Item>().count() == 1);
  driver->lose_answer_of(1);
  e = co_await caught(clerk->items.remove(item));
  CHECK(e.outcome == Outcome::unknown);
  co_await clerk->items.remove(item);
  CHECK(co_await clerk->items.count() == 0);
  blog::Post post;
  blog::Tag tag;
  co_await db.insert(post);
  co_await db.insert(tag);
  driver->lose_answer_of(1);
  e = co_await caught(post.tags.add(tag));
  CHECK(e.outcome == Outcome::not_applied);  // a tag does not say whether it is stored: looked up, in a transaction
  CHECK(co_await post.tags.count() == 0);
  co_await post.tags.add(tag);
  CHECK(co_await post.tags.count() == 1);
  CHECK(post.tags.is_loaded() == false);
  driver->lose_answer_of(1);
  e = co_await caught(db.update_many<Item>({"done", false}, kinship::set<&Item::title>("t")));
  CHECK(e.outcome == Outcome::unknown);
  driver->lose_answer_of(1);
  e = co_await caught(db.remove(tag));
  CHECK(e.happened);
  co_await db.close();
}
TEST_CASE("a write whose answer is lost is unknown, and the same call again does no harm") { kinship::test::run(alone()); }

static awaitable<void> inside() {
  std::shared_ptr<RecordingDriver> driver;
  Database db = co_await recorded(&driver);
  Clerk ann = co_await clerk_in(db, "ann");
  std::vector<Clerk> two(2);
  two[0] = ann;
  two[0].name = "anna";
  two[1].name = "bob";
  driver->lose_answer_of(2);
  Caught e = co_await caught(db.save_many(two));
  CHECK(e.code == errc::unavailable);
  CHECK(e.outcome == Outcome::not_applied);
  CHECK(two[0].version == 0);
  CHECK(two[1].id.is_nil());
  CHECK(co_await db.find<Clerk>().count() == 1);
  co_await db.save_many(two);
  CHECK(co_await db.find<Clerk>().count() == 2);
  // Swallowed inside the transaction, it is rolled back all the same.
  Item item;
  auto work = [&](Database tx) -> awaitable<void> {
    driver->lose_answer_of(1);
    const Caught inner = co_await caught(tx.insert(item));
    CHECK(inner.outcome == Outcome::not_applied);
    CHECK(item.id.is_nil());
  };
  e = co_await caught(db.transaction(work));
  CHECK(e.code == errc::transaction_aborted);
  CHECK(co_await db.find<Item>().count() == 0);
  co_await ann.items.add(item);
  CHECK(co_await db.find<Item>().count() == 1);
  co_await db.close();
}
TEST_CASE("in a transaction nothing is unknown: it is rolled back") { kinship::test::run(inside()); }
