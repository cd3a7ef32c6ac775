// Sessions and transactions on a set: what goes over the wire, commits whose replies are lost, transactions that lose their
// primary. Through the front.
#include <doctest/doctest.h>

#include <kinship/collection.hpp>
#include <kinship/database.hpp>
#include <kinship/value/json.hpp>

#include "driver/mongodb/driver.hpp"
#include "driver/mongodb/operations.hpp"
#include "mongodb/front.hpp"
#include "support/home_loop.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

/// A database through the whole of Kinship.
class Opened {
 public:
  explicit Opened(const std::string& uri) : driver_(run_at_home(open_mongodb(uri))), db(driver_) {}
  ~Opened() { run(driver_->close(std::chrono::steady_clock::now() + std::chrono::seconds(2))); }

 private:
  std::shared_ptr<Driver> driver_;

 public:
  Database db;
};

awaitable<void> insert(Database db, int id) {
  const json document{{"_id", id}};
  co_await db.collection("c").insert_one(document);
}

std::uint64_t count(Database db) { return run(db.collection("c").find(json::object()).count()); }

/// One insert in a transaction; how often its body ran.
int insert_in_transaction(Database db, const std::function<void(int)>& meanwhile = {}) {
  int runs = 0;
  auto work = [&](Database tx) -> awaitable<void> {
    ++runs;
    co_await insert(tx, 1);
    if (meanwhile) meanwhile(runs);
    co_await insert(tx, 2);
  };
  run(db.transaction(work));
  return runs;
}

bson::ValueView in(const bson::Document& command, const char* outer, const char* inner) {
  return command[outer].is(bson::Type::document) ? command[outer].as_document()[inner] : bson::ValueView();
}

WriteOperation insertion(int id, std::shared_ptr<Session> session) {
  WriteOperation operation;
  operation.collection = "c";
  operation.items.push_back(insert_item(doc("_id", id)));
  operation.context.session = std::move(session);
  return operation;
}

std::string lsid(const bson::Document& command) { return std::string(in(command, "lsid", "id").binary_bytes()); }

}  // namespace

TEST_CASE("a commit whose reply is lost is sent again, asks for a majority then, and counts once") {
  if (!has_front()) return;
  const Front front;
  const Opened opened(front.uri());
  front.fail(0, "commitTransaction", doc("loseReply", true));
  CHECK(insert_in_transaction(opened.db) == 1);
  CHECK(count(opened.db) == 2);
  const auto commits = front.log("commitTransaction");
  REQUIRE(commits.size() == 2);
  CHECK(in(commits[0], "writeConcern", "w").missing());
  CHECK(in(commits[1], "writeConcern", "w").as_string() == "majority");
  CHECK(in(commits[1], "writeConcern", "wtimeout").as_int32() == 10'000);
  CHECK(lsid(commits[0]) == lsid(commits[1]));
  CHECK(commits[0]["txnNumber"].as_int32() == commits[1]["txnNumber"].as_int32());
}

TEST_CASE("while the result of a commit is not known it is committed again, and the body does not run again") {
  if (!has_front()) return;
  const Front front;
  const Opened opened(front.uri());
  SUBCASE("replies are lost") { front.fail(0, "commitTransaction", doc("loseReply", true), 5); }
  SUBCASE("the write concern cannot be met in time") {
    front.fail(0, "commitTransaction", doc("writeConcernError", doc("code", 64, "errmsg", "waiting timed out")), 3);
  }
  CHECK(insert_in_transaction(opened.db) == 1);
  CHECK(count(opened.db) == 2);
  CHECK(front.log("commitTransaction").size() >= 4);
}

TEST_CASE("a commit that stays unknown until the deadline says so") {
  if (!has_front()) return;
  const Front front;
  const Opened opened(front.uri());
  front.fail(0, "commitTransaction", doc("loseReply", true), 1'000'000);
  const Database db = opened.db.with_options(Options().timeout(std::chrono::milliseconds(300)));
  Outcome outcome{};
  std::string text;
  try {
    insert_in_transaction(db);
  } catch (const error& e) {
    outcome = e.outcome();
    text = e.what();
  }
  CHECK(outcome == Outcome::unknown);
  CHECK(text.find("commitTransaction on " + front.member(0)) != std::string::npos);
}

TEST_CASE("a transaction that loses its primary halfway runs again on the next one, from its beginning") {
  if (!has_front()) return;
  const Front front;
  front.hold_elections();
  const Opened opened(front.uri("heartbeatFrequencyMS=60000"));
  SUBCASE("stepped down") {
    CHECK(insert_in_transaction(opened.db, [&](int runs) {
            if (runs > 1) return;
            front.step_down();
            front.elect(1);
          }) == 2);
  }
  SUBCASE("killed") {
    CHECK(insert_in_transaction(opened.db, [&](int runs) {
            if (runs > 1) return;
            front.kill(0);
            front.elect(2);
          }) == 2);
  }
  CHECK(count(opened.db) == 2);
}

TEST_CASE("a conflict runs the body again, each time in a transaction of its own") {
  if (!has_front()) return;
  const Front front;
  const Opened opened(front.uri());
  front.fail(0, "insert", doc("errorCode", 112), 8);
  CHECK(insert_in_transaction(opened.db) == 9);
  CHECK(count(opened.db) == 2);
}

TEST_CASE("a conflict that stays ends in a timeout when the handle's time is over") {
  if (!has_front()) return;
  const Front front;
  const Opened opened(front.uri());
  front.fail(0, "insert", doc("errorCode", 112), 1'000'000);
  const Database db = opened.db.with_options(Options().timeout(std::chrono::milliseconds(300)));
  const auto began = std::chrono::steady_clock::now();
  CHECK(code_of([&] { insert_in_transaction(db); }) == errc::timeout);
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));
  CHECK(front.count(0, "insert") > 2);
  CHECK(front.log("commitTransaction").empty());
}

