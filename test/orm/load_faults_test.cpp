// Every store call of every way of reading fails once, and is cancelled once: nothing half-loaded stays, and the same
// objects load when asked again.
#include <doctest/doctest.h>

#include "orm/fault_bench.hpp"
#include "support/run.hpp"

namespace {

using namespace bench;

awaitable<void> relationships() {
  auto children = [](Database db, Bench* bench) -> awaitable<void> {
    auto clerk = co_await db.get<Clerk>(bench->clerk.id);
    const Caught e = co_await caught(clerk->items.all());
    CHECK(clerk->items.is_loaded() == !e.happened);
    if (e.happened) throw kinship::error(e.code, e.text);
    CHECK(clerk->items.size() == 2);
    CHECK(clerk->items[0].clerk.loaded()->name == "ann");
  };
  co_await with_both("OneToMany::all", children, Does::read);
  auto one = [](Database, Bench* bench) -> awaitable<void> {
    bench->clerk.badge.clear_cache();
    auto badge = co_await bench->clerk.badge.get();
    CHECK(badge.has_value());
    auto owner = co_await badge->clerk.get();
    CHECK(owner->name == "ann");
  };
  co_await with_both("OneToOne::get and BelongsTo::get", one, Does::read);
  auto tags = [](Database db, Bench* bench) -> awaitable<void> {
    auto post = co_await db.get<blog::Post>(bench->post.id);
    auto all = co_await post->tags.all();
    CHECK(all.size() == 2);
    auto rows = co_await post->tags.links<blog::PostTag>();
    CHECK(rows.size() == 2);
    const bool contains = co_await post->tags.contains(all[1]);
    CHECK(contains);
  };
  co_await with_both("ManyToMany::all, links and contains", tags, Does::read);
  auto labels = [](Database db, Bench* bench) -> awaitable<void> {
    auto article = co_await db.get<Article>(bench->article.id);
    auto all = co_await article->labels.all();
    CHECK(all.size() == 2);
    auto back = co_await all[0].articles.all();
    CHECK(back.size() == 1);
    const std::uint64_t count = co_await article->labels.count();
    CHECK(count == 2);
  };
  co_await with_both("ManyToMany by an array, from both sides", labels, Does::read);
}
TEST_CASE("relationships load again after a fault or a cancellation at every call") { kinship::test::run(relationships()); }

awaitable<void> together() {
  auto siblings = [](Database db, Bench*) -> awaitable<void> {
    auto clerks = co_await db.find<Clerk>().order_by<&Clerk::name>().all();
    std::size_t items = 0;
    for (Clerk& clerk : clerks)
      for (Item& item : co_await clerk.items.all()) items += !item.id.is_nil();
    CHECK(items == 2);
  };
  co_await with_both("siblings", siblings, Does::read);
  auto with = [](Database db, Bench*) -> awaitable<void> {
    auto clerks = co_await db.find<Clerk>().with(&Clerk::items).with(&Clerk::badge).with(&Clerk::slips).all();
    CHECK(clerks[0].items.size() + clerks[1].items.size() == 2);
  };
  co_await with_both("with", with, Does::read);
  auto batch = [](Database db, Bench* bench) -> awaitable<void> {
    std::vector<Clerk*> clerks{&bench->clerk, &bench->other};
    for (Clerk* clerk : clerks) clerk->items.clear_cache();
    co_await db.batch_load(clerks, &Clerk::items, &Item::clerk);
    CHECK(bench->clerk.items.size() == 2);
    auto counts = co_await db.batch_count(clerks, &Clerk::slips);
    CHECK(counts[0] == 2);
  };
  co_await with_both("batch_load and batch_count", batch, Does::read);
  auto stream = [](Database db, Bench*) -> awaitable<void> {
    auto rows = db.find<Item>().with(&Item::clerk).stream(1);
    std::size_t seen = 0;
    for (;;) {
      auto some = co_await rows.next();
      if (some.empty()) break;
      seen += some.size();
      CHECK(some[0].clerk.loaded()->name == "ann");
    }
    CHECK(seen == 2);
  };
  co_await with_both("stream", stream, Does::read);
  auto asked = [](Database db, Bench* bench) -> awaitable<void> {
    const std::uint64_t open = co_await bench->clerk.items.where({"done", false}).count();
    CHECK(open == 2);
    const bool exists = co_await bench->clerk.items.exists();
    CHECK(exists);
    auto none = co_await bench->clerk.done_items.first();
    CHECK(!none);
    std::vector<kinship::ObjectId> ids{bench->other.id, bench->clerk.id};
    auto clerks = co_await db.find_many<Clerk>(ids);
    CHECK(clerks.size() == 2);
    auto plan = co_await db.plan_remove(bench->clerk);
    CHECK(plan.deleted() == 1);
  };
  co_await with_both("questions", asked, Does::read);
  auto inside = [](Database db, Bench* bench) -> awaitable<void> {
    std::size_t items = 0;
    auto work = [&](Database tx) -> awaitable<void> {
      Clerk clerk = tx.bind(bench->clerk);
      auto rows = co_await clerk.items.all();
      items = rows.size();
    };
    co_await db.transaction(work);
    CHECK(items == 2);
  };
  co_await with_both("inside a transaction", inside, Does::read);
}
TEST_CASE("siblings, paths and queries load again after a fault or a cancellation at every call") {
  kinship::test::run(together());
}

}  // namespace
