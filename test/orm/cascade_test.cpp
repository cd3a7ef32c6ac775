// Removing an object and what its relationships say goes with it: planned, atomic, counted.
// Operations grow with levels, never with documents.
#include <doctest/doctest.h>

#include "orm/blog_data.hpp"
#include "support/run.hpp"

using namespace blog;
using kinship::testing::QueryCounter;

static awaitable<void> cascades() {
  Made made;
  Database db = co_await filled(&made, 3, 5, 4);
  db.models<User, Post, Comment, Tag, PostTag, Profile>();
  Tag tag;
  tag.name = "t";
  co_await made.posts[0].tags.add(tag);
  co_await made.posts[5].tags.add(tag);
  Profile profile;
  co_await made.users[0].profile.set(profile);

  auto user = co_await db.get<User>(made.users[0].id);
  auto plan = co_await db.plan_remove(*user);
  CHECK(plan.deleted() == 1 + 1 + 5 + 20 + 1);
  CHECK(co_await db.find<Post>().count() == 15);
  QueryCounter queries(db);
  auto result = co_await db.remove(*user);
  CHECK(result.deleted() == plan.deleted());
  CHECK(result.atomic());
  CHECK(queries.count() <= 8);
  CHECK(co_await db.find<User>().count() == 2);
  CHECK(co_await db.find<Post>().count() == 10);
  CHECK(co_await db.find<Comment>().count() == 40);
  CHECK(co_await db.find<PostTag>().count() == 1);
  CHECK(co_await db.find<Tag>().count() == 1);
  CHECK(co_await db.find<Profile>().count() == 0);
  // The tag goes with its links.
  auto gone = co_await db.remove(tag);
  CHECK(gone.deleted() == 2);
  CHECK(co_await db.find<PostTag>().count() == 0);
  auto many = co_await db.remove_many<Post>({"author", made.users[1].id});
  CHECK(many.deleted() == 5 + 20);
  auto rest = co_await made.users[2].posts.cascade_delete();
  CHECK(rest.deleted() == 25);
  CHECK(co_await db.find<Comment>().count() == 0);
  bool missing = false;
  try {
    auto again = co_await db.remove(*user);
  } catch (const kinship::error& e) {
    missing = e.code() == kinship::errc::not_found;
  }
  CHECK(missing);
  co_await db.close();
}
TEST_CASE("a removal takes profile, posts, comments and tag links with it") { kinship::test::run(cascades()); }
