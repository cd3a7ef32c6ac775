// Every store call of every write fails once, and is cancelled once: see fault_bench.hpp.
// Scenarios check what their objects show when they fail.
#include <doctest/doctest.h>

#include "orm/fault_bench.hpp"
#include "support/run.hpp"

namespace {

using namespace bench;

awaitable<void> inserts() {
  std::vector<Clerk> clerks;
  auto many = [&](Database db, Bench*) -> awaitable<void> {
    if (clerks.empty()) clerks.resize(3);
    for (std::size_t i = 0; i < clerks.size(); ++i) clerks[i].name = "n" + std::to_string(i);
    co_await db.insert_many(clerks);
    clerks.clear();
  };
  co_await with_both("insert_many", many);
  auto one = [](Database db, Bench* bench) -> awaitable<void> {
    Claim claim;
    claim.clerk = bench->clerk;
    const Caught e = co_await caught(db.insert(claim));
    CHECK(claim.id.is_nil() == e.happened);
    if (e.happened) throw kinship::error(e.code, e.text);
  };
  co_await with_both("insert, validated", one);
  auto save = [](Database db, Bench* bench) -> awaitable<void> {
    bench->clerk.name = "changed";
    const int version = bench->clerk.version;
    const Caught e = co_await caught(db.save(bench->clerk));
    CHECK(bench->clerk.version == (e.happened ? version : version + 1));
    if (e.happened) throw kinship::error(e.code, e.text);
  };
  co_await with_both("save", save);
  auto both = [](Database db, Bench* bench) -> awaitable<void> {
    std::vector<Clerk> clerks(2);
    clerks[0] = bench->clerk;
    clerks[1] = bench->other;
    for (Clerk& clerk : clerks) clerk.name += "!";
    co_await db.save_many(clerks);
  };
  co_await with_both("save_many", both);
}
TEST_CASE("inserts and saves survive a fault at every call") { kinship::test::run(inserts()); }

awaitable<void> links() {
  auto add = [](Database, Bench* bench) -> awaitable<void> {
    Item item;
    item.title = "added";
    const Caught e = co_await caught(bench->clerk.items.add(item));
    CHECK(item.id.is_nil() == e.happened);
    CHECK(!item.clerk.id() == e.happened);
    if (e.happened) throw kinship::error(e.code, e.text);
  };
  co_await with_both("OneToMany::add", add);
  auto add_given = [](Database, Bench* bench) -> awaitable<void> {
    Item item;
    item.id = kinship::ObjectId::make();
    co_await bench->clerk.items.add(item);
  };
  co_await with_both("OneToMany::add of one with a key", add_given);
  auto validated = [](Database, Bench* bench) -> awaitable<void> {
    Claim claim;
    co_await bench->clerk.claims.add(claim);
  };
  co_await with_both("OneToMany::add, validated", validated);
  auto replace = [](Database, Bench* bench) -> awaitable<void> {
    auto items = co_await bench->clerk.items.all();
    std::vector<Item> keep(1, items[0]);
    Item fresh;
    keep.push_back(fresh);
    co_await bench->clerk.items.replace(keep);
    CHECK(bench->clerk.items.size() == 2);
  };
  co_await with_both("OneToMany::replace", replace);
  auto remove = [](Database, Bench* bench) -> awaitable<void> {
    auto items = co_await bench->clerk.items.all();
    co_await bench->clerk.items.remove(items[0]);
    CHECK(bench->clerk.items.size() == 1);
  };
  co_await with_both("OneToMany::remove", remove);
  auto clear = [](Database, Bench* bench) -> awaitable<void> { return bench->clerk.items.clear(); };
  co_await with_both("OneToMany::clear", clear);
  auto orphans = [](Database, Bench* bench) -> awaitable<void> { return bench->clerk.slips.clear(); };
  co_await with_both("clear with orphan_removal", orphans);
  auto set = [](Database, Bench* bench) -> awaitable<void> {
    Badge badge;
    badge.code = "new";
    const bool loaded = bench->clerk.badge.is_loaded();
    const Caught e = co_await caught(bench->clerk.badge.set(badge));
    CHECK(bench->clerk.badge.is_loaded() == (loaded || !e.happened));
    if (e.happened) throw kinship::error(e.code, e.text);
    CHECK(bench->clerk.badge.loaded()->code == "new");
  };
  co_await with_both("OneToOne::set", set);
  auto unset = [](Database, Bench* bench) -> awaitable<void> { return bench->clerk.badge.unset(); };
  co_await with_both("OneToOne::unset", unset);
}
TEST_CASE("links by foreign key survive a fault at every call") { kinship::test::run(links()); }

awaitable<void> many_to_many() {
  auto add = [](Database, Bench* bench) -> awaitable<void> {
    blog::Tag tag;
    co_await bench->post.tags.add(tag);
  };
  co_await with_both("ManyToMany::add", add);
  auto replace = [](Database, Bench* bench) -> awaitable<void> {
    auto tags = co_await bench->post.tags.all();
    std::vector<blog::Tag> now(2);  // not push_back: g++ 12 -O2 warns falsely about its growth
    now[0] = tags[0];
    co_await bench->post.tags.replace(now);
  };
  co_await with_both("ManyToMany::replace", replace);
  auto clear = [](Database, Bench* bench) -> awaitable<void> { return bench->post.tags.clear(); };
  co_await with_both("ManyToMany::clear", clear);
  auto add_label = [](Database, Bench* bench) -> awaitable<void> {
    Label label;
    co_await bench->article.labels.add(label);
  };
  co_await with_both("ManyToMany::add by array", add_label);
  auto replace_labels = [](Database, Bench* bench) -> awaitable<void> {
    auto labels = co_await bench->article.labels.all();
    std::vector<Label> now(2);
    now[0] = labels[1];
    co_await bench->article.labels.replace(now);
  };
  co_await with_both("ManyToMany::replace by array", replace_labels);
  auto clear_red = [](Database db, Bench* bench) -> awaitable<void> {
    co_await db.update_many<Label>(kinship::Condition(), kinship::set<&Label::name>("red"));
    co_await bench->article.red_labels.clear();
  };
  co_await with_both("ManyToMany::clear by array, filtered", clear_red, Does::steps);
}
TEST_CASE("links of many to many survive a fault at every call") { kinship::test::run(many_to_many()); }

awaitable<void> removals() {
  auto remove = [](Database db, Bench* bench) -> awaitable<void> { co_await db.remove(bench->post); };
  co_await with_both("remove with its links", remove);
  auto label = [](Database db, Bench* bench) -> awaitable<void> {
    auto labels = co_await bench->article.labels.all();
    Label first = labels[0];
    co_await db.remove(first);
  };
  co_await with_both("remove and pull", label);
  auto work = [](Database db, Bench* bench) -> awaitable<void> {
    Clerk fresh;
    fresh.name = "fresh";
    Item item;
    auto inside = [&](Database tx) -> awaitable<void> {
      co_await tx.insert(fresh);
      Clerk clerk = tx.bind(bench->clerk);
      co_await clerk.items.add(item);
      auto items = co_await clerk.items.all();
      CHECK(items.size() == 3);
      bench->clerk.name += "!";
      co_await tx.save(bench->clerk);
    };
    const int version = bench->clerk.version;
    const Caught e = co_await caught(db.transaction(inside));
    CHECK(fresh.id.is_nil() == e.happened);
    CHECK(item.id.is_nil() == e.happened);
    CHECK(!item.clerk.id() == e.happened);
    CHECK(bench->clerk.version == (e.happened ? version : version + 1));
    if (e.happened) throw kinship::error(e.code, e.text);
  };
  co_await with_both("transaction", work);
}
TEST_CASE("removals and transactions survive a fault at every call") { kinship::test::run(removals()); }

awaitable<void> cursors() {
  Bench bench;
  Database db = co_await bench_in(&bench);
  auto stream = db.find<Item>().stream(1);
  auto first = co_await stream.next();
  CHECK(first.size() == 1);
  bench.driver->fail_at(1);
  const Caught e = co_await caught(stream.next());
  CHECK(e.code == errc::unavailable);
  CHECK(e.says("getMore"));
  CHECK(bench.driver->failed());
  auto second = co_await stream.next();  // the fault came before the store was asked
  CHECK(second.size() == 1);
  CHECK(second[0].id != first[0].id);
  co_await db.close();
}
TEST_CASE("a later batch may fail, and be asked for again") { kinship::test::run(cursors()); }

}  // namespace
