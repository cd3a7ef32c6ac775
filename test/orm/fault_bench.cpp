// See fault_bench.hpp.
// Failing and cancelling differ in how the call ends, and in nothing after it.
#include "orm/fault_bench.hpp"

#include <doctest/doctest.h>

#include <kinship/collection.hpp>
#include <kinship/value/json.hpp>

#include "support/race.hpp"

namespace bench {

using kinship::test::Canceller;
using kinship::test::Raced;

static std::string dump(const std::vector<kinship::json>& documents) {
  std::string text;
  for (const kinship::json& document : documents) text += document.dump() + "\n";
  return text;
}

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

namespace {

constexpr std::uint64_t most_calls = 40;

void check_after(const std::string& before, const std::string& after, Does does) {
  CHECK((after != before) == (does != Does::read));
}

// The same objects, the same call: it succeeds now, and owners answer.
awaitable<void> try_again(Database db, Bench* bench, const Step* step, const std::string* before, Does does) {
  if (does != Does::steps) {
    const std::string now = co_await contents(db);
    CHECK(now == *before);
  }
  const Caught again = co_await caught((*step)(db, bench));
  CHECK_MESSAGE(!again.happened, again.text);
  const std::string after = co_await contents(db);
  check_after(*before, after, does);
  const std::uint64_t items = co_await bench->clerk.items.count();
  CHECK(items < 10);
  Item next;
  co_await bench->other.items.add(next);
}

}  // namespace

awaitable<void> with_faults(const char* name, Step step, Does does) {
  INFO(name);
  for (std::uint64_t call = 1;; ++call) {
    REQUIRE(call < most_calls);
    CAPTURE(call);
    Bench bench;
    Database db = co_await bench_in(&bench);
    const std::string before = co_await contents(db);
    bench.driver->fail_at(call);
    const Caught e = co_await caught(step(db, &bench));
    const bool failed = bench.driver->failed();
    bench.driver->fail_at(0);
    if (failed) {
      CHECK(e.code == errc::unavailable);
      co_await try_again(db, &bench, &step, &before, does);
    } else {
      CHECK_MESSAGE(!e.happened, e.text);
      const std::string after = co_await contents(db);
      check_after(before, after, does);
    }
    co_await db.close();
    if (!failed) co_return;
  }
}

awaitable<void> with_cancellations(const char* name, Step step, Does does) {
  INFO(name);
  for (std::uint64_t call = 1;; ++call) {
    REQUIRE(call < most_calls);
    CAPTURE(call);
    Bench bench;
    Database db = co_await bench_in(&bench);
    const std::string before = co_await contents(db);
    Canceller canceller;
    bool reached = false;
    auto cancel = [&] {
      reached = true;
      canceller.cancel();
    };
    bench.driver->run_at(call, cancel);
    const Raced raced = co_await canceller.run(step(db, &bench));
    if (!reached) {
      CHECK(!raced.code);
      bench.driver->run_at(0, [] {});
      co_await db.close();
      co_return;
    }
    CHECK(raced.code == errc::cancelled);
    CHECK(!raced.in_asios_words);
    co_await try_again(db, &bench, &step, &before, does);
    co_await db.close();
  }
}

}  // namespace bench
