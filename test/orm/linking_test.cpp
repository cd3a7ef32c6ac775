// add, set, remove, replace and clear, for every kind of relationship; what the store holds and what members show.
// Operations are counted where the design promises a number.
#include <doctest/doctest.h>

#include <kinship/driver/trace.hpp>

#include "orm/blog_data.hpp"
#include "support/run.hpp"

using namespace blog;
using kinship::testing::QueryCounter;

static awaitable<void> one_to_many() {
  Made made;
  Database db = co_await filled(&made, 2, 2, 0);
  auto user = co_await db.get<User>(made.users[0].id);
  auto loaded = co_await user->posts.all();
  QueryCounter queries(db);
  Post post;
  post.title = "new";
  co_await user->posts.add(post);
  CHECK(queries.count() == 1);
  CHECK(!post.id.is_nil());
  CHECK(post.author.id() == user->id);
  CHECK(user->posts.size() == 3);
  CHECK(loaded.size() == 2);
  // Linking an existing one of another owner.
  co_await user->posts.add(made.posts[2]);
  CHECK(queries.count() == 2);
  CHECK(user->posts.size() == 4);
  CHECK(co_await made.users[1].posts.count() == 1);
  // A key without a row is inserted.
  Post given;
  given.id = kinship::ObjectId::make();
  given.title = "given";
  queries.reset();
  co_await user->posts.add(given);
  CHECK(queries.count() == 2);
  CHECK(co_await user->posts.count() == 5);
  co_await user->posts.remove(post);
  CHECK(user->posts.size() == 4);
  CHECK(!post.author.id());
  CHECK(co_await user->posts.count() == 4);
  std::vector<Post> two;
  two.push_back(given);
  Post fresh;
  fresh.title = "fresh";
  two.push_back(fresh);
  co_await user->posts.replace(two);
  CHECK(user->posts.size() == 2);
  CHECK(co_await user->posts.count() == 2);
  CHECK(co_await db.find<Post>().count() == 7);
  co_await user->posts.clear();
  CHECK(user->posts.size() == 0);
  CHECK(co_await user->posts.count() == 0);
  CHECK(co_await db.find<Post>().count() == 7);
  co_await db.close();
}
TEST_CASE("OneToMany links and unlinks by the children's foreign key") { kinship::test::run(one_to_many()); }

static awaitable<void> one_to_one() {
  Made made;
  Database db = co_await filled(&made, 1, 0, 0);
  User& user = made.users[0];
  Profile profile;
  profile.bio = "a";
  QueryCounter queries(db);
  co_await user.profile.set(profile);
  CHECK(queries.count() == 2);  // the profile, and whatever was there before
  REQUIRE(user.profile.is_loaded());
  CHECK(user.profile.loaded()->id == profile.id);
  auto got = co_await user.profile.get();
  CHECK(queries.count() == 2);
  REQUIRE(got);
  CHECK(got->bio == "a");
  Profile other;
  other.bio = "b";
  co_await user.profile.set(other);
  user.profile.clear_cache();
  auto second = co_await user.profile.get();
  REQUIRE(second);
  CHECK(second->bio == "b");
  CHECK(co_await db.find<Profile>().count() == 2);
  CHECK(co_await db.find<Profile>().where({"user", user.id}).count() == 1);
  co_await user.profile.unset();
  CHECK(user.profile.loaded() == nullptr);
  CHECK(co_await db.find<Profile>().where({"user", user.id}).count() == 0);
  co_await db.close();
}
TEST_CASE("OneToOne holds one; setting another unlinks it") { kinship::test::run(one_to_one()); }

static awaitable<void> two_rows() {
  Made made;
  Database db = co_await filled(&made, 3, 0, 0);
  std::vector<Profile> profiles(4);
  for (std::size_t i = 0; i < 4; ++i) profiles[i].bio = std::to_string(i);
  profiles[0].user = made.users[0];
  for (std::size_t i = 1; i < 4; ++i) profiles[i].user = made.users[1];
  co_await db.insert_many(profiles);
  std::vector<kinship::OperationEvent> warnings;
  db.observe([&](const kinship::OperationEvent& event) {
    if (!event.warning.empty()) warnings.push_back(event);
  });
  auto users = co_await db.find<User>().order_by<&User::name>().all();
  QueryCounter queries(db);
  auto first = co_await users[1].profile.get();
  CHECK(first->bio == "1");
  CHECK(users[0].profile.loaded()->bio == "0");
  CHECK(users[2].profile.loaded() == nullptr);
  CHECK(queries.count() == 1);  // a warning is no operation
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].operation == "warning");
  CHECK(warnings[0].relationship == "User.profile");
  CHECK(warnings[0].warning.find(users[1].id.to_string()) != std::string::npos);
  CHECK(warnings[0].warning.find("3 refer") != std::string::npos);
  co_await db.close();
}
TEST_CASE("of two rows for a OneToOne the first counts, and observers are warned") { kinship::test::run(two_rows()); }

static awaitable<void> many_to_many() {
  Made made;
  Database db = co_await filled(&made, 1, 3, 0);
  Post& post = made.posts[0];
  Tag red, blue, green;
  red.name = "red";
  blue.name = "blue";
  green.name = "green";
  co_await post.tags.add(red);
  co_await post.tags.add(red);
  co_await post.tags.add(blue);
  PostTag link;
  link.weight = 7;
  co_await post.tags.add(green, link);
  CHECK(!link.id.is_nil());
  CHECK(link.tag.id() == green.id);
  auto links = co_await post.tags.links<PostTag>();
  CHECK(links.size() == 3);
  CHECK(links[2].weight == 7);
  auto tags = co_await post.tags.all();
  REQUIRE(tags.size() == 3);
  CHECK(tags[0].name == "red");
  CHECK(co_await post.tags.count() == 3);
  CHECK(co_await post.tags.contains(blue));
  CHECK(co_await post.tags.where({"name", "blue"}).count() == 1);
  auto sorted = co_await post.tags.order_by<&Tag::name>().limit(2).all();
  REQUIRE(sorted.size() == 2);
  CHECK(sorted[0].name == "blue");
  CHECK(sorted[1].name == "green");
  co_await post.tags.remove(red);
  CHECK(post.tags.size() == 2);
  std::vector<Tag> exactly;
  exactly.push_back(red);
  exactly.push_back(green);
  co_await post.tags.replace(exactly);
  auto now = co_await post.tags.order_by<&Tag::name>().all();
  REQUIRE(now.size() == 2);
  CHECK(now[0].name == "green");
  co_await post.tags.clear();
  CHECK(co_await post.tags.count() == 0);
  CHECK(co_await db.find<Tag>().count() == 3);

  // Siblings: links and tags, two queries for all posts.
  co_await made.posts[1].tags.add(red);
  co_await made.posts[2].tags.add(red);
  co_await made.posts[2].tags.add(blue);
  auto posts = co_await db.find<Post>().order_by<&Post::title>().all();
  QueryCounter queries(db);
  std::size_t seen = 0;
  for (Post& one : posts)
    for (Tag& tag : co_await one.tags.all()) seen += !tag.name.empty();
  CHECK(seen == 3);
  CHECK(queries.count() == 2);
  co_await db.close();
}
TEST_CASE("ManyToMany through a join model is idempotent and shows its rows") { kinship::test::run(many_to_many()); }
