// Interactive transactions: all or nothing, own writes seen, others wait or read what was, any error dooms.
#include <doctest/doctest.h>

#include "store/fixture.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

struct Accounts : StoreFixture {
  Accounts() { insert("c", {doc("_id", 1, "n", 10), doc("_id", 2, "n", 20)}); }

  WriteReply set(int id, int n, std::shared_ptr<Session> session) {
    return write("c", {update_item(doc("_id", id), doc("$set", doc("n", n)))}, true, std::move(session));
  }
  int n(int id, std::shared_ptr<Session> session = nullptr) {
    return find("c", doc("_id", id), {}, std::move(session)).at(0)["n"].as_int32();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Accounts, "what is written is seen inside at once and outside after the commit") {
  if (!has_transactions()) return;
  auto session = begin();
  set(1, 11, session);
  insert("c", {doc("_id", 3, "n", 30)}, session);
  CHECK(n(1, session) == 11);
  CHECK(n(3, session) == 30);
  CHECK(n(1) == 10);
  CHECK(count("c") == 2);
  run(driver->commit(session));
  CHECK(n(1) == 11);
  CHECK(count("c") == 3);
}

TEST_CASE_FIXTURE(Accounts, "an abort and a dropped session take everything back, new collections included") {
  if (!has_transactions()) return;
  auto session = begin();
  set(1, 11, session);
  insert("fresh", {doc("_id", 1)}, session);
  run(driver->abort(session));
  CHECK(n(1) == 10);
  CHECK(count("fresh") == 0);
  session = begin();
  set(1, 12, session);
  session.reset();
  CHECK(set(2, 21, nullptr).matched == 1);  // waits for the rollback, not longer
  CHECK(n(1) == 10);
  CHECK(insert("fresh", {doc("_id", 1)}).inserted == 1);
}

TEST_CASE_FIXTURE(Accounts, "what comes after the end is refused in words") {
  if (!has_transactions()) return;
  auto session = begin();
  set(1, 11, session);
  run(driver->commit(session));
  std::string text;
  CHECK(code_of([&] { set(1, 12, session); }, &text) == errc::transaction_aborted);
  CHECK(text.find("committed") != std::string::npos);
  CHECK(code_of([&] { run(driver->commit(session)); }) == errc::transaction_aborted);
  CHECK(n(1) == 11);
  struct Foreign : Session {};
  CHECK(code_of([&] { set(1, 13, std::make_shared<Foreign>()); }) == errc::transaction_aborted);
  CHECK(code_of([&] { run(driver->commit(nullptr)); }) == errc::transaction_aborted);
  StoreFixture other;
  auto elsewhere = other.begin();
  CHECK(code_of([&] { set(1, 13, elsewhere); }) == errc::transaction_aborted);
}

TEST_CASE_FIXTURE(Accounts, "any error dooms the transaction") {
  if (!has_transactions()) return;
  auto session = begin();
  set(1, 11, session);
  SUBCASE("of an item") { CHECK(insert("c", {doc("_id", 2)}, session).errors.size() == 1); }
  SUBCASE("of a query") {
    CHECK(code_of([&] { find("c", doc("$bad", 1), {}, session); }) == errc::invalid_query);
  }
  CHECK(code_of([&] { set(1, 12, session); }) == errc::transaction_aborted);
  CHECK(code_of([&] { run(driver->commit(session)); }) == errc::transaction_aborted);
  CHECK_NOTHROW(run(driver->abort(session)));
  CHECK(n(1) == 10);
  CHECK(set(1, 15, nullptr).modified == 1);
}

TEST_CASE_FIXTURE(Accounts, "indexes and multikey marks made inside go with a rollback") {
  if (!has_transactions()) return;
  index("c", doc("tags", 1));
  auto session = begin();
  insert("c", {doc("_id", 5, "tags", array(1, 2))}, session);
  run(driver->abort(session));
  insert("c", {doc("_id", 6, "tags", array(1, 2))});
  CHECK(ids("c", doc("tags", doc("$in", array(1, 2)))) == std::vector<int>{6});
  CHECK(count("c", doc("tags", doc("$in", array(1, 2)))) == 1);
}
