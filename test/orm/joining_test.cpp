// Concurrent loads: which join, which must not, who fails with whom, and that a large result lets others run.
// The number of store operations says what joined.
#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <thread>

#include <kinship/collection.hpp>
#include <kinship/value/json.hpp>

#include "orm/blog_data.hpp"
#include "orm/caught.hpp"
#include "support/race.hpp"
#include "support/run.hpp"

namespace asio = boost::asio;
using namespace blog;
using kinship::errc;
using kinship::test::Caught;
using kinship::test::caught;
using kinship::testing::QueryCounter;

static awaitable<void> one_turn() {
  const auto executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, asio::use_awaitable);
}

// Runs all at once, on the loop of the awaiting coroutine.
static awaitable<void> together(std::vector<awaitable<void>> tasks) {
  const auto executor = co_await asio::this_coro::executor;
  std::size_t left = tasks.size();
  std::exception_ptr failure;
  for (auto& task : tasks)
    asio::co_spawn(executor, std::move(task), [&](std::exception_ptr e) {
      if (e && !failure) failure = e;
      --left;
    });
  while (left != 0) co_await one_turn();
  if (failure) std::rethrow_exception(failure);
}

static awaitable<void> count_posts(User* user, std::uint64_t* count) { *count = co_await user->posts.count(); }
static awaitable<void> find_post(User* user, std::string title, bool* found) {
  *found = co_await user->posts.where({"title", title}).exists();
}
static awaitable<void> get_user(Database db, kinship::ObjectId id, std::string* name) {
  auto user = co_await db.get<User>(id);
  *name = user ? user->name : "nobody";
}

static awaitable<void> questions() {
  Made made;
  Database db = co_await filled(&made, 30, 2, 0);
  auto users = co_await db.find<User>().all();
  std::vector<std::uint64_t> counts(users.size());
  QueryCounter queries(db);
  std::vector<awaitable<void>> tasks;
  for (std::size_t i = 0; i < users.size(); ++i) tasks.push_back(count_posts(&users[i], &counts[i]));
  co_await together(std::move(tasks));
  for (const std::uint64_t count : counts) CHECK(count == 2);
  CHECK(queries.count() == 1);
  // Of another shape: not with these.
  queries.reset();
  tasks = std::vector<awaitable<void>>();
  bool found = false, none = true;
  tasks.push_back(find_post(&users[0], users[0].name + "p1", &found));
  tasks.push_back(find_post(&users[1], "nothing", &none));
  tasks.push_back(count_posts(&users[2], &counts[2]));
  co_await together(std::move(tasks));
  CHECK(found);
  CHECK(!none);
  CHECK(queries.count() == 3);
  // Gets of one turn are one query, on one handle.
  Database other = db.with_options(kinship::Options().comment("other"));
  std::vector<std::string> names(6);
  queries.reset();
  tasks = std::vector<awaitable<void>>();
  for (std::size_t i = 0; i < 6; ++i) tasks.push_back(get_user(i < 4 ? db : other, users[i % 4].id, &names[i]));
  co_await together(std::move(tasks));
  CHECK(names[5] == users[1].name);
  CHECK(queries.count() == 2);
  CHECK(other.stats().operations == 1);
  CHECK(db.stats().joined >= 30);
  // Inside a transaction nothing joins what is outside.
  auto work = [&](Database tx) -> awaitable<void> {
    queries.reset();
    std::vector<awaitable<void>> mixed;
    mixed.push_back(get_user(db, users[0].id, &names[0]));
    mixed.push_back(get_user(tx, users[0].id, &names[1]));
    co_await together(std::move(mixed));
    CHECK(queries.count() == 2);
  };
  co_await db.transaction(work);
  co_await db.close();
}
TEST_CASE("questions of one shape join, on one handle and outside transactions") { kinship::test::run(questions()); }

static awaitable<void> fresh_answers() {
  Made made;
  Database db = co_await filled(&made, 1, 0, 0);
  User user = made.users[0];
  for (int i = 0; i < 50; ++i) {
    std::string early, late;
    std::size_t left = 1;
    const auto executor = co_await asio::this_coro::executor;
    asio::co_spawn(executor, get_user(db, user.id, &early), [&](std::exception_ptr) { --left; });
    co_await one_turn();
    co_await one_turn();  // it is on its way
    user.name = "n" + std::to_string(i);
    co_await db.save(user);
    co_await get_user(db, user.id, &late);
    CHECK(late == user.name);
    while (left != 0) co_await one_turn();
  }
  co_await db.close();
}
TEST_CASE("a load never joins one that is under way: what was written is read") { kinship::test::run(fresh_answers()); }

static awaitable<void> get_caught(Database db, kinship::ObjectId id, Caught* result) {
  *result = co_await caught(db.get<User>(id));
}

