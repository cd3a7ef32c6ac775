// Every public call of the design's table that users' code relies on, by that name and in that shape, used once.
// What the calls mean in detail is tested elsewhere; here a renamed or missing one fails to compile.
#include <doctest/doctest.h>

#include <filesystem>
#include <sstream>

#include <unistd.h>

#include <kinship/kinship.hpp>
#include <kinship/value/json.hpp>

#include "orm/blog_data.hpp"
#include "orm/caught.hpp"
#include "support/run.hpp"

using namespace blog;
using kinship::errc;
using kinship::json;
using kinship::test::Caught;
using kinship::test::caught;

static awaitable<void> database_calls() {
  kinship::ConnectOptions options;
  Database db = co_await kinship::connect("sqlite::memory:", options);
  db.models<User, Post, Comment, Tag>();
  co_await db.ensure_indexes<User, Post>();
  std::size_t events = 0;
  db.observe([&](const kinship::OperationEvent& event) { events += !event.operation.empty(); });

  User user;
  user.name = "ann";
  co_await db.insert(user);
  std::vector<Post> posts(3);
  for (Post& post : posts) post.author = user;
  co_await db.insert_many(posts);
  posts[0].title = "one";
  co_await db.save(posts[0]);
  for (Post& post : posts) post.title += "!";
  co_await db.save_many(posts);

  std::optional<User> got = co_await db.get<User>(user.id);
  REQUIRE(got);
  std::vector<kinship::ObjectId> ids{posts[2].id, posts[0].id};
  kinship::Rows<Post> many = co_await db.find_many<Post>(ids);
  REQUIRE(many.size() == 2);
  CHECK(many[1].title == "one!");
  kinship::Query<Post> query = db.find<Post>();
  CHECK(co_await query.count() == 3);

  co_await db.batch_load(many, &Post::author);
  CHECK(many[0].author.loaded()->name == "ann");
  std::vector<std::uint64_t> counts = co_await db.batch_count(*got, &User::posts);
  CHECK(counts == std::vector<std::uint64_t>{3});
  CHECK(co_await db.update_many<Post>({"title", "!"}, kinship::set<&Post::title>("two")) == 2);

  auto move = [&](Database tx) -> awaitable<int> {
    User bound = tx.bind(*got);
    const std::uint64_t inside = co_await bound.posts.count();
    co_return static_cast<int>(inside);
  };
  const int inside = co_await db.transaction(move);
  CHECK(inside == 3);

  Database other = db.with_options(kinship::Options().timeout(std::chrono::seconds(5)).comment("table"));
  CHECK(co_await other.find<Post>().exists());
  CHECK(other.stats().operations == 1);
  CHECK(db.stats().operations > 5);
  CHECK(db.stats().documents > 3);
  CHECK(events > 5);

  kinship::CascadePlan plan = co_await db.plan_remove(user);
  CHECK(plan.deleted() == 4);
  CHECK(plan.updated() == 0);
  REQUIRE(!plan.steps().empty());
  CHECK(plan.steps()[0].relationship == "User.posts");
  CHECK(plan.steps()[0].action == kinship::CascadeAction::remove);
  CHECK(plan.steps()[0].count == 3);
  std::ostringstream text;
  text << plan;
  CHECK(text.str() == to_string(plan));
  json as_json = plan;
  CHECK(as_json["deleted"] == 4);
  kinship::CascadeResult few = co_await db.remove_many<Post>({"title", "one!"});
  CHECK(few.deleted() == 1);
  kinship::CascadeResult all = co_await db.remove(user);
  CHECK(all.deleted() == 3);
  CHECK(all.atomic());
  json result = all;
  CHECK(result["atomic"] == true);

  const json ping = {{"ping", 1}};
  const json pong = co_await db.command(ping);
  CHECK(pong["ok"] == 1);
  const auto path = std::filesystem::temp_directory_path() / ("kinship_table_" + std::to_string(::getpid()));
  co_await db.backup(path.string());
  CHECK(std::filesystem::remove(path));
  co_await db.close(std::chrono::steady_clock::now() + std::chrono::seconds(5));
  const Caught closed = co_await caught(db.get<User>(user.id));
  CHECK(closed.code == errc::unavailable);
}
TEST_CASE("the calls of Database") { kinship::test::run(database_calls()); }

