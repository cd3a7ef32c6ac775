// ManyToMany by an id array, seen from both sides: the array's order, duplicates, links that are idempotent.
// The holder's array is the only place a link is stored.
#include <doctest/doctest.h>

#include <kinship/collection.hpp>
#include <kinship/value/json.hpp>

#include "orm/desk.hpp"
#include "support/run.hpp"

using namespace desk;

static awaitable<std::vector<Label>> labels_in(Database db) {
  std::vector<Label> labels(3);
  labels[0].name = "red";
  labels[1].name = "green";
  labels[2].name = "blue";
  co_await db.insert_many(labels);
  co_return labels;
}

static std::string names(const kinship::Rows<Label>& rows) {
  std::string text;
  for (const Label& label : rows) text += label.name + " ";
  return text;
}

static awaitable<void> loading() {
  Database db = co_await kinship::testing::memory();
  std::vector<Label> labels = co_await labels_in(db);
  std::vector<Article> articles(2);
  articles[0].label_ids = {labels[2].id, labels[0].id, labels[2].id};
  articles[1].label_ids = {labels[1].id, kinship::ObjectId::make()};
  co_await db.insert_many(articles);
  QueryCounter queries(db);
  auto first = co_await articles[0].labels.all();
  CHECK(names(first) == "blue red blue ");
  auto second = co_await articles[1].labels.all();
  CHECK(names(second) == "green ");  // what does not exist is left out
  CHECK(queries.count() == 1);
  auto from = co_await labels[2].articles.all();
  REQUIRE(from.size() == 1);
  CHECK(from[0].id == articles[0].id);
  auto none = co_await labels[0].articles.where({"title", "x"}).all();
  CHECK(none.empty());
  CHECK(co_await labels[1].articles.count() == 1);
  CHECK(co_await articles[0].labels.contains(labels[0]));
  CHECK(!co_await articles[0].labels.contains(labels[1]));
  CHECK(co_await labels[0].articles.contains(articles[0]));
  auto red = co_await articles[0].red_labels.all();
  CHECK(names(red) == "red ");
  auto counts = co_await db.batch_count(labels, &Label::articles);
  CHECK(counts[0] == 1);
  CHECK(counts[1] == 1);
  co_await db.close();
}
TEST_CASE("an id array loads in its order, duplicates kept") { kinship::test::run(loading()); }

static awaitable<void> linking() {
  Database db = co_await kinship::testing::memory();
  std::vector<Label> labels = co_await labels_in(db);
  Article article;
  article.title = "a";
  co_await db.insert(article);
  co_await article.labels.add(labels[1]);
  co_await article.labels.add(labels[1]);
  CHECK(article.labels.is_loaded() == false);
  CHECK(co_await article.labels.count() == 1);
  Label fresh;
  fresh.name = "fresh";
  co_await article.labels.add(fresh);
  CHECK(!fresh.id.is_nil());
  auto both = co_await article.labels.all();
  CHECK(names(both) == "green fresh ");
  // From the other side.
  Article other;
  other.title = "b";
  co_await labels[0].articles.add(other);
  CHECK(!other.id.is_nil());
  auto stored = co_await db.get<Article>(other.id);
  REQUIRE(stored->label_ids.size() == 1);
  CHECK(stored->label_ids[0] == labels[0].id);
  co_await labels[0].articles.add(article);
  CHECK(co_await labels[0].articles.count() == 2);
  co_await labels[0].articles.remove(other);
  CHECK(co_await labels[0].articles.count() == 1);
  std::vector<Article> exactly;
  exactly.push_back(other);
  co_await labels[0].articles.replace(exactly);
  auto now = co_await db.find<Article>().where({"label_ids", labels[0].id}).all();
  REQUIRE(now.size() == 1);
  CHECK(now[0].title == "b");
  co_await labels[0].articles.clear();
  CHECK(co_await labels[0].articles.count() == 0);
  // The array's own side again: replace keeps the order given.
  auto fresh_article = co_await db.get<Article>(article.id);
  std::vector<Label> order;
  order.push_back(labels[2]);
  order.push_back(labels[0]);
  co_await fresh_article->labels.replace(order);
  auto read = co_await db.get<Article>(article.id);
  auto ordered = co_await read->labels.all();
  CHECK(names(ordered) == "blue red ");
  co_await read->labels.remove(labels[2]);
  CHECK(read->labels.size() == 1);
  // A filtered relationship unlinks only its own.
  co_await read->labels.add(labels[1]);
  co_await read->red_labels.clear();
  auto rest = co_await db.get<Article>(article.id);
  auto left = co_await rest->labels.all();
  CHECK(names(left) == "green ");
  co_await rest->labels.clear();
  CHECK(co_await rest->labels.count() == 0);
  CHECK(co_await db.find<Label>().count() == 4);
  co_await db.close();
}
TEST_CASE("an id array is linked and unlinked from both sides") { kinship::test::run(linking()); }

