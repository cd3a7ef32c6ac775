// db.transaction: commits and returns, or rolls back and leaves the program's objects as they were.
// Conflicts run the work again.
#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

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

static awaitable<void> throwing() {
  Database db = co_await kinship::testing::memory();
  int caught_number = 0;
  auto number = [&](Database tx) -> awaitable<void> {
    Post item;
    co_await tx.insert(item);
    throw 42;
  };
  try {
    co_await db.transaction(number);
  } catch (int thrown) {
    caught_number = thrown;
  }
  CHECK(caught_number == 42);
  CHECK(co_await db.find<Post>().count() == 0);
  // A value that must be moved comes back.
  auto owning = [&](Database tx) -> awaitable<std::unique_ptr<Post>> {
    auto item = std::make_unique<Post>();
    co_await tx.insert(*item);
    co_return item;
  };
  auto item = co_await db.transaction(owning);
  CHECK(!item->id.is_nil());
  CHECK(co_await db.find<Post>().count() == 1);
  co_await db.close();
}
TEST_CASE("a transaction rolls back whatever is thrown, and returns whatever can be moved") {
  kinship::test::run(throwing());
}

static awaitable<void> cancelled_work(Database db, Made* made, Post* post, bool* rolled_back) {
  auto work = [&](Database tx) -> awaitable<void> {
    post->author = made->users[0];
    co_await tx.insert(*post);
    for (;;) {
      auto users = co_await tx.find<User>().all();
      (void)users;
    }
  };
  try {
    co_await db.transaction(work);
  } catch (const std::exception&) {
    *rolled_back = post->id.is_nil();
  }
}

TEST_CASE("a cancelled transaction is rolled back, and its objects are as they were") {
  boost::asio::io_context loop;
  boost::asio::cancellation_signal signal;
  Made made;
  Post post;
  bool rolled_back = false, ended = false;
  auto body = [&]() -> awaitable<void> {
    Database db = co_await filled(&made, 1, 0, 0);
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::co_spawn(executor, cancelled_work(db, &made, &post, &rolled_back),
                          boost::asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr) { ended = true; }));
    while (post.id.is_nil() || db.stats().reads < 3) co_await boost::asio::post(executor, boost::asio::use_awaitable);
    signal.emit(boost::asio::cancellation_type::terminal);
    while (!ended) co_await boost::asio::post(executor, boost::asio::use_awaitable);
    CHECK(rolled_back);
    CHECK(co_await db.find<Post>().count() == 0);
    co_await db.insert(post);  // the writer is free
    co_await db.close();
  };
  boost::asio::co_spawn(loop, body(), [](std::exception_ptr e) {
    if (e) std::rethrow_exception(e);
  });
  loop.run();
}
