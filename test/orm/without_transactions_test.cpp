// A store without transactions, as a single mongod is: every write works, cascades go children first and can be done again,
// and what breaks off halfway says `partial`. Runs on servers that have none, and on others behind a driver that hides them.
#include <doctest/doctest.h>

#include "orm/blog_data.hpp"
#include "orm/desk.hpp"
#include "support/run.hpp"

namespace {

using namespace blog;
using kinship::errc;
using kinship::Outcome;
using kinship::test::Caught;
using kinship::test::caught;

class WithoutTransactions final : public kinship::testing::FaultyDriver {
 public:
  using kinship::testing::FaultyDriver::FaultyDriver;

  kinship::Capabilities capabilities() const override {
    kinship::Capabilities out = kinship::testing::FaultyDriver::capabilities();
    out.transactions = false;
    return out;
  }
  awaitable<std::shared_ptr<kinship::Session>> begin(std::string, kinship::OperationContext) override { return refuse(); }

 private:
  static awaitable<std::shared_ptr<kinship::Session>> refuse() {
    throw kinship::error(errc::unsupported, "this store has no transactions");
    co_return nullptr;
  }
};

struct Store {
  Database db{};
  std::shared_ptr<WithoutTransactions> driver{};
  Made made{};
};

awaitable<void> open(Store* store, int users, int posts, int comments) {
  Database below = co_await kinship::testing::memory();
  store->driver = std::make_shared<WithoutTransactions>(kinship::testing::driver_of(below));
  store->db = Database(store->driver);
  store->db.models<User, Post, Comment, Tag, PostTag, Profile>();
  if (users == 0) co_return;
  co_await fill(store->db, &store->made, users, posts, comments);
  Tag tag;
  co_await store->made.posts[0].tags.add(tag);
  Profile profile;
  co_await store->made.users[0].profile.set(profile);
}

// Documents that refer to one that is not there.
awaitable<int> orphans(Database db) {
  int count = 0;
  auto comments = co_await db.find<Comment>().all();
  for (const Comment& comment : comments) {
    auto post = co_await comment.post.get();
    count += post ? 0 : 1;
  }
  auto posts = co_await db.find<Post>().all();
  for (const Post& post : posts) {
    auto author = co_await post.author.get();
    count += author ? 0 : 1;
  }
  auto links = co_await db.find<PostTag>().all();
  for (const PostTag& link : links) {
    auto post = co_await link.post.get();
    count += post ? 0 : 1;
  }
  co_return count;
}

awaitable<void> cascades() {
  Store store;
  co_await open(&store, 3, 2, 2);
  auto plan = co_await store.db.plan_remove(store.made.users[0]);
  CHECK(plan.deleted() == 1 + 1 + 2 + 4 + 1);
  kinship::testing::QueryCounter queries(store.db);
  auto result = co_await store.db.remove(store.made.users[0]);
  CHECK(queries.count() <= 8);
  CHECK(result.deleted() == plan.deleted());
  CHECK_FALSE(result.atomic());
  CHECK(kinship::to_string(result).find("not in one transaction") != std::string::npos);
  CHECK(co_await orphans(store.db) == 0);
  CHECK(co_await store.db.find<Post>().count() == 4);
  CHECK(co_await store.db.find<PostTag>().count() == 0);
  co_await store.db.close();
}

// Breaks off at each call in turn; true when there was no such call any more.
awaitable<bool> broken_off_at(std::uint64_t call) {
  Store store;
  co_await open(&store, 2, 2, 2);
  store.driver->fail_at(call);
  const Caught e = co_await caught(store.db.remove(store.made.users[0]));
  const bool whole = !store.driver->failed();
  store.driver->fail_at(0);
  CHECK(e.happened != whole);
  CHECK(co_await orphans(store.db) == 0);  // children went first
  auto posts = co_await store.db.find<Post>().count();
  auto comments = co_await store.db.find<Comment>().count();
  auto profiles = co_await store.db.find<Profile>().count();
  auto links = co_await store.db.find<PostTag>().count();
  if (!whole) {
    CHECK(e.code == errc::unavailable);
    const bool nothing_gone = posts == 4 && comments == 8 && profiles == 1 && links == 1;
    CHECK(e.outcome == (nothing_gone ? Outcome::not_applied : Outcome::partial));
    CHECK(e.says("do it again to finish") == !nothing_gone);
    auto rest = co_await store.db.remove(store.made.users[0]);
    CHECK(rest.deleted() == 1 + 1 + 2 + 4 + 1 - (4 - posts) - (8 - comments) - (1 - profiles) - (1 - links));
  }
  CHECK(co_await store.db.find<Post>().count() == 2);
  CHECK(co_await store.db.find<Comment>().count() == 4);
  CHECK(co_await store.db.find<Profile>().count() == 0);
  CHECK(co_await store.db.find<PostTag>().count() == 0);
  CHECK(co_await store.db.find<User>().count() == 1);
  co_await store.db.close();
  co_return whole;
}

awaitable<void> broken_off() {
  std::uint64_t call = 1;
  while (call < 30) {
    const bool whole = co_await broken_off_at(call);
    if (whole) break;
    ++call;
  }
  CHECK(call > 5);
  CHECK(call < 30);
}

awaitable<void> links() {
  Store store;
  co_await open(&store, 2, 2, 0);
  User& ann = store.made.users[0];
  Post post;
  post.title = "new";
  co_await ann.posts.add(post);
  CHECK(co_await ann.posts.count() == 3);
  Tag red, blue, green;
  Post& first = store.made.posts[0];
  co_await first.tags.clear();
  co_await first.tags.add(red);
  co_await first.tags.add(red);
  co_await first.tags.add(blue);
  CHECK(co_await first.tags.count() == 2);
  co_await store.db.insert(green);
  std::vector<Tag> others(2);
  others[0] = blue;
  others[1] = green;
  co_await first.tags.replace(others);
  CHECK(co_await first.tags.count() == 2);
  CHECK(co_await first.tags.contains(others[1]));
  co_await first.tags.remove(blue);
  CHECK(co_await first.tags.count() == 1);
  Profile profile;
  co_await ann.profile.set(profile);  // in the other's place
  auto profiles = co_await store.db.find<Profile>().where({"user", ann.id}).all();
  CHECK(profiles.size() == 1);
  CHECK(profiles[0].id == profile.id);
  co_await ann.profile.unset();
  CHECK(co_await store.db.find<Profile>().where({"user", ann.id}).count() == 0);
  std::vector<Post> rest;
  rest.push_back(post);
  co_await ann.posts.replace(rest);
  CHECK(co_await ann.posts.count() == 1);
  co_await ann.posts.clear();
  CHECK(co_await ann.posts.count() == 0);
  co_await store.db.close();
}

awaitable<void> several() {
  Store store;
  co_await open(&store, 0, 0, 0);
  std::vector<User> users(3);
  co_await store.db.save_many(users);
  for (User& user : users) user.name = "x";
  users.emplace_back();
  co_await store.db.save_many(users);
  CHECK(co_await store.db.find<User>().where({"name", "x"}).count() == 3);
  CHECK(co_await store.db.find<User>().count() == 4);
  desk::Clerk clerk = co_await desk::clerk_in(store.db, "ann");
  desk::Claim claim;
  co_await clerk.claims.add(claim);  // validated
  desk::Claim stray;
  stray.clerk = clerk;
  auto gone = co_await store.db.remove(clerk);
  const Caught refused = co_await caught(store.db.insert(stray));
  CHECK(refused.code == errc::not_found);
  CHECK(refused.outcome == Outcome::not_applied);
  CHECK(stray.id.is_nil());
  co_await store.db.close();
}

// What is new is stored before the rest fails: it keeps its key, so that saving again does not store it twice.
awaitable<void> halfway() {
  Store store;
  co_await open(&store, 0, 0, 0);
  std::vector<User> users(1);
  co_await store.db.insert_many(users);
  users.emplace_back();
  users[0].name = "changed";
  User missing;
  missing.id = kinship::ObjectId::make();
  users.push_back(missing);
  const Caught e = co_await caught(store.db.save_many(users));
  CHECK(e.code == errc::not_found);
  CHECK(e.outcome == Outcome::partial);
  const std::uint64_t stored = co_await store.db.find<User>().count();
  CHECK(stored == (users[1].id.is_nil() ? 1 : 2));
  users.pop_back();
  co_await store.db.save_many(users);
  CHECK(co_await store.db.find<User>().count() == 2);
  co_await store.db.close();
}

awaitable<void> refusals() {
  Store store;
  co_await open(&store, 1, 1, 0);
  auto work = [](Database) -> awaitable<void> { co_return; };
  const Caught transaction = co_await caught(store.db.transaction(work));
  CHECK(transaction.code == errc::unsupported);
  CHECK(transaction.says("has no transactions"));
  co_await store.db.close();
}

}  // namespace

TEST_CASE("without transactions a removal goes children first, and says so") { kinship::test::run(cascades()); }
TEST_CASE("without transactions a removal that breaks off leaves no orphan, and is finished by another") {
  kinship::test::run(broken_off());
}
TEST_CASE("without transactions relationships are linked and unlinked") { kinship::test::run(links()); }
TEST_CASE("without transactions several objects are saved, and parents are checked") { kinship::test::run(several()); }
TEST_CASE("without transactions what was stored before a failure keeps its key") { kinship::test::run(halfway()); }
TEST_CASE("without transactions db.transaction is refused in words") { kinship::test::run(refusals()); }