static awaitable<void> failures() {
  Made made;
  Database db = co_await filled(&made, 4, 2, 1);
  kinship::Collection users_raw = db.collection("users"), posts_raw = db.collection("posts");
  const kinship::json whom = kinship::json::parse(R"({"name": "u2"})");
  const kinship::json broken = kinship::json::parse(R"({"$set": {"active": "yes"}})");
  co_await users_raw.update_one(whom, broken);
  std::vector<Caught> results(4);
  std::vector<awaitable<void>> tasks;
  for (std::size_t i = 0; i < 4; ++i) tasks.push_back(get_caught(db, made.users[i].id, &results[i]));
  QueryCounter queries(db);
  co_await together(std::move(tasks));
  CHECK(queries.count() == 1);
  for (std::size_t i = 0; i < 4; ++i) CHECK(results[i].happened == (i == 2));
  CHECK(results[2].code == errc::type_mismatch);
  CHECK(results[2].says("active"));
  const kinship::json repaired = kinship::json::parse(R"({"$set": {"active": true}})");
  co_await users_raw.update_one(whom, repaired);
  // A row of one sibling fails that sibling.
  const kinship::json post = kinship::json::parse(R"({"title": "u1p0"})");
  const kinship::json bad_title = kinship::json::parse(R"({"$set": {"title": 5}})");
  co_await posts_raw.update_one(post, bad_title);
  auto users = co_await db.find<User>().order_by<&User::name>().all();
  for (std::size_t i = 0; i < 4; ++i) {
    const Caught e = co_await caught(users[i].posts.all());
    CHECK(e.happened == (i == 1));
    if (e.happened) CHECK(e.code == errc::type_mismatch);
    if (!e.happened) CHECK(users[i].posts.size() == 2);
  }
  // Mended, it loads.
  const kinship::json five = kinship::json::parse(R"({"title": 5})");
  const kinship::json good_title = kinship::json::parse(R"({"$set": {"title": "five"}})");
  co_await posts_raw.update_one(five, good_title);
  auto posts = co_await users[1].posts.all();
  CHECK(posts.size() == 2);
  co_await db.close();
}
TEST_CASE("what cannot be read fails those who asked for it, and nobody else") { kinship::test::run(failures()); }

static awaitable<void> count_turns(const bool* stop, int* turns) {
  while (!*stop) {
    ++*turns;
    co_await one_turn();
  }
}

static awaitable<void> large() {
  Made made;
  Database db = co_await filled(&made, 1, 1, 6000);
  bool stop = false;
  int turns = 0;
  const auto executor = co_await asio::this_coro::executor;
  auto ticking = asio::co_spawn(executor, count_turns(&stop, &turns), asio::use_awaitable);
  std::vector<awaitable<void>> tasks;
  auto reading = [&]() -> awaitable<void> {
    auto post = co_await db.get<Post>(made.posts[0].id);
    co_await one_turn();
    auto comments = co_await post->comments.all();
    CHECK(comments.size() == 6000);
    stop = true;
  };
  tasks.push_back(reading());
  tasks.push_back(std::move(ticking));
  const int before = turns;
  co_await together(std::move(tasks));
  CHECK(turns - before >= 11);  // 6000 documents in steps of 500
  co_await db.close();
}
TEST_CASE("decoding a large result lets others run") { kinship::test::run(large()); }

TEST_CASE("calls complete on the executor that awaits them") {
  asio::thread_pool first(1), second(1);
  Made made;
  Database db = asio::co_spawn(first, filled(&made, 3, 3, 0), asio::use_future).get();
  auto work = [&](asio::thread_pool* pool) -> awaitable<bool> {
    const auto here = std::this_thread::get_id();
    bool same = true;
    auto users = co_await db.find<User>().all();
    same = same && std::this_thread::get_id() == here;
    auto posts = co_await users[0].posts.all();
    same = same && std::this_thread::get_id() == here;
    const auto count = co_await users[1].posts.count();
    same = same && std::this_thread::get_id() == here && count == 3;
    users[2].name = "changed";
    co_await db.save(users[2]);
    same = same && std::this_thread::get_id() == here;
    auto inside = [&](Database tx) -> awaitable<void> {
      auto user = co_await tx.get<User>(users[0].id);
      same = same && std::this_thread::get_id() == here && user;
    };
    co_await db.transaction(inside);
    same = same && std::this_thread::get_id() == here && pool;
    co_return same;
  };
  for (int i = 0; i < 10; ++i) {
    auto a = asio::co_spawn(first, work(&first), asio::use_future);
    auto b = asio::co_spawn(second, work(&second), asio::use_future);
    CHECK(a.get());
    CHECK(b.get());
  }
  auto end = [&]() -> awaitable<void> { co_await db.close(); };
  asio::co_spawn(first, end(), asio::use_future).get();
}
