// Sessions without a client: the states of a transaction, and what a causal session has seen.
// Every step of the specification's state diagram is one check here.
#include <doctest/doctest.h>

#include <kinship/error.hpp>

#include "driver/mongodb/client.hpp"
#include "driver/mongodb/concern.hpp"
#include "support/bson.hpp"

namespace kinship::mongodb {
namespace {

using Kind = MongoSession::Kind;
using State = MongoSession::State;

class Bare {
 public:
  explicit Bare(Kind kind = Kind::lasting, MongoSession::Settings settings = {})
      : session_({}, SessionLease(std::make_shared<ServerSessionPool>(), 30), kind, settings) {}
  MongoSession* operator->() { return &session_; }
  void begin() { session_.begin({}, "a.cpp:1", {}); }
  std::int64_t number() { return session_.server_session().txn_number; }

 private:
  MongoSession session_;
};

template <class Use>
std::string refusal(Use use, errc code = errc::transaction_aborted) {
  try {
    use();
  } catch (const error& e) {
    CHECK(e.code() == code);
    return e.what();
  }
  FAIL_CHECK("accepted");
  return "";
}

bson::Document at(std::uint64_t time) {
  bson::Builder out;
  return out.append_timestamp("operationTime", time).finish();
}

TEST_CASE("outside of transactions commands come and go") {
  Bare session;
  CHECK(session->state() == State::none);
  CHECK_FALSE(session->enter());
  session->doom();
  CHECK_FALSE(session->enter());
  CHECK_FALSE(session->in_transaction());
  CHECK(session.number() == 0);
}

TEST_CASE("only the first command of a transaction starts it") {
  Bare session;
  session.begin();
  CHECK(session->in_transaction());
  CHECK(session.number() == 1);
  CHECK(session->enter());
  CHECK_FALSE(session->enter());
  CHECK(session->state() == State::running);
  CHECK(session->finish(State::committed) == State::running);
  CHECK_FALSE(session->in_transaction());
}

TEST_CASE("a causal session reads after what it has seen, the newest of it") {
  Bare session;
  CHECK_FALSE(session->read_after());
  session->saw(at(7).view());
  session->saw(at(5).view());
  session->saw(test::doc("ok", 1).view());
  CHECK(session->read_after() == 7);
  session.begin();
  CHECK(session->read_after() == 7);
  MongoSession::Settings settings;
  settings.causal = false;
  Bare free(Kind::lasting, settings);
  free->saw(at(7).view());
  CHECK_FALSE(free->read_after());
}

TEST_CASE("a snapshot session reads what its first reply names, and has no transactions") {
  MongoSession::Settings settings;
  settings.snapshot = true;
  Bare session(Kind::lasting, settings);
  session->saw(at(3).view());
  CHECK_FALSE(session->read_at());
  CHECK_FALSE(session->read_after());  // the moment is named, nothing after it is asked for
  const auto time = [](std::uint64_t value) {
    bson::Builder out;
    return out.append_timestamp("atClusterTime", value).finish();
  };
  session->saw(test::doc("cursor", time(5)).view());
  CHECK(session->read_at() == 5);
  session->saw(time(9).view());
  CHECK(session->read_at() == 5);
  CHECK(refusal([&] { session.begin(); }, errc::invalid_query).find("snapshot") != std::string::npos);
}

TEST_CASE("nothing is sent for a transaction without operations, however often it is ended") {
  Bare session;
  session.begin();
  CHECK(session->finish(State::committed) == State::starting);
  session->settle(true);
  CHECK(session->finish(State::committed) == State::starting);
  session.begin();
  CHECK(session->finish(State::aborted) == State::starting);
}

TEST_CASE("a commit may be repeated on a lasting session, and on one for a transaction while its result is not known") {
  Bare lasting;
  lasting.begin();
  lasting->enter();
  CHECK(lasting->finish(State::committed) == State::running);
  lasting->settle(true);
  CHECK(lasting->finish(State::committed) == State::committed);
  Bare one(Kind::one_transaction);
  one.begin();
  one->enter();
  CHECK(one->finish(State::committed) == State::running);
  one->settle(false);
  CHECK(one->finish(State::committed) == State::committed);
  one->settle(true);
  CHECK(refusal([&] { one->finish(State::committed); }).find("was committed already") != std::string::npos);
}

TEST_CASE("what does not fit the state is refused in words, with where the transaction was begun") {
  Bare session;
  CHECK(refusal([&] { session->finish(State::committed); }, errc::invalid_query).find("begin one first") !=
        std::string::npos);
  session.begin();
  CHECK(refusal([&] { session.begin(); }, errc::invalid_query).find("in progress") != std::string::npos);
  session->enter();
  session->doom();
  CHECK(refusal([&] { session->enter(); }).find("a.cpp:1") != std::string::npos);
  CHECK(refusal([&] { session->finish(State::committed); }).find("something in it failed") != std::string::npos);
  CHECK(session->finish(State::aborted) == State::doomed);
  CHECK(refusal([&] { session->finish(State::aborted); }).find("was rolled back") != std::string::npos);
  CHECK(refusal([&] { session->finish(State::committed); }).find("was rolled back") != std::string::npos);
  session.begin();
  session->finish(State::committed);
  CHECK(refusal([&] { session->finish(State::aborted); }).find("after calling commitTransaction") != std::string::npos);
}

TEST_CASE("a lasting session goes on after its transaction; numbers go on, the server and its token do not") {
  Bare session;
  session.begin();
  session->enter();
  session->pin(std::make_shared<Server>());
  session->saw(test::doc("recoveryToken", test::doc("shard", "s1")).view());
  CHECK(session->recovery_token()["shard"].as_string() == "s1");
  session->finish(State::committed);
  session->settle(true);
  CHECK(session->pinned());
  CHECK_FALSE(session->enter());
  CHECK(session->state() == State::none);
  session.begin();
  CHECK(session.number() == 2);
  CHECK_FALSE(session->pinned());
  CHECK(session->recovery_token().empty());
}

TEST_CASE("the seam's session is one transaction and refuses what comes after it") {
  Bare session(Kind::one_transaction);
  session.begin();
  session->enter();
  session->finish(State::aborted);
  CHECK(session->finish(State::aborted) == State::aborted);
  CHECK(refusal([&] { session->enter(); }).find("begin another one") != std::string::npos);
}

TEST_CASE("write concerns stand in commands as they were given") {
  const auto in_command = [](const WriteConcern& concern) {
    bson::Builder out;
    append_write_concern(out, concern);
    return out.finish();
  };
  CHECK(in_command({}).empty());
  CHECK(in_command({"majority", {}, {}})["writeConcern"].as_document()["w"].as_string() == "majority");
  CHECK(in_command({"3", Milliseconds(5), {}})["writeConcern"].as_document()["w"].as_int32() == 3);
  CHECK(in_command({"3dc", {}, false})["writeConcern"].as_document()["w"].as_string() == "3dc");
  CHECK_FALSE(WriteConcern{"0", {}, {}}.acknowledged());
  CHECK(WriteConcern{}.acknowledged());
  CHECK(write_concern_of("", {"2", {}, {}}).w == "2");
  CHECK(write_concern_of("majority", {"2", Milliseconds(5), {}}).w == "majority");
}

}  // namespace
}  // namespace kinship::mongodb
