// What a user may do that nobody meant: duplicates, nothing, null, the same thing twice, on itself, after the end.
// Every loading states the number of store operations.
#include <doctest/doctest.h>

#include <boost/describe.hpp>
#include <kinship/kinship.hpp>

#include "orm/blog_data.hpp"
#include "orm/desk.hpp"
#include "support/run.hpp"

namespace people {

struct Follow;
struct Person {
  std::string id{};
  kinship::BelongsTo<Person> mentor{};
  kinship::OneToMany<Person> pupils{};
  kinship::OneToOne<Person> favourite_of{};  // the one whose favourite this is
  kinship::BelongsTo<Person> favourite{};
  kinship::ManyToMany<Person> follows{}, followers{};
};
struct Follow {
  kinship::ObjectId id{};
  kinship::BelongsTo<Person> who{}, whom{};
};
BOOST_DESCRIBE_STRUCT(Person, (), (id, mentor, favourite))
BOOST_DESCRIBE_STRUCT(Follow, (), (id, who, whom))
inline kinship::Model mapping(kinship::of<Person>) {
  return kinship::define<Person>("people")
      .belongs_to<&Person::mentor>()
      .one_to_many<&Person::pupils, &Person::mentor>({.on_delete = kinship::OnDelete::nullify})
      .belongs_to<&Person::favourite>()
      .one_to_one<&Person::favourite_of, &Person::favourite>()
      .many_to_many<&Person::follows, &Follow::who, &Follow::whom>()
      .many_to_many<&Person::followers, &Follow::whom, &Follow::who>();
}
inline kinship::Model mapping(kinship::of<Follow>) {
  return kinship::define<Follow>("follows").belongs_to<&Follow::who>().belongs_to<&Follow::whom>();
}

}  // namespace people

using namespace desk;
using people::Person;

static awaitable<void> on_itself() {
  Database db = co_await kinship::testing::memory();
  co_await db.ensure_indexes<Person>();
  std::vector<Person> made(5);
  for (std::size_t i = 0; i < made.size(); ++i) made[i].id = std::string(1, static_cast<char>('a' + i));
  for (std::size_t i = 1; i < made.size(); ++i) made[i].mentor = made[(i - 1) / 2];
  made[0].mentor = made[0];  // one's own
  made[1].favourite = made[1];
  co_await db.insert_many(made);
  co_await made[0].follows.add(made[1]);
  co_await made[0].follows.add(made[0]);
  co_await made[2].follows.add(made[0]);
  auto all = co_await db.find<Person>().order_by<&Person::id>().all();
  QueryCounter queries(db);
  std::size_t seen = 0;
  for (Person& person : all)
    for (Person& pupil : co_await person.pupils.all())
      for (Person& grand : co_await pupil.pupils.all()) seen += grand.mentor.id() == pupil.id;
  CHECK(seen == 3 + 2 + 0);  // a's pupils a, b, c have 3, 2 and 0
  CHECK(queries.count() == 2);
  queries.reset();
  auto mine = co_await all[1].favourite_of.get();
  REQUIRE(mine);
  CHECK(mine->id == "b");
  CHECK(queries.count() == 1);
  queries.reset();
  auto follows = co_await all[0].follows.all();
  auto followers = co_await all[0].followers.all();
  CHECK(follows.size() == 2);
  CHECK(followers.size() == 2);
  CHECK(queries.count() == 4);
  CHECK(co_await made[1].followers.contains(made[0]));
  CHECK(!co_await made[1].follows.contains(made[0]));
  co_await db.batch_load(all, &Person::mentor, &Person::mentor, &Person::pupils);
  CHECK(all[4].mentor.loaded()->mentor.loaded()->pupils.size() == 3);
  auto removed = co_await db.remove(all[0]);
  CHECK(removed.deleted() == 4);  // a, and three rows of following
  CHECK(removed.updated() == 2);  // b and c; a's own reference goes with it
  CHECK(co_await db.find<people::Follow>().count() == 0);
  auto orphan = co_await db.get<Person>("b");
  CHECK(!orphan->mentor.id());
  co_await db.close();
}
TEST_CASE("relationships of a model with itself, in circles of one") { kinship::test::run(on_itself()); }

