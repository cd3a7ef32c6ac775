// Siblings on different threads: what a cohort shares is guarded, and everyone gets his own rows.
// TSan runs this in CI.
#include <doctest/doctest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <thread>

#include "orm/blog_data.hpp"
#include "support/run.hpp"

using namespace blog;
namespace asio = boost::asio;

static awaitable<void> read_one(kinship::Rows<User> users, std::size_t i, std::atomic<int>* right) {
  auto posts = co_await users[i].posts.all();
  int seen = 0;
  for (Post& post : posts) {
    auto comments = co_await post.comments.all();
    seen += static_cast<int>(comments.size());
    // Decoded for all siblings at once, by whoever asks first.
    if (post.author.loaded()->name != users[i].name) seen = -1000;
  }
  if (posts.size() == 3 && seen == 6) ++*right;
}

TEST_CASE("siblings of one result are read from many threads") {
  asio::io_context loop;
  Made made;
  kinship::Rows<User> users;
  Database db;
  auto prepare = [&]() -> awaitable<void> {
    db = co_await filled(&made, 40, 3, 2);
    users = co_await db.find<User>().all();
  };
  kinship::test::run(prepare());
  std::atomic<int> right{0};
  asio::thread_pool pool(4);
  for (std::size_t i = 0; i < users.size(); ++i)
    asio::co_spawn(asio::make_strand(pool), read_one(users, i, &right), [](std::exception_ptr e) { CHECK(!e); });
  pool.join();
  CHECK(right == 40);
  users = kinship::Rows<User>();
  auto end = [&]() -> awaitable<void> { co_await db.close(); };
  kinship::test::run(end());
}

TEST_CASE("one database serves an io_context on each of several threads") {
  asio::thread_pool pool(1);
  Made made;
  Database db = asio::co_spawn(pool, filled(&made, 10, 2, 1), asio::use_future).get();
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&, t] {
      asio::io_context loop;
      auto work = [&]() -> awaitable<void> {
        for (int i = 0; i < 10; ++i) {
          Post post;
          post.author = made.users[static_cast<std::size_t>(i)].id;
          post.title = "t" + std::to_string(t);
          co_await db.insert(post);
          auto user = co_await db.get<User>(made.users[static_cast<std::size_t>(i)].id);
          auto posts = co_await user->posts.where({"title", post.title}).all();
          if (posts.size() == 1) ++right;
        }
      };
      asio::co_spawn(loop, work(), [](std::exception_ptr e) { CHECK(!e); });
      loop.run();
    });
  for (auto& thread : threads) thread.join();
  CHECK(right == 30);
  asio::co_spawn(pool, db.close(), asio::use_future).get();
  pool.join();
}
