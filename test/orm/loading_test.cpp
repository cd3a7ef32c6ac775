// Relationships load together: what a reader writes as nested loops costs one query a level.
// Every test counts store operations.
#include <doctest/doctest.h>

#include "orm/blog_data.hpp"
#include "support/run.hpp"

using namespace blog;
using kinship::testing::QueryCounter;

static awaitable<void> nested_loops(int owners) {
  Made made;
  Database db = co_await filled(&made, owners, 10, 5);
  QueryCounter queries(db);
  int seen = 0, linked = 0;
  auto users = co_await db.find<User>().order_by<&User::name>().all();
  CHECK(users.size() == static_cast<std::size_t>(owners));
  for (User& user : users)
    for (Post& post : co_await user.posts.all())
      for (Comment& comment : co_await post.comments.all())
        seen += comment.text.starts_with(post.title + "c") && comment.post.id() == post.id;
  CHECK(seen == owners * 10 * 5);
  CHECK(queries.count() == 3);
  for (const User& user : users)
    for (const Post& post : user.posts) linked += post.author.loaded()->name == user.name && post.comments.size() == 5;
  CHECK(linked == owners * 10);
  CHECK(queries.count() == 3);
  co_await db.close();
}
TEST_CASE("nested loops over 100 x 10 x 5 cost three queries") { kinship::test::run(nested_loops(100)); }
TEST_CASE("nested loops over 1000 x 10 x 5 cost three queries") { kinship::test::run(nested_loops(1000)); }

static awaitable<void> batch_loads() {
  Made made;
  Database db = co_await filled(&made, 20, 3, 2);
  auto users = co_await db.find<User>().all();
  QueryCounter queries(db);
  CHECK_THROWS_AS(users[0].posts.size(), kinship::error);
  co_await db.batch_load(users, &User::posts, &Post::comments);
  CHECK(queries.count() == 2);
  std::size_t comments = 0;
  for (const User& user : users)
    for (const Post& post : user.posts) comments += post.comments.size();
  CHECK(comments == 120);
  co_await db.batch_load(users, &User::posts, &Post::comments);
  CHECK(queries.count() == 2);  // loaded stays loaded
  auto again = co_await users[3].posts.all();
  CHECK(again.size() == 3);
  CHECK(queries.count() == 2);
  auto counts = co_await db.batch_count(users, &User::posts);
  CHECK(counts.size() == 20);
  CHECK(counts[7] == 3);
  CHECK(queries.count() == 3);
  // Vectors of objects that were inserted, and single objects.
  co_await db.batch_load(made.users, &User::posts);
  CHECK(made.users[0].posts.size() == 3);
  CHECK(queries.count() == 4);
  co_await db.batch_load(made.posts[0], &Post::author);
  CHECK(made.posts[0].author.loaded()->id == made.users[0].id);
  CHECK(queries.count() == 5);
  co_await db.close();
}
TEST_CASE("batch_load fills a path with one query a step") { kinship::test::run(batch_loads()); }

static awaitable<void> eager() {
  Made made;
  Database db = co_await filled(&made, 10, 3, 4);
  QueryCounter queries(db);
  auto users = co_await db.find<User>().with(&User::posts, &Post::comments).with(&User::profile).all();
  CHECK(queries.count() == 4);
  for (const User& user : users) {
    CHECK(user.profile.loaded() == nullptr);
    for (const Post& post : user.posts) CHECK(post.comments.size() == 4);
  }
  queries.reset();
  auto few = co_await db.find<User>().with(kinship::step(&User::posts).where({"title", "u3p1"})).all();
  CHECK(queries.count() == 2);
  std::size_t shown = 0;
  for (const User& user : few) shown += user.posts.size();
  CHECK(shown == 1);
  auto whole = co_await few[3].posts.all();  // iteration only: all() fetches the whole
  CHECK(whole.size() == 3);
  CHECK(queries.count() == 3);
  co_await db.close();
}
TEST_CASE("with loads paths, and conditions on steps fill iteration only") { kinship::test::run(eager()); }

static awaitable<void> limits() {
  Made made;
  Database db = co_await filled(&made, 2, 3, 8);
  QueryCounter queries(db);
  auto posts = co_await db.find<Post>().all();
  for (Post& post : posts) {
    auto top = co_await post.top_comments.all();
    REQUIRE(top.size() == 3);
    CHECK(top[0].likes == 7);
    CHECK(top[2].likes == 5);
  }
  CHECK(queries.count() == 2);
  co_await db.close();
}
TEST_CASE("a limit is per owner, in order, in one query") { kinship::test::run(limits()); }

