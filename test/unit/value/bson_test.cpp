// The builder, the views and their errors: what is built reads back, nests, grows and refuses as promised.
// Bytes are compared with hand-written BSON where the layout matters.
#include <doctest/doctest.h>

#include <kinship/error.hpp>
#include <kinship/value/bson.hpp>

using namespace kinship;
using bson::Builder;
using bson::Document;
using bson::Type;

TEST_CASE("an empty document is five bytes") {
  CHECK(Builder().finish() == Document());
  CHECK(Document().empty());
  const Document d;
  CHECK(d.view().begin() == d.view().end());
  CHECK(d.bytes().size() == 5);
  CHECK(Document(d.bytes()) == d);
  Document full = Builder().append_int32("a", 1).finish();
  const Document taken = std::move(full);
  CHECK(full.empty());
  CHECK(full == d);
  CHECK(taken != d);
}

TEST_CASE("the bytes are BSON") {
  const Document d = Builder().append_int32("a", 1).append_string("s", "xy").finish();
  const std::vector<std::uint8_t> expected{0x16, 0,   0, 0, 0x10, 'a', 0, 1,   0,   0, 0,
                                           0x02, 's', 0, 3, 0,    0,   0, 'x', 'y', 0, 0};
  CHECK(d.bytes() == expected);
}

TEST_CASE("every type reads back") {
  std::uint8_t id[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, decimal[16] = {9};
  Builder b;
  b.append_double("double", 1.5).append_int32("int", -3).append_int64("long", 1LL << 40).append_bool("bool", true);
  b.append_string("string", std::string_view("a\0b", 3))
      .append_object_id("id", id)
      .append_date("date", -5)
      .append_null("null");
  b.append_binary("binary", 0x80, "raw").append_regex("regex", "^a", "i").append_timestamp("stamp", 77);
  b.append_decimal128("decimal", decimal).append_min_key("min").append_max_key("max");
  b.begin_document("doc").append_int32("x", 1).end();
  b.begin_array("list").append_string("ignored", "p").append_string("", "q").end();
  const Document d = b.finish();
  bson::validate(d.bytes().data(), d.bytes().size());
  CHECK(d["double"].as_double() == 1.5);
  CHECK(d["int"].as_int32() == -3);
  CHECK(d["long"].as_int64() == 1LL << 40);
  CHECK(d["bool"].as_bool());
  CHECK(d["string"].as_string() == std::string_view("a\0b", 3));
  CHECK(std::memcmp(d["id"].as_object_id(), id, 12) == 0);
  CHECK(d["date"].as_int64() == -5);
  CHECK(d["null"].is(Type::null));
  CHECK(d["binary"].binary_subtype() == 0x80);
  CHECK(d["binary"].binary_bytes() == "raw");
  CHECK(d["regex"].regex_pattern() == "^a");
  CHECK(d["regex"].regex_options() == "i");
  CHECK(d["stamp"].as_int64() == 77);
  CHECK(std::memcmp(d["decimal"].data(), decimal, 16) == 0);
  CHECK(d["min"].is(Type::min_key));
  CHECK(d["max"].is(Type::max_key));
  CHECK(d["doc"].as_document()["x"].as_int32() == 1);
  CHECK(d["list"].as_document()["1"].as_string() == "q");
  CHECK(d["nothing"].missing());
}

TEST_CASE("a document larger than the first buffer, and an array past index 9") {
  Builder b;
  b.begin_array("list");
  for (int i = 0; i < 1200; ++i) b.append_int32("", i);
  const Document d = b.end().append_string("tail", std::string(5000, 'x')).finish();
  bson::validate(d.bytes().data(), d.bytes().size());
  CHECK(d["list"].as_document()["1199"].as_int32() == 1199);
  CHECK(d["tail"].as_string().size() == 5000);
}

TEST_CASE("values are copied as they are, missing ones are left out, and a builder can be used again") {
  Builder b;
  const Document source = b.append_null("n").append_double("d", 2).finish();
  b.append("copy", source["d"])
      .append("whole", source.view())
      .append_array("list", source.view())
      .append("none", source["?"]);
  const Document d = b.finish();
  CHECK(d["copy"] == source["d"]);
  CHECK(d["whole"].as_document() == source.view());
  CHECK(d["list"].is(Type::array));
  CHECK(d["none"].missing());
  CHECK(b.finish().empty());
}

TEST_CASE("what the builder refuses") {
  Builder b;
  CHECK_THROWS_AS(b.append_null(std::string_view("a\0b", 3)), error);
  CHECK_THROWS_AS(b.append_regex("r", std::string_view("\0", 1), ""), error);
  CHECK_THROWS_AS(b.append_binary("b", 2, "abc"), error);
  CHECK_THROWS_AS(b.append_binary("b", 2, std::string_view("\x02\0\0\0x", 5)), error);
  CHECK_NOTHROW(b.append_binary("b", 2, std::string_view("\x01\0\0\0x", 5)));
  CHECK_THROWS_AS(b.end(), error);
  for (int i = 0; i < 99; ++i) b.begin_document("d");
  CHECK_THROWS_AS(b.begin_document("d"), error);
  const Document d = b.finish();  // ends what is open
  CHECK_NOTHROW(bson::validate(d.bytes().data(), d.bytes().size()));
}

TEST_CASE("an error is a sentence and its place") {
  ErrorContext where{.model = "User", .relationship = "posts", .operation = "find", .key = "65ab"};
  const error e(errc::not_found, "No such user.", where);
  CHECK(std::string(e.what()) == "No such user. [User.posts, find, key 65ab]");
  CHECK(e.code() == errc::not_found);
  CHECK(e.sentence() == "No such user.");
  CHECK(std::string(error(errc::store, "Plain.").what()) == "Plain.");
  CHECK(make_error_code(errc::conflict).message() == "write conflict");
  const error write(errc::timeout, "Late.", {.operation = "insert", .outcome = Outcome::unknown, .store_code = 50});
  CHECK(std::string(write.what()) == "Late. [insert, outcome unknown, store code 50]");
}
