// Raw collections beside models: what is counted and observed, and who takes part in a transaction.
// The language itself is tested in test/store.
#include <doctest/doctest.h>

#include <kinship/kinship.hpp>
#include <kinship/value/json.hpp>
#include <mutex>

#include "orm/blog_data.hpp"
#include "orm/caught.hpp"
#include "support/run.hpp"

using namespace blog;
using kinship::json;
using kinship::test::Caught;
using kinship::test::caught;
using kinship::testing::QueryCounter;

static awaitable<void> raw() {
  Made made;
  Database db = co_await filled(&made, 3, 1, 0);
  auto seen = std::make_shared<std::vector<std::string>>();
  db.observe([seen](const kinship::OperationEvent& event) { seen->push_back(event.operation + " " + event.collection); });
  QueryCounter queries(db);
  auto users = db.collection("users");
  json filter;
  filter["name"] = "u1";
  auto found = co_await users.find(filter).all();
  REQUIRE(found.size() == 1);
  CHECK(found[0]["active"] == true);
  json update;
  update["$set"]["nickname"] = "one";
  auto changed = co_await users.update_one(filter, update);
  CHECK(changed.matched == 1);
  CHECK(queries.count() == 2);
  CHECK(*seen == std::vector<std::string>({"find users", "update users"}));

  // A field the model does not know survives a save.
  auto user = co_await db.get<User>(made.users[1].id);
  user->name = "renamed";
  co_await db.save(*user);
  filter["name"] = "renamed";
  auto kept = co_await users.find(filter).all();
  REQUIRE(kept.size() == 1);
  CHECK(kept[0]["nickname"] == "one");

  // What a query says itself goes before the handle's options, and to the store.
  Database hinted = db.with_options(kinship::Options().hint("there is no such index"));
  const Caught own = co_await caught(hinted.collection("users").find().hint("_id_").all());
  CHECK_FALSE(own.happened);
  const Caught handles = co_await caught(hinted.collection("users").find().all());
  CHECK(handles.code == kinship::errc::invalid_query);

  auto work = [&](Database tx) -> awaitable<void> {
    json document;
    document["name"] = "raw";
    co_await tx.collection("users").insert_one(document);
    CHECK(co_await tx.find<User>().count() == 4);
    throw std::runtime_error("no");
  };
  CHECK_THROWS_AS(co_await db.transaction(work), std::runtime_error);
  CHECK(co_await db.find<User>().count() == 3);

  // An object as a value is a value: it can never become an operator.
  json operator_like;
  operator_like["$ne"] = nullptr;
  auto none = co_await db.find<User>().where({"name", operator_like}).all();
  CHECK(none.empty());
  co_await db.close();
}
TEST_CASE("raw operations are counted, observed, and take part in transactions") { kinship::test::run(raw()); }
