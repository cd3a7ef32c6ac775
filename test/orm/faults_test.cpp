// Every store call of every write fails once, in turn: the store is as before or as after, objects stay usable, and the
// same call again succeeds. Scenarios say what "as after" is; "as before" is what was there.
#include <doctest/doctest.h>

#include <kinship/collection.hpp>
#include <kinship/value/json.hpp>

#include "orm/blog_data.hpp"
#include "orm/caught.hpp"
#include "orm/desk.hpp"
#include "support/run.hpp"

namespace {

using namespace desk;
using kinship::testing::FaultyDriver;

struct Bench {
  std::shared_ptr<FaultyDriver> driver{};
  Clerk clerk{};
  Clerk other{};
  Article article{};
  blog::Post post{};
};

std::string dump(const std::vector<kinship::json>& documents) {
  std::string text;
  for (const kinship::json& document : documents) text += document.dump() + "\n";
  return text;
}

// All documents, without ids of link rows and times, which differ between runs.
awaitable<std::string> contents(Database db) {
  std::string text;
  static constexpr const char* names[] = {"clerks",   "items",  "slips", "badges", "claims",
                                          "articles", "labels", "posts", "tags"};
  for (const char* name : names) {
    kinship::Collection collection = db.collection(name);
    kinship::json order = kinship::json::object();
    order["_id"] = 1;
    auto documents = co_await collection.find().sort(order).all();
    for (kinship::json& document : documents) {
      document.erase("created");
      document.erase("updated");
    }
    text += std::string(name) + "\n" + dump(documents);
  }
  kinship::Collection links = db.collection("post_tags");
  auto rows = co_await links.find().all();
  text += "links " + std::to_string(rows.size());
  co_return text;
}

awaitable<Database> bench_in(Bench* bench) {
  Database store = co_await kinship::testing::memory();
  bench->driver = std::make_shared<FaultyDriver>(kinship::testing::driver_of(store));
  Database db(bench->driver);
  db.models<Clerk, Article, blog::User, blog::Post>();
  bench->clerk = co_await clerk_in(db, "ann");
  bench->other = co_await clerk_in(db, "bob");
  co_await db.insert(bench->article);
  co_await db.insert(bench->post);
  for (int i = 0; i < 2; ++i) {
    Item item;
    Slip slip;
    Label label;
    blog::Tag tag;
    co_await bench->clerk.items.add(item);
    co_await bench->clerk.slips.add(slip);
    co_await bench->article.labels.add(label);
    co_await bench->post.tags.add(tag);
  }
  Badge badge;
  co_await bench->clerk.badge.set(badge);
  co_return db;
}

/// Runs `step` with its first, second, ... store call failing, each on a fresh bench.
template <class Step>
awaitable<void> with_faults(const char* name, Step step, bool atomic = true) {
  INFO(name);
  for (std::uint64_t call = 1;; ++call) {
    REQUIRE(call < 30);
    CAPTURE(call);
    Bench bench;
    Database db = co_await bench_in(&bench);
    const std::string before = co_await contents(db);
    bench.driver->fail_at(call);
    const Caught e = co_await caught(step(db, &bench));
    const bool failed = bench.driver->failed();
    bench.driver->fail_at(0);
    if (!failed) {
      CHECK(!e.happened);
      const std::string after = co_await contents(db);
      CHECK(after != before);
      co_await db.close();
      break;
    }
    CHECK(e.happened);
    CHECK(e.code == errc::unavailable);
    if (atomic) {
      const std::string now = co_await contents(db);
      CHECK(now == before);
    }
    // The same objects, the same call: it succeeds now, and owners answer.
    const Caught again = co_await caught(step(db, &bench));
    CHECK_MESSAGE(!again.happened, again.text);
    const std::string after = co_await contents(db);
    CHECK(after != before);
    const std::uint64_t items = co_await bench.clerk.items.count();
    CHECK(items < 10);
    Item next;
    co_await bench.other.items.add(next);
    co_await db.close();
  }
}

awaitable<void> inserts() {
  std::vector<Clerk> clerks;
  auto many = [&](Database db, Bench*) -> awaitable<void> {
    if (clerks.empty()) clerks.resize(3);
    for (std::size_t i = 0; i < clerks.size(); ++i) clerks[i].name = "n" + std::to_string(i);
    co_await db.insert_many(clerks);
    clerks.clear();
  };
  co_await with_faults("insert_many", many);
  auto one = [](Database db, Bench* bench) -> awaitable<void> {
    Claim claim;
    claim.clerk = bench->clerk;
    const Caught e = co_await caught(db.insert(claim));
    CHECK(claim.id.is_nil() == e.happened);
    if (e.happened) throw kinship::error(e.code, e.text);
  };
  co_await with_faults("insert, validated", one);
  auto save = [](Database db, Bench* bench) -> awaitable<void> {
    bench->clerk.name = "changed";
    const int version = bench->clerk.version;
    const Caught e = co_await caught(db.save(bench->clerk));
    CHECK(bench->clerk.version == (e.happened ? version : version + 1));
    if (e.happened) throw kinship::error(e.code, e.text);
  };
  co_await with_faults("save", save);
  auto both = [](Database db, Bench* bench) -> awaitable<void> {
    std::vector<Clerk> clerks(2);
    clerks[0] = bench->clerk;
    clerks[1] = bench->other;
    for (Clerk& clerk : clerks) clerk.name += "!";
    co_await db.save_many(clerks);
  };
  co_await with_faults("save_many", both);
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
  co_await with_faults("OneToMany::add", add);
  auto add_given = [](Database, Bench* bench) -> awaitable<void> {
    Item item;
    item.id = kinship::ObjectId::make();
    co_await bench->clerk.items.add(item);
  };
  co_await with_faults("OneToMany::add of one with a key", add_given);
  auto validated = [](Database, Bench* bench) -> awaitable<void> {
    Claim claim;
    co_await bench->clerk.claims.add(claim);
  };
  co_await with_faults("OneToMany::add, validated", validated);
  auto replace = [](Database, Bench* bench) -> awaitable<void> {
    auto items = co_await bench->clerk.items.all();
    std::vector<Item> keep(1, items[0]);
    Item fresh;
    keep.push_back(fresh);
    co_await bench->clerk.items.replace(keep);
    CHECK(bench->clerk.items.size() == 2);
  };
  co_await with_faults("OneToMany::replace", replace);
  auto remove = [](Database, Bench* bench) -> awaitable<void> {
    auto items = co_await bench->clerk.items.all();
    co_await bench->clerk.items.remove(items[0]);
    CHECK(bench->clerk.items.size() == 1);
  };
  co_await with_faults("OneToMany::remove", remove);
  auto clear = [](Database, Bench* bench) -> awaitable<void> { return bench->clerk.items.clear(); };
  co_await with_faults("OneToMany::clear", clear);
  auto orphans = [](Database, Bench* bench) -> awaitable<void> { return bench->clerk.slips.clear(); };
  co_await with_faults("clear with orphan_removal", orphans);
  auto set = [](Database, Bench* bench) -> awaitable<void> {
    Badge badge;
    badge.code = "new";
    co_await bench->clerk.badge.set(badge);
    bench->clerk.badge.clear_cache();
  };
  co_await with_faults("OneToOne::set", set);
  auto unset = [](Database, Bench* bench) -> awaitable<void> { return bench->clerk.badge.unset(); };
  co_await with_faults("OneToOne::unset", unset);
}
TEST_CASE("links by foreign key survive a fault at every call") { kinship::test::run(links()); }

awaitable<void> many_to_many() {
  auto add = [](Database, Bench* bench) -> awaitable<void> {
    blog::Tag tag;
    co_await bench->post.tags.add(tag);
  };
  co_await with_faults("ManyToMany::add", add);
  auto replace = [](Database, Bench* bench) -> awaitable<void> {
    auto tags = co_await bench->post.tags.all();
    std::vector<blog::Tag> now(2);  // not push_back: g++ 12 -O2 warns falsely about its growth
    now[0] = tags[0];
    co_await bench->post.tags.replace(now);
  };
  co_await with_faults("ManyToMany::replace", replace);
  auto clear = [](Database, Bench* bench) -> awaitable<void> { return bench->post.tags.clear(); };
  co_await with_faults("ManyToMany::clear", clear);
  auto add_label = [](Database, Bench* bench) -> awaitable<void> {
    Label label;
    co_await bench->article.labels.add(label);
  };
  co_await with_faults("ManyToMany::add by array", add_label);
  auto replace_labels = [](Database, Bench* bench) -> awaitable<void> {
    auto labels = co_await bench->article.labels.all();
    std::vector<Label> now(2);
    now[0] = labels[1];
    co_await bench->article.labels.replace(now);
  };
  co_await with_faults("ManyToMany::replace by array", replace_labels);
  auto clear_red = [](Database db, Bench* bench) -> awaitable<void> {
    co_await db.update_many<Label>(kinship::Condition(), kinship::set<&Label::name>("red"));
    co_await bench->article.red_labels.clear();
  };
  co_await with_faults("ManyToMany::clear by array, filtered", clear_red, false);
}
TEST_CASE("links of many to many survive a fault at every call") { kinship::test::run(many_to_many()); }

awaitable<void> removals() {
  auto remove = [](Database db, Bench* bench) -> awaitable<void> { co_await db.remove(bench->post); };
  co_await with_faults("remove with its links", remove);
  auto label = [](Database db, Bench* bench) -> awaitable<void> {
    auto labels = co_await bench->article.labels.all();
    Label first = labels[0];
    co_await db.remove(first);
  };
  co_await with_faults("remove and pull", label);
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
  co_await with_faults("transaction", work);
}
TEST_CASE("removals and transactions survive a fault at every call") { kinship::test::run(removals()); }

}  // namespace