static awaitable<void> asking() {
  Made made;
  Database db = co_await filled(&made, 3, 4, 2);
  auto user = co_await db.get<User>(made.users[1].id);
  REQUIRE(user);
  QueryCounter queries(db);
  CHECK(co_await user->posts.count() == 4);
  CHECK(co_await user->posts.where({"title", "u1p2"}).count() == 1);
  CHECK(co_await user->posts.exists());
  CHECK(co_await user->posts.contains(made.posts[4]));
  CHECK(!co_await user->posts.contains(made.posts[0]));
  auto first = co_await user->posts.order_by<&Post::title>(-1).first();
  REQUIRE(first);
  CHECK(first->title == "u1p3");
  auto page = co_await user->posts.order_by<&Post::title>().skip(1).limit(2).all();
  REQUIRE(page.size() == 2);
  CHECK(page[0].title == "u1p1");
  CHECK(queries.count() == 7);
  auto none = co_await db.get<User>(kinship::ObjectId::make());
  CHECK(!none);
  auto by_text = co_await db.get<User>(made.users[2].id.to_string());
  REQUIRE(by_text);
  CHECK(by_text->name == "u2");
  auto author = co_await made.posts[0].author.get();
  REQUIRE(author);
  CHECK(author->name == "u0");
  auto many = co_await db.find_many<User>(std::vector<kinship::ObjectId>(2, made.users[0].id));
  CHECK(many.size() == 2);
  co_await db.close();
}
TEST_CASE("where, count, exists, first and contains ask the store for one owner") { kinship::test::run(asking()); }

static awaitable<void> unbound() {
  User user;
  bool thrown = false;
  try {
    auto posts = co_await user.posts.all();
  } catch (const kinship::error& e) {
    thrown = e.code() == kinship::errc::unbound;
    CHECK(std::string(e.what()).find("OneToMany<Post>") != std::string::npos);
  }
  CHECK(thrown);
}
TEST_CASE("a relationship of an object that was never stored is unbound, in words") { kinship::test::run(unbound()); }

static awaitable<void> not_selected() {
  Made made;
  Database db = co_await filled(&made, 2, 2, 1);
  auto posts = co_await db.find<Post>().select<&Post::title>().all();
  bool refused = false;
  try {
    auto author = co_await posts[0].author.get();
  } catch (const kinship::error& e) {
    refused = e.code() == kinship::errc::invalid_query;
    CHECK(e.sentence().find("was not selected") != std::string::npos);
  }
  CHECK(refused);
  auto comments = co_await posts[0].comments.all();  // by the key, which always comes along
  CHECK(comments.size() == 1);
  auto with_author = co_await db.find<Post>().select<&Post::title, &Post::author>().all();
  auto author = co_await with_author[3].author.get();
  REQUIRE(author);
  CHECK(author->name == "u1");
  co_await db.close();
}
TEST_CASE("a reference that was not selected is refused, not taken for none") { kinship::test::run(not_selected()); }

static awaitable<void> deep() {
  Made made;
  Database db = co_await filled(&made, 3, 4, 5);
  auto users = co_await db.find<User>().order_by<&User::name>().all();
  QueryCounter queries(db);
  co_await db.batch_load(users, kinship::step(&User::posts).order_by<&Post::title>(-1).limit(2),
                         kinship::step(&Post::comments).where(kinship::field<&Comment::likes> < 3).order_by("likes", -1),
                         &Comment::post);
  CHECK(queries.count() == 2);  // the post of a comment is known from where it was loaded
  for (User& user : users) {
    REQUIRE(user.posts.size() == 2);
    CHECK(user.posts[0].title == user.name + "p3");
    for (Post& post : user.posts) {
      REQUIRE(post.comments.size() == 3);
      CHECK(post.comments[0].likes == 2);
      CHECK(post.comments[2].post.loaded()->title == post.title);
    }
  }
  auto whole = co_await users[1].posts.all();  // the condition was for iteration
  CHECK(whole.size() == 4);
  auto again = co_await whole[0].comments.all();
  CHECK(again.size() == 5);
  CHECK(queries.count() == 4);
  co_await db.close();
}
TEST_CASE("three levels, each with a condition, an order and a limit of its own") { kinship::test::run(deep()); }
