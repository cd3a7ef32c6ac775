// What the store is asked: options of the handle with every operation, each key once, several relationships side by side,
// and the same meaning whatever number of keys it takes at a time.
#include <doctest/doctest.h>

#include <kinship/query/field.hpp>

#include "orm/blog_data.hpp"
#include "orm/caught.hpp"
#include "orm/recording_driver.hpp"
#include "support/run.hpp"

using namespace blog;
using kinship::FindOperation;
using kinship::test::RecordingDriver;
using kinship::testing::QueryCounter;

static awaitable<Database> recorded(std::shared_ptr<RecordingDriver>* driver, Made* made, int users, int posts,
                                    int comments) {
  Database store = co_await filled(made, users, posts, comments);
  *driver = std::make_shared<RecordingDriver>(kinship::testing::driver_of(store));
  Database db(*driver);
  db.models<User, Post, Comment, Tag>();
  co_return db;
}

static std::size_t keys_in(const FindOperation& find, const char* field) {
  const kinship::bson::ValueView condition = find.filter[field];
  if (!condition.is(kinship::bson::Type::document)) return condition.missing() ? 0 : 1;
  std::size_t keys = 0;
  for (const auto& key : condition.as_document().find("$in").as_document()) keys += !key.value.missing();
  return keys;
}

static awaitable<void> options() {
  std::shared_ptr<RecordingDriver> driver;
  Made made;
  Database db = co_await recorded(&driver, &made, 2, 2, 1);
  Database other = db.with_options(kinship::Options()
                                       .timeout(std::chrono::hours(1))
                                       .comment("trace 7")
                                       .read_preference(kinship::ReadPreference::nearest)
                                       .read_concern("local")
                                       .write_concern("majority"));
  auto users = co_await other.find<User>().all();
  auto posts = co_await users[0].posts.all();
  auto got = co_await other.get<User>(users[1].id);
  auto few = co_await users[1].posts.where({"title", "x"}).all();
  CHECK(few.empty());
  REQUIRE(driver->finds().size() == 4);
  for (const FindOperation& find : driver->finds()) {
    CHECK(find.context.comment == "trace 7");
    CHECK(find.context.read_preference == kinship::ReadPreference::nearest);
    CHECK(find.context.read_concern == "local");
    CHECK(find.context.deadline != kinship::no_deadline);
    CHECK(!find.context.session);
  }
  users[0].name = "changed";
  co_await other.save(users[0]);
  REQUIRE(driver->writes().size() == 1);
  CHECK(driver->writes()[0].context.write_concern == "majority");
  driver->forget();
  auto inside = [&](Database tx) -> awaitable<void> {
    User bound = tx.bind(users[0]);
    auto rows = co_await bound.posts.all();
    CHECK(rows.size() == 2);
  };
  co_await other.transaction(inside);
  REQUIRE(driver->finds().size() == 1);
  CHECK(driver->finds()[0].context.session);
  CHECK(driver->finds()[0].context.comment == "trace 7");
  driver->forget();
  const auto soon = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  auto timed = co_await db.find<User>().timeout(std::chrono::minutes(1)).all();
  auto plain = co_await db.find<User>().all();
  CHECK(driver->finds()[0].context.deadline < soon);
  CHECK(driver->finds()[1].context.deadline == kinship::no_deadline);
  co_await db.close();
}
TEST_CASE("a handle's options go with all it does, and with what was read through it") { kinship::test::run(options()); }

static awaitable<void> once() {
  std::shared_ptr<RecordingDriver> driver;
  Made made;
  Database db = co_await recorded(&driver, &made, 3, 4, 0);
  std::vector<Post> loose(2);
  co_await db.insert_many(loose);
  auto posts = co_await db.find<Post>().all();
  driver->forget();
  auto author = co_await posts[0].author.get();
  REQUIRE(driver->finds().size() == 1);
  CHECK(keys_in(driver->finds()[0], "_id") == 3);  // twelve posts, three authors; null asks for nothing
  CHECK(posts[1].author.loaded() == posts[0].author.loaded());
  CHECK(posts[13].author.loaded() == nullptr);
  driver->forget();
  std::vector<kinship::ObjectId> ids{made.users[0].id, made.users[0].id, made.users[1].id};
  auto users = co_await db.find_many<User>(ids);
  CHECK(users.size() == 3);
  CHECK(keys_in(driver->finds()[0], "_id") == 2);
  co_await db.close();
}
TEST_CASE("a key is asked for once, however many refer to it") { kinship::test::run(once()); }