static awaitable<void> nothing() {
  Database db = co_await kinship::testing::memory();
  Clerk ann = co_await clerk_in(db, "ann");
  std::vector<Item> items(3);
  items[2].clerk = kinship::ObjectId::make();  // leads nowhere
  co_await db.insert_many(items);
  QueryCounter queries(db);
  auto none = co_await items[0].clerk.get();
  CHECK(!none);
  CHECK(items[1].clerk.is_loaded());
  CHECK(items[1].clerk.loaded() == nullptr);
  CHECK(queries.count() == 0);  // null asks for nothing
  auto nowhere = co_await items[2].clerk.get();
  CHECK(!nowhere);
  CHECK(items[2].clerk.loaded() == nullptr);
  CHECK(queries.count() == 1);
  queries.reset();
  std::vector<Item> some(2);
  co_await db.insert_many(some);
  queries.reset();
  co_await db.batch_load(some, &Item::clerk, &Clerk::items);
  std::vector<Clerk> nobody;
  co_await db.batch_load(nobody, &Clerk::items, &Item::clerk);
  auto counts = co_await db.batch_count(nobody, &Clerk::items);
  CHECK(counts.empty());
  std::vector<kinship::ObjectId> no_ids;
  auto none_found = co_await db.find_many<Item>(no_ids);
  CHECK(none_found.empty());
  auto empty_result = co_await db.find<Clerk>().where({"name", "nobody"}).with(&Clerk::items, &Item::clerk).all();
  CHECK(empty_result.empty());
  CHECK(queries.count() == 1);
  queries.reset();
  std::vector<Item> no_items;
  co_await ann.items.replace(no_items);
  CHECK(queries.count() == 1);
  CHECK(ann.items.is_loaded());
  CHECK(ann.items.empty());
  co_await ann.items.clear();
  auto gone = co_await ann.items.cascade_delete();
  CHECK(gone.deleted() == 0);
  CHECK(gone.steps().empty());
  Article article;
  co_await db.insert(article);
  queries.reset();
  auto no_labels = co_await article.labels.all();
  CHECK(no_labels.empty());
  CHECK(article.labels.is_loaded());
  CHECK(queries.count() == 0);  // an empty array asks for nothing
  co_await db.insert_many(no_items);
  co_await db.save_many(no_items);
  co_await db.close();
}
TEST_CASE("nothing, null, and keys that lead nowhere") { kinship::test::run(nothing()); }

