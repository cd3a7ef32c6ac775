// Server errors as callers see them: code, outcome, key and index, and a sentence with what to do.
#include <doctest/doctest.h>

#include "driver/mongodb/reply_error.hpp"
#include "driver/mongodb/retry.hpp"
#include "support/bson.hpp"

namespace kinship::mongodb {
namespace {

using test::array;
using test::doc;

const ErrorPlace place{"insert", "posts", "a:27017"};

error thrown(const bson::Document& reply, const Attempt& attempt = {}) {
  return to_error(*read_error(reply, attempt), place);
}

TEST_CASE("codes mean what callers can compare with") {
  const std::pair<int, errc> meanings[] = {{11000, errc::duplicate_key},
                                           {112, errc::conflict},
                                           {50, errc::timeout},
                                           {262, errc::timeout},
                                           {13, errc::unauthorized},
                                           {18, errc::unauthorized},
                                           {59, errc::unsupported},
                                           {115, errc::unsupported},
                                           {10107, errc::unavailable},
                                           {91, errc::unavailable},
                                           {6, errc::unavailable},
                                           {2, errc::invalid_query},
                                           {66, errc::invalid_query},
                                           {121, errc::invalid_query},
                                           {251, errc::transaction_aborted},
                                           {8, errc::store}};
  for (const auto& [code, meaning] : meanings) {
    CAPTURE(code);
    const error e = thrown(doc("ok", 0, "code", code, "errmsg", "the server's words"));
    CHECK(e.code() == meaning);
    CHECK(e.store_code() == code);
    CHECK(e.outcome() == Outcome::not_applied);
  }
}

TEST_CASE("what a transaction may be run again for is a conflict") {
  const error e = thrown(doc("ok", 0, "code", 251, "errmsg", "gone", "errorLabels", array("TransientTransactionError")));
  CHECK(e.code() == errc::conflict);
  Attempt inside;
  inside.in_transaction = true;
  const error lost = to_error(network_error("reset", inside), place);
  CHECK(lost.code() == errc::conflict);
  CHECK(lost.outcome() == Outcome::not_applied);
}

TEST_CASE("outcomes: a write concern error comes after the write, a lost reply leaves it unknown") {
  CHECK(thrown(doc("ok", 1, "writeConcernError", doc("code", 64, "errmsg", "slow"))).outcome() == Outcome::applied);
  CHECK(to_error(network_error("reset", {}), place).outcome() == Outcome::unknown);
  CHECK(to_error(network_error("reset", {}), place, Outcome::not_applied).outcome() == Outcome::not_applied);
  CHECK(to_error(network_error("reset", {}), place).code() == errc::unavailable);
  Attempt commit;
  commit.commit = true;
  CHECK(thrown(doc("ok", 0, "code", 50, "errmsg", "slow"), commit).outcome() == Outcome::unknown);
}

TEST_CASE("sentences name the server and say what to do") {
  const std::string text = thrown(doc("ok", 0, "code", 10107, "errmsg", "not primary")).what();
  CHECK(text.find("not primary; try again") != std::string::npos);
  CHECK(text.find("a:27017") != std::string::npos);
  CHECK(text.find("insert on posts") != std::string::npos);
  CHECK(std::string(thrown(doc("ok", 0)).what()).find("without a text") != std::string::npos);
  CHECK(
      std::string(thrown(doc("ok", 0, "code", 20, "errmsg", "Transaction numbers are only allowed on a replica set")).what())
          .find("replica set, of one member") != std::string::npos);
}

TEST_CASE("a refusal that quotes the command keeps its values out") {
  const std::string text =
      thrown(doc("ok", 0, "code", 13, "errmsg", "not authorized on shop to execute command { insert: \"secret\" }")).what();
  CHECK(text.find("not authorized on shop; give") != std::string::npos);
  CHECK(text.find("secret") == std::string::npos);
}

TEST_CASE("duplicate keys carry key and index") {
  const auto item = doc("index", 2, "code", 11000, "errmsg",
                        "E11000 duplicate key error collection: d.posts index: slug_1 dup key: { slug: \"a\" }",
                        "keyPattern", doc("slug", 1), "keyValue", doc("slug", "a"));
  const auto errors = read_write_errors(
      doc("ok", 1, "writeErrors", array(item, doc("index", 5, "code", 66, "errmsg", "immutable"))), "posts", 100);
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].index == 102);
  CHECK(errors[0].code == 11000);
  CHECK(errors[0].index_name == "slug_1");
  CHECK(errors[0].key == doc("slug", "a"));
  CHECK(errors[0].message.find("collection posts") != std::string::npos);
  CHECK(errors[0].message.find("slug_1") != std::string::npos);
  CHECK(errors[1].index == 105);
  CHECK(errors[1].message == "immutable");
}

TEST_CASE("hostile items are read as far as they go") {
  CHECK(read_write_errors(doc("writeErrors", array(1, "x")), "c").empty());
  CHECK(read_write_errors(doc("writeErrors", 5), "c").empty());
  const auto odd = read_write_errors(doc("writeErrors", array(doc("index", -3, "code", 11000, "keyValue", 7))), "");
  REQUIRE(odd.size() == 1);
  CHECK(odd[0].index == 0);
  CHECK(odd[0].key.empty());
}

TEST_CASE("index names are found in the words of old and new servers") {
  CHECK(index_name_in("E11000 duplicate key error collection: d.c index: a_1_b_-1 dup key: { a: 1 }") == "a_1_b_-1");
  CHECK(index_name_in("E11000 duplicate key error index: d.c.$_id_  dup key: { : 1 }") == "_id_");
  CHECK(index_name_in("no such words").empty());
  CHECK(index_name_in(" index: ").empty());
}

}  // namespace
}  // namespace kinship::mongodb
