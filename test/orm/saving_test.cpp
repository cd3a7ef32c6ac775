// insert and save: what is sent, what is refused, what objects look like afterwards.
// save sends only what differs from what was read.
#include <doctest/doctest.h>

#include "orm/blog_data.hpp"
#include "support/run.hpp"

using namespace blog;
using kinship::errc;
using kinship::testing::QueryCounter;

template <class Task>
static awaitable<errc> code_of(Task task) {
  errc code{};
  try {
    co_await std::move(task);
  } catch (const kinship::error& e) {
    code = static_cast<errc>(e.code().value());
  }
  co_return code;
}

static awaitable<void> saving() {
  Made made;
  Database db = co_await filled(&made, 3, 2, 0);
  auto first = co_await db.get<User>(made.users[0].id);
  auto second = co_await db.get<User>(made.users[0].id);
  first->name = "renamed";
  second->active = false;
  QueryCounter queries(db);
  co_await db.save(*first);
  co_await db.save(*second);
  CHECK(queries.count() == 2);
  auto both = co_await db.get<User>(made.users[0].id);
  CHECK(both->name == "renamed");  // the second save did not send the name it had not changed
  CHECK(!both->active);
  queries.reset();
  co_await db.save(*both);
  CHECK(queries.count() == 0);  // nothing differs

  // Saving in a loop does not undo batching.
  auto users = co_await db.find<User>().all();
  queries.reset();
  std::size_t posts = 0;
  for (User& user : users) {
    user.active = !user.active;
    co_await db.save(user);
    auto rows = co_await user.posts.all();
    posts += rows.size();
  }
  CHECK(posts == 6);
  CHECK(queries.count() == 4);

  User ghost;
  ghost.id = kinship::ObjectId::make();
  CHECK(co_await code_of(db.save(ghost)) == errc::not_found);
  both->id = kinship::ObjectId::make();
  CHECK(co_await code_of(db.save(*both)) == errc::invalid_query);
  CHECK(co_await code_of(db.insert(made.users[1])) == errc::duplicate_key);

  auto partial = co_await db.find<User>().select<&User::name>().all();
  CHECK(co_await code_of(db.save(partial[0])) == errc::invalid_query);

  Post post = made.posts[0];
  post.author = made.users[1];
  co_await db.save(post);
  auto author = co_await post.author.get();
  REQUIRE(author);
  CHECK(author->id == made.users[1].id);
  CHECK(co_await made.users[1].posts.count() == 3);

  User fresh;
  fresh.name = "fresh";
  co_await db.save(fresh);
  CHECK(!fresh.id.is_nil());
  CHECK(co_await db.update_many<User>({"name", "fresh"}, kinship::set<&User::name>("old")) == 1);
  CHECK(co_await db.find<User>().where(kinship::field<&User::name> == "old").exists());
  co_await db.close();
}
TEST_CASE("save sends what differs and refuses what would lose data") { kinship::test::run(saving()); }