static awaitable<void> asking() {
  Database db = co_await kinship::testing::memory();
  std::vector<Label> labels = co_await labels_in(db);
  Article article;
  article.label_ids = {kinship::ObjectId::make(), labels[0].id, labels[1].id};
  co_await db.insert(article);
  // An id that leads nowhere takes no place.
  auto one = co_await article.labels.first();
  REQUIRE(one);
  CHECK(one->name == "red");
  auto two = co_await article.labels.limit(2).all();
  CHECK(names(two) == "red green ");
  auto second = co_await article.labels.skip(1).all();
  CHECK(names(second) == "green ");
  // Another writer links one more: what asks the store sees it, what was read does not change.
  auto other = co_await db.get<Article>(article.id);
  co_await other->labels.add(labels[2]);
  QueryCounter queries(db);
  CHECK(co_await article.labels.count() == 3);
  CHECK(queries.count() == 2);
  CHECK(co_await article.labels.where({"name", "blue"}).exists());
  auto sorted = co_await article.labels.order_by<&Label::name>().first();
  CHECK(sorted->name == "blue");
  auto counts = co_await db.batch_count(article, &Article::labels);
  CHECK(counts[0] == 3);
  CHECK(article.label_ids.size() == 3);
  // The holder is gone: nothing is linked.
  co_await db.remove(*other);
  CHECK(co_await article.labels.count() == 0);
  CHECK(!co_await article.labels.first());
  co_await db.close();
}
TEST_CASE("asking the store by an id array takes the array as it is stored") { kinship::test::run(asking()); }

static awaitable<void> removing() {
  Database db = co_await kinship::testing::memory();
  db.models<Article, Label>();
  std::vector<Label> labels = co_await labels_in(db);
  std::vector<Article> articles(3);
  for (Article& article : articles) article.label_ids = {labels[0].id, labels[1].id};
  co_await db.insert_many(articles);
  auto plan = co_await db.plan_remove(labels[0]);
  CHECK(plan.deleted() == 1);
  CHECK(plan.updated() == 3);
  auto result = co_await db.remove(labels[0]);
  CHECK(result.updated() == 3);
  auto read = co_await db.find<Article>().all();
  for (const Article& article : read) {
    REQUIRE(article.label_ids.size() == 1);
    CHECK(article.label_ids[0] == labels[1].id);
  }
  auto gone = co_await db.remove(articles[0]);
  CHECK(gone.deleted() == 1);
  CHECK(co_await db.find<Label>().count() == 2);
  const Caught late = co_await caught(articles[0].labels.add(labels[1]));
  CHECK(late.code == errc::not_found);
  co_await db.close();
}
TEST_CASE("removing a linked object takes its id out of the arrays") { kinship::test::run(removing()); }

static awaitable<void> saving_beside() {
  Database db = co_await kinship::testing::memory();
  std::vector<Label> labels = co_await labels_in(db);
  Article article;
  article.label_ids = {labels[0].id};
  co_await db.insert(article);
  // A save of another field after add must not send the old array.
  co_await article.labels.add(labels[1]);
  article.title = "t";
  co_await db.save(article);
  auto read = co_await db.get<Article>(article.id);
  CHECK(read->label_ids.size() == 2);
  // A save of the array unloads what hangs on it.
  auto loaded = co_await read->labels.all();
  CHECK(loaded.size() == 2);
  read->label_ids.pop_back();
  co_await db.save(*read);
  CHECK(!read->labels.is_loaded());
  auto again = co_await read->labels.all();
  CHECK(again.size() == 1);
  co_await db.close();
}
TEST_CASE("saving beside links loses neither") { kinship::test::run(saving_beside()); }
