// db.transaction: commits and returns, or rolls back and leaves the program's objects as they were.
// Conflicts run the work again.
#include <doctest/doctest.h>

#include "orm/blog_data.hpp"
#include "support/run.hpp"

using namespace blog;

static awaitable<void> transactions() {
  Made made;
  Database db = co_await filled(&made, 2, 2, 0);
  User& user = made.users[0];
  Post post;
  post.title = "in";
  auto work = [&](Database tx) -> awaitable<int> {
    User inside = tx.bind(user);
    co_await inside.posts.add(post);
    const auto seen = co_await inside.posts.count();
    co_return static_cast<int>(seen);
  };
  const int seen = co_await db.transaction(work);
  CHECK(seen == 3);
  CHECK(co_await user.posts.count() == 3);
  auto author = co_await post.author.get();  // goes on with the plain database
  CHECK(author->id == user.id);

  Post lost;
  lost.title = "lost";
  auto failing = [&](Database tx) -> awaitable<void> {
    lost.author = user;
    co_await tx.insert(lost);
    CHECK(!lost.id.is_nil());
    user.name = "changed";
    co_await tx.save(user);
    throw std::runtime_error("no");
  };
  bool thrown = false;
  try {
    co_await db.transaction(failing);
  } catch (const std::runtime_error&) {
    thrown = true;
  }
  CHECK(thrown);
  CHECK(lost.id.is_nil());
  CHECK(co_await user.posts.count() == 3);
  CHECK(co_await db.find<User>().where({"name", "changed"}).count() == 0);
  co_await db.save(user);  // the baseline is what it was: the name is sent again
  CHECK(co_await db.find<User>().where({"name", "changed"}).count() == 1);

  int runs = 0;
  Post again;
  again.author = user;
  auto conflicting = [&](Database tx) -> awaitable<void> {
    co_await tx.save(again);
    if (++runs < 3) throw kinship::error(kinship::errc::conflict, "a test says so");
  };
  co_await db.transaction(conflicting);
  CHECK(runs == 3);
  CHECK(co_await user.posts.count() == 4);
  co_await db.close();
}
TEST_CASE("transactions commit, roll back objects too, and run again on conflicts") { kinship::test::run(transactions()); }