TEST_CASE("a causal session reads after its own writes, wherever; without one nothing is asked for") {
  if (!has_front()) return;
  const Front front;
  Watched db(front.uri("readPreference=secondary"));
  db.wait_until_all_known();
  const auto session = db.client->start_session();
  run(mongodb::write(db.client, insertion(1, session)));
  FindOperation find = find_operation("c");
  find.context.session = session;
  const auto found = copy(run(mongodb::find(db.client, find)).first);
  CHECK(found.size() == 1);
  db.find();
  const auto writes = front.log();
  REQUIRE(writes.size() == 3);
  CHECK(writes[0]["name"].as_string() == "insert");
  CHECK(writes[0]["readConcern"].missing());
  CHECK_FALSE(writes[0]["txnNumber"].missing());
  CHECK(in(writes[1], "readConcern", "afterClusterTime").is(bson::Type::timestamp));
  CHECK(writes[1]["member"].as_int32() != 0);
  CHECK(lsid(writes[1]) == lsid(writes[0]));
  CHECK(writes[2]["readConcern"].missing());
  CHECK(lsid(writes[2]) != lsid(writes[0]));
}

TEST_CASE(
    "transactions follow each other on a lasting session; the first command of each starts it and reads after the last") {
  if (!has_front()) return;
  const Front front;
  Watched db(front.uri());
  db.wait_until_all_known();
  const auto session = db.client->start_session();
  for (const int id : {1, 2}) {
    db.client->begin_transaction(session, "here", {});
    run(mongodb::write(db.client, insertion(10 * id, session)));
    run(mongodb::write(db.client, insertion(10 * id + 1, session)));
    run(mongodb::Client::commit(db.client, session));
  }
  run(mongodb::Client::commit(db.client, session));  // once more is no mistake
  CHECK(db.count() == 4);
  const auto log = front.log("insert");
  REQUIRE(log.size() == 4);
  for (const int i : {0, 2}) {
    const auto first = static_cast<std::size_t>(i);
    CHECK(log[first]["startTransaction"].as_bool());
    CHECK(log[first + 1]["startTransaction"].missing());
    CHECK_FALSE(log[first + 1]["autocommit"].as_bool());
    CHECK(log[first + 1]["readConcern"].missing());
    CHECK(log[first]["txnNumber"].as_int32() == i / 2 + 1);
  }
  CHECK(log[0]["readConcern"].missing());
  CHECK(in(log[2], "readConcern", "afterClusterTime").is(bson::Type::timestamp));
}

TEST_CASE("a transaction whose writes nobody would acknowledge is refused in words") {
  if (!has_front()) return;
  const Front front;
  Watched db(front.uri("w=0"));
  db.wait_until_all_known();
  std::string text;
  CHECK(code_of([&] { db.client->begin("here", {}); }, &text) == errc::invalid_query);
  CHECK(text.find("w=0") != std::string::npos);
}

TEST_CASE("a cursor stays with its member and its session, and closing ends the sessions") {
  if (!has_front()) return;
  const Front front;
  {
    Watched db(front.uri("readPreference=nearest&localThresholdMS=10000"));
    db.wait_until_all_known();
    for (int i = 0; i < 6; ++i) db.insert(i);
    front.log();
    FindOperation find = find_operation("c");
    find.batch_size = 2;
    auto all = [&]() -> awaitable<void> {
      FindReply reply = co_await mongodb::find(db.client, find);
      std::size_t documents = reply.first.documents.size();
      while (reply.cursor) {
        const Batch batch = co_await reply.cursor->next();
        if (batch.documents.empty()) break;
        documents += batch.documents.size();
      }
      CHECK(documents == 6);
    };
    run(all());
    const auto log = front.log();
    REQUIRE(log.size() >= 3);
    for (const auto& command : log) {
      CHECK(lsid(command) == lsid(log[0]));
      CHECK(command["member"].as_int32() == log[0]["member"].as_int32());
    }
  }
  CHECK(front.log("endSessions").size() == 1);
}
