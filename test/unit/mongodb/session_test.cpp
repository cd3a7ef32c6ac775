// Client sessions: the states of a transaction, and what commands carry in each.
// Every step of the specification's state diagram is one check here.
#include <doctest/doctest.h>

#include <kinship/error.hpp>

#include "driver/mongodb/session.hpp"
#include "support/bson.hpp"

namespace kinship::mongodb {
namespace {

using Ending = ClientSession::Ending;
using State = TransactionState;

ClientSession session(bool causal = true) { return ClientSession(ServerSession::make(Clock::time_point()), causal); }

bson::Document command(ClientSession& client, bool reads = true, const std::string& read_concern = {}) {
  bson::Builder out;
  out.append_string("find", "posts");
  client.append_to(out, reads, read_concern);
  client.sent();
  return out.finish();
}

template <class Use>
std::string refusal(Use use) {
  try {
    use();
  } catch (const error& e) {
    CHECK(e.code() == errc::invalid_query);
    return e.what();
  }
  FAIL_CHECK("accepted");
  return "";
}

TEST_CASE("outside of transactions commands carry lsid, and read concern where they read") {
  ClientSession client = session();
  const bson::Document plain = command(client);
  CHECK_FALSE(plain["lsid"].missing());
  for (const char* name : {"txnNumber", "startTransaction", "autocommit", "readConcern"}) CHECK(plain[name].missing());
  CHECK(command(client, true, "majority")["readConcern"].as_document()["level"].as_string() == "majority");
  CHECK(command(client, false, "majority")["readConcern"].missing());
}

TEST_CASE("a causal session reads after what it has seen") {
  ClientSession client = session();
  client.saw(7);
  client.saw(5);
  client.saw(std::nullopt);
  const bson::Document read = command(client, true, "local");
  CHECK(read["readConcern"].as_document()["afterClusterTime"].as_int64() == 7);
  CHECK(read["readConcern"].as_document()["level"].as_string() == "local");
  CHECK(command(client, false)["readConcern"].missing());
  ClientSession free = session(false);
  free.saw(7);
  CHECK(command(free)["readConcern"].missing());
}

TEST_CASE("only the first command of a transaction starts it and carries its read concern") {
  ClientSession client = session();
  client.saw(9);
  TransactionOptions options;
  options.read_concern = "snapshot";
  client.begin(options);
  CHECK(client.state() == State::starting);
  const bson::Document first = command(client, false, "majority");
  CHECK(first["txnNumber"].as_int64() == 1);
  CHECK(first["startTransaction"].as_bool());
  CHECK_FALSE(first["autocommit"].as_bool());
  CHECK(first["readConcern"].as_document()["level"].as_string() == "snapshot");
  CHECK(first["readConcern"].as_document()["afterClusterTime"].as_int64() == 9);
  CHECK(client.state() == State::in_progress);
  const bson::Document second = command(client, true, "majority");
  CHECK(second["txnNumber"].as_int64() == 1);
  CHECK(second["startTransaction"].missing());
  CHECK_FALSE(second["autocommit"].as_bool());
  CHECK(second["readConcern"].missing());
}

TEST_CASE("a commit says what the transaction asked for, a second one asks for a majority") {
  ClientSession client = session();
  TransactionOptions options;
  options.write_concern.w = "2";
  options.write_concern.journal = true;
  client.begin(options);
  command(client);
  client.recovery_token = test::doc("shard", "s1");
  CHECK(client.commit() == Ending::send);
  const bson::Document first = client.commit_command();
  CHECK(first.view().begin()->name == "commitTransaction");
  CHECK(first["txnNumber"].as_int64() == 1);
  CHECK_FALSE(first["autocommit"].as_bool());
  CHECK(first["startTransaction"].missing());
  CHECK(first["writeConcern"].as_document()["w"].as_int32() == 2);
  CHECK(first["writeConcern"].as_document()["wtimeout"].missing());
  CHECK(first["recoveryToken"].as_document()["shard"].as_string() == "s1");
  CHECK(client.commit() == Ending::send);
  CHECK(client.state() == State::committed);
  const bson::Document second = client.commit_command();
  CHECK(second["writeConcern"].as_document()["w"].as_string() == "majority");
  CHECK(second["writeConcern"].as_document()["wtimeout"].as_int64() == 10'000);
  CHECK(second["writeConcern"].as_document()["j"].as_bool());
}

TEST_CASE("a commit that is retried asks for a majority and keeps a timeout that was given") {
  ClientSession client = session();
  TransactionOptions options;
  options.write_concern.w_timeout = Milliseconds(50);
  client.begin(options);
  command(client);
  client.commit();
  CHECK(client.commit_command()["writeConcern"].as_document()["w"].missing());
  client.commit_retried();
  CHECK(client.commit_command()["writeConcern"].as_document()["wtimeout"].as_int64() == 50);
}

TEST_CASE("nothing is sent for a transaction without operations") {
  ClientSession client = session();
  client.begin({});
  CHECK(client.commit() == Ending::nothing_to_send);
  CHECK(client.commit() == Ending::nothing_to_send);
  client.begin({});
  CHECK(client.abort() == Ending::nothing_to_send);
}

TEST_CASE("what does not fit the state is refused in words") {
  ClientSession client = session();
  CHECK(refusal([&] { client.commit(); }).find("no transaction to commit") != std::string::npos);
  CHECK(refusal([&] { client.abort(); }).find("no transaction to abort") != std::string::npos);
  client.begin({});
  CHECK(refusal([&] { client.begin({}); }).find("in progress") != std::string::npos);
  command(client);
  CHECK(client.abort() == Ending::send);
  CHECK(client.abort_command().view().begin()->name == "abortTransaction");
  CHECK(refusal([&] { client.abort(); }).find("aborted already") != std::string::npos);
  CHECK(refusal([&] { client.commit(); }).find("cannot be committed") != std::string::npos);
  client.begin({});
  client.commit();
  CHECK(refusal([&] { client.abort(); }).find("cannot be aborted") != std::string::npos);
  TransactionOptions unacknowledged;
  unacknowledged.write_concern.w = "0";
  CHECK(refusal([&] { client.begin(unacknowledged); }).find("acknowledged") != std::string::npos);
}

TEST_CASE("the next operation leaves a transaction that has ended; numbers go on") {
  ClientSession client = session();
  client.begin({});
  command(client);
  client.commit();
  CHECK(command(client)["txnNumber"].missing());
  CHECK(client.state() == State::none);
  CHECK(client.next_txn_number() == 2);
  client.pinned = Address{"a", 1};
  client.begin({});
  CHECK(command(client)["txnNumber"].as_int64() == 3);
  CHECK_FALSE(client.pinned);
  CHECK(client.recovery_token.empty());
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