static awaitable<void> twice() {
  Database db = co_await kinship::testing::memory();
  Clerk ann = co_await clerk_in(db, "ann");
  std::vector<Item> items(2);
  co_await db.insert_many(items);
  std::vector<Item> same{items[0], items[0], items[1]};
  co_await ann.items.replace(same);
  CHECK(ann.items.size() == 2);
  CHECK(co_await ann.items.count() == 2);
  blog::Post post;
  blog::Tag tag;
  co_await db.insert(post);
  co_await db.insert(tag);
  std::vector<blog::Tag> tags{tag, tag};
  co_await post.tags.replace(tags);
  CHECK(post.tags.size() == 1);
  CHECK(co_await post.tags.count() == 1);
  co_await post.tags.add(tag);
  CHECK(post.tags.size() == 1);
  co_await post.tags.remove(tag);
  co_await post.tags.remove(tag);
  CHECK(post.tags.empty());
  Article article;
  co_await db.insert(article);
  Label label;
  co_await db.insert(label);
  std::vector<Label> labels{label, label};
  co_await article.labels.replace(labels);
  CHECK(article.labels.size() == 2);  // an array keeps duplicates
  auto stored = co_await db.get<Article>(article.id);
  CHECK(stored->label_ids.size() == 2);
  // The same owner twice, and pointers.
  std::vector<Clerk*> owners{&ann, &ann};
  ann.items.clear_cache();
  QueryCounter queries(db);
  co_await db.batch_load(owners, &Clerk::items);
  CHECK(queries.count() == 1);
  CHECK(ann.items.size() == 2);
  std::vector<kinship::ObjectId> ids{items[1].id, kinship::ObjectId::make(), items[0].id, items[1].id};
  auto found = co_await db.find_many<Item>(ids);
  REQUIRE(found.size() == 3);
  CHECK(found[0].id == found[2].id);
  found[0].title = "mine";
  CHECK(found[2].title.empty());  // two objects
  CHECK(queries.count() == 2);
  auto both = co_await db.find<Clerk>().with(&Clerk::items).with(&Clerk::items, &Item::clerk).all();
  CHECK(queries.count() == 4);  // clerks, items; the clerk of each is who it was loaded for
  CHECK(both[0].items[0].clerk.loaded()->name == "ann");
  // A filtered relationship contains only its own.
  Label red;
  red.name = "red";
  co_await article.labels.add(red);
  CHECK(co_await article.red_labels.contains(red));
  CHECK(co_await article.labels.contains(label));
  CHECK(!co_await article.red_labels.contains(label));
  co_await db.close();
}
TEST_CASE("the same thing twice is once, but in an id array") { kinship::test::run(twice()); }

static awaitable<void> after_the_end() {
  Database db = co_await kinship::testing::memory();
  Clerk ann = co_await clerk_in(db, "ann");
  Item item;
  co_await ann.items.add(item);
  auto loaded = co_await ann.items.all();
  co_await db.remove(ann);
  CHECK(ann.items.size() == 1);  // what was loaded stays
  CHECK(co_await ann.items.count() == 1);
  auto owner = co_await loaded[0].clerk.get();
  CHECK(owner->name == "ann");  // as it was loaded
  loaded[0].clerk.clear_cache();
  auto none = co_await loaded[0].clerk.get();
  CHECK(!none);
  const Caught again = co_await caught(db.remove(ann));
  CHECK(again.code == errc::not_found);
  ann.name = "zombie";
  const Caught save = co_await caught(db.save(ann));
  CHECK(save.code == errc::not_found);
  Claim claim;
  const Caught validated = co_await caught(ann.claims.add(claim));
  CHECK(validated.code == errc::not_found);
  CHECK(claim.id.is_nil());
  Label label;
  Article article;
  co_await db.insert(article);
  co_await db.remove(article);
  const Caught linked = co_await caught(article.labels.add(label));
  CHECK(linked.code == errc::not_found);
  CHECK(co_await db.find<Label>().count() == 0);  // the label that was to be linked is not stored either
  // Moved from, an object is unbound; moved to, it goes on.
  Clerk bob = co_await clerk_in(db, "bob");
  Clerk moved = std::move(bob);
  const Caught unbound = co_await caught(bob.items.all());
  CHECK(unbound.code == errc::unbound);
  CHECK(!bob.items.is_loaded());
  bob.items.clear_cache();
  auto items = co_await moved.items.all();
  CHECK(items.empty());
  bob = moved;
  CHECK(bob.items.is_loaded());
  std::vector<Clerk> grown;
  for (int i = 0; i < 5; ++i) grown.push_back(bob);
  CHECK(grown[0].items.is_loaded());
  bob = Clerk();
  const Caught fresh = co_await caught(bob.items.count());
  CHECK(fresh.code == errc::unbound);
  co_await db.close();
  const Caught closed = co_await caught(moved.items.count());
  CHECK(closed.code == errc::unavailable);
  CHECK(moved.items.size() == 0);
}
TEST_CASE("relationships after a removal, a move, and the end of the database") { kinship::test::run(after_the_end()); }
