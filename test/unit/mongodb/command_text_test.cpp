// Commands as observers read them: what is left out without values, what is cut, and bytes that are no text.
// The rule is that a value never shows by accident.
#include <doctest/doctest.h>

#include "driver/mongodb/command_text.hpp"
#include "support/bson.hpp"

using namespace kinship;
using namespace kinship::test;
using mongodb::command_text;

TEST_CASE("names are told and values are not, but for what the command is about and its database") {
  const bson::Document find = doc("find", "posts", "filter", doc("author", "Ada", "likes", doc("$gt", 5)), "limit", 10,
                                  "singleBatch", true, "$db", "blog");
  CHECK(
      command_text(find, false) ==
      R"({"find": "posts", "filter": {"author": "?", "likes": {"$gt": "?"}}, "limit": "?", "singleBatch": "?", "$db": "blog"})");
  CHECK(
      command_text(find, true) ==
      R"({"find": "posts", "filter": {"author": "Ada", "likes": {"$gt": 5}}, "limit": 10, "singleBatch": true, "$db": "blog"})");
  const bson::Document more = doc("getMore", std::int64_t{77}, "collection", "posts");
  CHECK(command_text(more, false) == R"({"getMore": 77, "collection": "?"})");
  CHECK(command_text(bson::Document(), false) == "{}");
}

TEST_CASE("a first field is told only if it is a name or a number, and $db only outside") {
  CHECK(command_text(doc("x", ObjectId()), false) == R"({"x": "?"})");
  CHECK(command_text(doc("x", doc("a", "Ada")), false) == R"({"x": {"a": "?"}})");
  CHECK(command_text(doc("x", array("Ada")), false) == R"({"x": ["?"]})");
  CHECK(command_text(doc("x", 1, "filter", doc("$db", "Ada")), false) == R"({"x": 1, "filter": {"$db": "?"}})");
}

TEST_CASE("of an array the first element stands for all, unless values were asked for") {
  const bson::Document insert = doc("insert", "c", "documents", array(doc("a", 1), doc("a", 2), doc("b", 3)));
  CHECK(command_text(insert, false) == R"({"insert": "c", "documents": [{"a": "?"}, 2 more]})");
  CHECK(command_text(insert, true) == R"({"insert": "c", "documents": [{"a": 1}, {"a": 2}, {"b": 3}]})");
  CHECK(command_text(doc("x", 1, "empty", array()), false) == R"({"x": 1, "empty": []})");
}

TEST_CASE("long commands are cut, between two characters") {
  std::string long_text;
  for (int i = 0; i < 3000; ++i) long_text += "ä";
  for (const std::string& shift : {std::string(), std::string("x")}) {
    const std::string cut = command_text(doc("x", 1, shift + "name", long_text), true);
    CHECK(cut.size() <= mongodb::longest_text + 20);
    CHECK(cut.substr(cut.size() - 9) == "... (cut)");
    const std::string before = cut.substr(0, cut.size() - 9);
    CHECK(before.substr(before.size() - 2) == "ä");
  }
  bson::Builder wide;
  for (int i = 0; i < 10'000; ++i) wide.append_int32("field" + std::to_string(i), i);
  CHECK(command_text(wide.finish(), false).size() <= mongodb::longest_text + 20);
}

TEST_CASE("bytes that are no UTF-8 do no harm") {
  const std::string text = command_text(doc("x", 1, "a\xff\n", "\xc3"), true);
  CHECK(text.find('\n') == std::string::npos);
  CHECK(text.find('\xff') == std::string::npos);
}

TEST_CASE("failures are named; what the server says is told with values only") {
  CHECK(mongodb::failure_text(11000, "DuplicateKey", "dup key: Ada", false) == "DuplicateKey (11000)");
  CHECK(mongodb::failure_text(11000, "DuplicateKey", "dup key: Ada", true) == "DuplicateKey (11000): dup key: Ada");
  CHECK(mongodb::failure_text(7, "", "Ada", false) == "error (7)");
}
