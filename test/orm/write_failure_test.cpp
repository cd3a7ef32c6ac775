// What a failed item of a write becomes for the caller: code, key, outcome, text.
// The raw collection and the models throw through this one place.
#include <doctest/doctest.h>

#include "driver/write_failure.hpp"
#include "orm/caught.hpp"

using kinship::errc;
using kinship::Outcome;
using kinship::WriteError;
using kinship::WriteReply;
using kinship::test::Caught;

static Caught thrown(const WriteReply& reply, bool in_transaction = false) {
  kinship::ErrorContext context;
  context.model = "User";
  context.relationship = "User.posts";
  context.operation = "write";
  try {
    kinship::detail::throw_if_failed(reply, "users", std::move(context), in_transaction);
  } catch (const kinship::error& e) {
    CHECK(e.model() == "User");
    CHECK(e.relationship() == "User.posts");
    CHECK(e.store_code() == reply.errors.front().code);
    return Caught(e);
  }
  return Caught();
}

static WriteReply failing(int code, std::string message = "the store's words") {
  WriteReply reply;
  WriteError error;
  error.index = 1;
  error.code = code;
  error.message = std::move(message);
  reply.errors.push_back(std::move(error));
  return reply;
}

TEST_CASE("a reply without errors throws nothing") { CHECK(!thrown(WriteReply()).happened); }

TEST_CASE("server codes have meanings") {
  CHECK(thrown(failing(112)).code == errc::conflict);
  CHECK(thrown(failing(66)).code == errc::invalid_query);
  CHECK(thrown(failing(9)).code == errc::invalid_query);
  CHECK(thrown(failing(28)).code == errc::invalid_query);
  CHECK(thrown(failing(8000)).code == errc::store);
  CHECK(thrown(failing(8000)).says("the store's words"));
}

TEST_CASE("a taken key names collection, index and key, whatever the store said") {
  WriteReply reply = failing(11000, "dup");
  reply.errors.front().index_name = "name_1";
  kinship::bson::Builder key;
  key.append_string("name", "ann");
  reply.errors.front().key = key.finish();
  const Caught e = thrown(reply);
  CHECK(e.code == errc::duplicate_key);
  CHECK(e.says("users"));
  CHECK(e.says("name_1"));
  CHECK(e.key.find("ann") != std::string::npos);
}

TEST_CASE("the outcome is partial where another item was applied, unless a transaction undoes it") {
  WriteReply reply = failing(8000);
  CHECK(thrown(reply).outcome == Outcome::not_applied);
  reply.matched = 1;
  CHECK(thrown(reply).outcome == Outcome::not_applied);
  for (std::uint64_t* counter : {&reply.inserted, &reply.modified, &reply.deleted}) {
    *counter = 1;
    CHECK(thrown(reply).outcome == Outcome::partial);
    CHECK(thrown(reply, true).outcome == Outcome::not_applied);
    *counter = 0;
  }
  reply.errors.push_back(reply.errors.front());
  CHECK(thrown(reply).says("1 more"));
}