static awaitable<void> query_calls() {
  Made made;
  Database db = co_await filled(&made, 2, 3, 2);
  auto query = db.find<Post>()
                   .where({"title", "u0p1"})
                   .where(kinship::field<&Post::title> != "x")
                   .order_by<&Post::title>(-1)
                   .skip(0)
                   .limit(50)
                   .timeout(std::chrono::seconds(5))
                   .with(&Post::comments)
                   .with(&Post::author, &User::profile);
  kinship::Rows<Post> rows = co_await query.all();
  REQUIRE(rows.size() == 1);
  CHECK(!rows.empty());
  CHECK(rows.begin()->comments.size() == 2);
  CHECK(rows[0].author.loaded()->profile.loaded() == nullptr);
  std::optional<Post> first = co_await query.first();
  CHECK(first->title == "u0p1");
  CHECK(co_await query.count() == 1);
  CHECK(co_await query.exists());
  auto partial = co_await db.find<Post>().select<&Post::title>().all();
  CHECK(!partial[0].title.empty());
  CHECK(!partial[0].author.id());
  auto strict = co_await db.find<User>().strict().first();
  const Caught refused = co_await caught(strict->posts.all());
  CHECK(refused.code == errc::strict_loading);
  auto stepped = co_await db.find<User>()
                     .with(kinship::step(&User::posts).where({"title", "u0p0"}).order_by<&Post::title>().limit(1))
                     .all();
  CHECK(stepped[0].posts.size() + stepped[1].posts.size() == 1);
  auto stream = db.find<Post>().stream(4);
  std::size_t streamed = 0;
  for (;;) {
    auto batch = co_await stream.next();
    if (batch.empty()) break;
    streamed += batch.size();
  }
  CHECK(streamed == 6);
  CHECK(co_await db.find<Comment>().where({"likes", 1}).update_all(kinship::inc<&Comment::likes>(5)) == 6);
  kinship::CascadeResult removed = co_await db.find<Comment>().where({"likes", 6}).remove_all();
  CHECK(removed.deleted() == 6);
  co_await db.close();
}
TEST_CASE("the calls of Query and Rows") { kinship::test::run(query_calls()); }

static awaitable<void> relationship_calls() {
  Made made;
  Database db = co_await filled(&made, 1, 2, 2);
  auto user = co_await db.get<User>(made.users[0].id);
  Post fresh;
  fresh.title = "fresh";
  co_await user->posts.add(fresh);
  kinship::Rows<Post> all = co_await user->posts.all();
  CHECK(all.size() == 3);
  CHECK(user->posts.is_loaded());
  CHECK(user->posts.size() == 3);
  CHECK(user->posts[0].title == "u0p0");
  CHECK(co_await user->posts.first());
  CHECK(co_await user->posts.count() == 3);
  CHECK(co_await user->posts.exists());
  CHECK(co_await user->posts.contains(fresh));
  CHECK(co_await user->posts.where({"title", "fresh"}).count() == 1);
  CHECK(co_await user->posts.order_by<&Post::title>(-1).skip(1).limit(1).count() == 1);
  CHECK(co_await user->posts.skip(2).count() == 1);
  CHECK(co_await user->posts.limit(2).count() == 2);
  CHECK(co_await user->posts.query().count() == 3);
  CHECK(co_await user->posts.cascade_update(kinship::set<&Post::title>("t")) == 3);
  co_await user->posts.remove(fresh);
  std::vector<Post> only(1, fresh);
  co_await user->posts.replace(only);
  CHECK(user->posts.size() == 1);
  co_await user->posts.clear();
  CHECK(user->posts.empty());
  user->posts.clear_cache();
  CHECK(!user->posts.is_loaded());
  co_await user->posts.add(made.posts[0]);
  kinship::CascadeResult gone = co_await user->posts.cascade_delete();
  CHECK(gone.deleted() == 3);  // the post and its comments

  Post post;
  co_await db.insert(post);
  Tag tag;
  co_await post.tags.add(tag);
  Tag other;
  PostTag link;
  link.weight = 3;
  co_await post.tags.add(other, link);
  kinship::Rows<PostTag> links = co_await post.tags.links<PostTag>();
  REQUIRE(links.size() == 2);
  CHECK(links[1].weight == 3);
  CHECK(co_await post.tags.contains(tag));
  std::vector<Tag> tags(1, other);
  co_await post.tags.replace(tags);
  CHECK(post.tags[0].id == other.id);
  co_await post.tags.remove(other);
  co_await post.tags.clear();

  Profile profile;
  profile.bio = "b";
  co_await user->profile.set(profile);
  CHECK(user->profile.is_loaded());
  CHECK(user->profile.loaded()->bio == "b");
  user->profile.clear_cache();
  std::optional<Profile> read = co_await user->profile.get();
  CHECK(read->bio == "b");
  co_await user->profile.unset();
  CHECK(user->profile.loaded() == nullptr);

  post.author = *user;
  CHECK(post.author.id() == user->id);
  CHECK(!post.author.is_loaded());
  co_await db.save(post);
  std::optional<User> author = co_await post.author.get();
  CHECK(author->name == "u0");
  CHECK(post.author.loaded()->name == "u0");
  post.author.clear_cache();
  CHECK(!post.author.is_loaded());
  kinship::detach(post);
  co_await db.close();
}
TEST_CASE("the calls of relationships") { kinship::test::run(relationship_calls()); }