static awaitable<void> side_by_side() {
  std::shared_ptr<RecordingDriver> driver;
  Made made;
  Database db = co_await recorded(&driver, &made, 3, 2, 1);
  auto users = co_await db.find<User>().with(&User::posts).with(&User::profile).all();
  CHECK(driver->most() == 2);
  driver->forget();
  auto inside = [&](Database tx) -> awaitable<void> {
    auto rows = co_await tx.find<User>().with(&User::posts, &Post::comments).with(&User::profile).all();
    CHECK(rows[0].posts.size() == 2);
  };
  co_await db.transaction(inside);
  CHECK(driver->finds().size() == 4);
  CHECK(driver->most() == 1);  // one after another on the transaction's session
  co_await db.close();
}
TEST_CASE("relationships of one result load side by side, in a transaction one after another") {
  kinship::test::run(side_by_side());
}

// All that the relationships of the blog say, as text.
static awaitable<std::string> all_of(Database db) {
  std::string text;
  auto users = co_await db.find<User>().order_by<&User::name>().all();
  for (User& user : users) {
    text += user.name + (co_await user.profile.get() ? "+" : "-") + std::to_string(co_await user.posts.count()) + ":";
    for (Post& post : co_await user.posts.order_by<&Post::title>().all()) {
      text += post.title + "(";
      for (Comment& comment : co_await post.top_comments.all()) text += std::to_string(comment.likes);
      for (Tag& tag : co_await post.tags.order_by<&Tag::name>().limit(2).all()) text += tag.name;
      for (Tag& tag : co_await post.tags.all()) text += tag.name;
      text += ")";
    }
  }
  auto posts = co_await db.find<Post>().order_by<&Post::title>(-1).with(&Post::author, &User::posts, &Post::tags).all();
  for (const Post& post : posts) {
    text += post.author.loaded()->name;
    for (const Post& sibling : post.author.loaded()->posts) text += sibling.title + std::to_string(sibling.tags.size());
  }
  auto counts = co_await db.batch_count(posts, &Post::comments);
  for (const std::uint64_t count : counts) text += std::to_string(count);
  auto plan = co_await db.plan_remove(users[0]);
  text += to_string(plan);
  co_return text;
}

static awaitable<void> any_size() {
  std::string expected;
  for (const std::size_t chunk : {0, 1, 2, 3, 7}) {
    CAPTURE(chunk);
    std::shared_ptr<RecordingDriver> driver;
    Made made;
    Database db = co_await recorded(&driver, &made, 5, 3, 4);
    std::vector<Tag> tags(4);
    for (std::size_t i = 0; i < tags.size(); ++i) tags[i].name = "t" + std::to_string(i);
    co_await db.insert_many(tags);
    for (std::size_t i = 0; i < made.posts.size(); ++i) {
      std::vector<Tag> some(tags.begin(), tags.begin() + static_cast<std::ptrdiff_t>(i % 5));
      co_await made.posts[i].tags.replace(some);
    }
    Profile profile;
    co_await made.users[2].profile.set(profile);
    driver->take(chunk);
    driver->forget();
    const std::string text = co_await all_of(db);
    if (chunk == 0) expected = text;
    CHECK(text == expected);
    for (const FindOperation& find : driver->finds())
      if (chunk != 0 && find.collection == "comments") CHECK(keys_in(find, "post_id") <= chunk);
    auto result = co_await db.remove(made.users[0]);
    CHECK(result.deleted() == 1 + 3 + 12 + (0 + 1 + 2));  // with the rows of tags of its posts
    CHECK(result.atomic());
    CHECK(co_await db.find<Comment>().count() == 48);
    co_await db.close();
  }
}
TEST_CASE("loads, counts and cascades mean the same whatever number of keys the store takes at a time") {
  kinship::test::run(any_size());
}

static awaitable<void> removals() {
  std::shared_ptr<RecordingDriver> driver;
  Made made;
  Database db = co_await recorded(&driver, &made, 5, 2, 2);
  const auto rest = [&] { return db.find<Comment>().count(); };
  co_await db.remove(made.users[0]);
  CHECK(co_await rest() == 16);
  co_await db.remove_many<User>({"name", "u1"});
  CHECK(co_await rest() == 12);
  co_await db.find<User>().where({"name", "u2"}).remove_all();
  CHECK(co_await rest() == 8);
  auto user = co_await db.get<User>(made.users[3].id);
  co_await user->posts.cascade_delete();
  CHECK(co_await rest() == 4);
  CHECK(co_await db.find<User>().count() == 2);
  auto last = co_await db.get<User>(made.users[4].id);
  co_await last->posts.where({"title", "u4p0"}).remove_all();
  CHECK(co_await rest() == 2);
  auto nothing = co_await db.remove_many<User>({"name", "nobody"});
  CHECK(nothing.deleted() == 0);
  co_await db.close();
}
TEST_CASE("every typed removal takes along what its relationships say") { kinship::test::run(removals()); }