static awaitable<void> conditions_and_updates() {
  Made made;
  Database db = co_await filled(&made, 1, 1, 6);  // likes 0..5
  const auto count = [&](kinship::Condition condition) { return db.find<Comment>().where(std::move(condition)).count(); };
  constexpr auto likes = kinship::field<&Comment::likes>;
  CHECK(co_await count({"likes", 2}) == 1);
  CHECK(co_await count(likes > 3) == 2);
  CHECK(co_await count(likes.in(1, 2, 9)) == 2);
  std::vector<int> range{0, 5};
  CHECK(co_await count(likes.in(range)) == 2);
  CHECK(co_await count(likes >= 1 && likes < 3) == 2);
  CHECK(co_await count(likes <= 0 || likes == 5) == 2);
  CHECK(co_await count(!(likes == 5)) == 5);
  const json filter = {{"likes", {{"$mod", {2, 0}}}}};
  CHECK(co_await count(kinship::raw(filter)) == 3);
  CHECK(co_await db.update_many<Comment>(likes > 3, kinship::set("text", "x")) == 2);
  kinship::Update both = kinship::set<&Comment::text>("y").inc<&Comment::likes>(1);
  CHECK(co_await db.update_many<Comment>({"text", "x"}, both) == 2);
  CHECK(co_await count(kinship::Condition("text", "y") && likes == 6) == 1);

  kinship::RelationshipConfig config{.cascade_delete = false,
                                     .on_delete = kinship::OnDelete::nothing,
                                     .filter = {"likes", 1},
                                     .order_by = {{"likes", 1}},
                                     .limit = 1,
                                     .lazy_load = true,
                                     .fetch = kinship::Fetch::siblings,
                                     .validate = false,
                                     .orphan_removal = false,
                                     .batch_size = 0};
  CHECK(config.limit == 1);
  std::vector<kinship::RelationshipMetadata> metadata = kinship::relationships_of<Post>();
  CHECK(metadata.size() == 4);
  kinship::RelationshipManager& base = made.posts[0].comments;
  CHECK(base.metadata().label() == "Post.comments");

  const Caught unknown = co_await caught(count({"liked", 1}));
  CHECK(unknown.code == errc::unknown_field);
  try {
    co_await db.find<Post>().where({"author", "not an id"}).count();
    FAIL("accepted");
  } catch (const boost::system::system_error& e) {
    CHECK(e.code() == errc::type_mismatch);
    const auto& ours = dynamic_cast<const kinship::error&>(e);
    CHECK(ours.model() + ours.relationship() + ours.operation() + ours.key() != "");
    CHECK(ours.outcome() == kinship::Outcome::not_applied);
  }
  co_await db.close();
}
TEST_CASE("conditions, updates, configuration, metadata and errors") { kinship::test::run(conditions_and_updates()); }
