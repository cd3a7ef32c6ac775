// The matcher beyond the shared cases: errors in words, large $in, positions for `$`, and what it tells a planner.
#include "driver/sqlite/matcher.hpp"

#include <doctest/doctest.h>

#include <kinship/error.hpp>

#include "json_documents.hpp"

namespace kinship::sqlite {
namespace {

using test::doc;

bool matches(std::string_view filter, std::string_view document) {
  return Matcher::compile(doc(filter)).matches(doc(document));
}

int error_code(std::string_view filter) {
  try {
    Matcher::compile(doc(filter));
  } catch (const error& e) {
    return e.store_code();
  }
  return 0;
}

std::string error_text(std::string_view filter) {
  try {
    Matcher::compile(doc(filter));
  } catch (const error& e) {
    return e.what();
  }
  return "";
}

int position(std::string_view filter, std::string_view document) {
  MatchDetails details;
  REQUIRE(Matcher::compile(doc(filter)).matches(doc(document), details));
  return details.array_index;
}

TEST_CASE("a numeric component is an index, or a field's name in objects inside the array") {
  CHECK(matches(R"({"a.0": 5})", R"({"a": [5, 6]})"));
  CHECK(!matches(R"({"a.1": 5})", R"({"a": [5, 6]})"));
  CHECK(matches(R"({"a.1": 5})", R"({"a": [{"1": 5}]})"));
  CHECK(matches(R"({"a.0.b": 5})", R"({"a": [{"b": 5}]})"));
  CHECK(matches(R"({"a.0.0": 5})", R"({"a": [[5]]})"));
  CHECK(!matches(R"({"a.0": 5})", R"({"a": [[5]]})"));
  CHECK(!matches(R"({"a.00": 5})", R"({"a": [5]})"));
}

TEST_CASE("unknown and malformed operators are refused with MongoDB's code and the operator's name") {
  CHECK(error_code(R"({"a": {"$foo": 1}})") == 2);
  CHECK(error_text(R"({"a": {"$foo": 1}})").find("$foo") != std::string::npos);
  CHECK(error_code(R"({"$foo": 1})") == 2);
  CHECK(error_code(R"({"$or": []})") == 2);
  CHECK(error_code(R"({"$and": {"a": 1}})") == 2);
  CHECK(error_code(R"({"$nor": [1]})") == 2);
  CHECK(error_code(R"({"a": {"$in": 1}})") == 2);
  CHECK(error_code(R"({"a": {"$in": [{"$gt": 1}]}})") == 2);
  CHECK(error_code(R"({"a": {"$nin": {}}})") == 2);
  CHECK(error_code(R"({"a": {"$not": {}}})") == 2);
  CHECK(error_code(R"({"a": {"$not": 5}})") == 2);
  CHECK(error_code(R"({"a": {"$all": 5}})") == 2);
  CHECK(error_code(R"({"a": {"$all": [{"$gt": 5}]}})") == 2);
  CHECK(error_code(R"({"a": {"$all": [{"$elemMatch": {"b": 1}}, 5]}})") == 2);
  CHECK(error_code(R"({"a": {"$elemMatch": 5}})") == 2);
  CHECK(error_code(R"({"a": {"$size": -1}})") == 2);
  CHECK(error_code(R"({"a": {"$size": 1.5}})") == 2);
  CHECK(error_code(R"({"a": {"$mod": [0, 1]}})") == 2);
  CHECK(error_code(R"({"a": {"$mod": [1]}})") == 2);
  CHECK(error_code(R"({"a": {"$mod": [1, 2, 3]}})") == 2);
  CHECK(error_code(R"({"a": {"$mod": ["x", 2]}})") == 2);
  CHECK(error_code(R"({"a": {"$type": "nope"}})") == 2);
  CHECK(error_code(R"({"a": {"$type": 77}})") == 2);
  CHECK(error_code(R"({"a": {"$type": []}})") == 9);
  CHECK(error_code(R"({"a": {"$options": "i"}})") == 2);
  CHECK(error_code(R"({"a": {"$regex": 5}})") == 2);
  CHECK(error_code(R"({"a": {"$regex": "("}})") == 51091);
  CHECK(error_code(R"({"a": {"$regex": "a", "$options": "q"}})") == 51108);
  CHECK(error_code(R"({"a": {"$regex": {"$regularExpression": {"pattern": "a", "options": "i"}}, "$options": "s"}})") ==
        51075);
  CHECK(error_code(R"({"a": {"$gt": {"$regularExpression": {"pattern": "a", "options": ""}}}})") == 2);
  CHECK(error_code(R"({"a": {"$ne": {"$regularExpression": {"pattern": "a", "options": ""}}}})") == 2);
  CHECK(error_code(R"({"a": {"$bitsAllSet": -1}})") == 9);
  CHECK(error_code(R"({"a": {"$bitsAllSet": "x"}})") == 2);
  CHECK(error_code(R"({"a": {"$bitsAllSet": [-1]}})") == 2);
  CHECK(error_code(R"({"a": {"$gt": 1, "b": 2}})") == 2);
}

TEST_CASE("what the store does not do is unsupported, in words") {
  for (const char* filter : {R"({"$where": "1"})", R"({"$expr": {}})", R"({"$text": {}})", R"({"a": {"$near": [0, 0]}})"}) {
    try {
      Matcher::compile(doc(filter));
      FAIL("accepted ", filter);
    } catch (const error& e) {
      CHECK(e.code() == errc::unsupported);
      CHECK(std::string(e.what()).find("SQLite") != std::string::npos);
    }
  }
}

TEST_CASE("an $in of 50 000 keys of all number types finds exactly its members") {
  bson::Builder builder;
  builder.begin_document("a").begin_array("$in");
  for (int i = 0; i < 50'000; ++i) {
    if (i % 3 == 0) builder.append_int32("", 2 * i);
    if (i % 3 == 1) builder.append_int64("", 2 * i);
    if (i % 3 == 2) builder.append_double("", 2 * i);
  }
  const Matcher matcher = Matcher::compile(builder.end().end().finish());
  int found = 0;
  for (int i = 0; i < 3000; ++i) found += matcher.matches(bson::Builder().append_double("a", i).finish());
  CHECK(found == 1500);
  CHECK(!matcher.matches(doc(R"({"a": 3.5})")));
  CHECK(!matcher.matches(doc(R"({"a": "2"})")));
  CHECK(!matcher.matches(doc(R"({})")));
}

TEST_CASE("$in holds values of every type, null means missing too, and regular expressions match") {
  const char* filter =
      R"({"a": {"$in": [null, "x", [1, 2], {"b": 1}, {"$numberDecimal": "2.50"}, {"$regularExpression": {"pattern": "^y", "options": "i"}}]}})";
  for (const char* yes : {R"({})", R"({"a": null})", R"({"a": "x"})", R"({"a": [1, 2]})", R"({"a": [[1, 2]]})",
                          R"({"a": {"b": 1.0}})", R"({"a": 2.5})", R"({"a": "Yes"})", R"({"a": ["no", "yes"]})"}) {
    CHECK_MESSAGE(matches(filter, yes), yes);
  }
  for (const char* no :
       {R"({"a": "X"})", R"({"a": [2, 1]})", R"({"a": {"b": 1, "c": 1}})", R"({"a": []})", R"({"a": 2.51})"}) {
    CHECK_MESSAGE(!matches(filter, no), no);
  }
}

TEST_CASE("the position of a match is the place in the outermost array") {
  CHECK(position(R"({"a": 5})", R"({"a": [4, 5]})") == 1);
  CHECK(position(R"({"a.b": 5})", R"({"a": [{"b": 1}, {"b": [4, 5]}]})") == 1);
  CHECK(position(R"({"a": {"$elemMatch": {"b": {"$gt": 3}}}})", R"({"a": [{"b": 1}, {"b": 2}, {"b": 9}]})") == 2);
  CHECK(position(R"({"a.b": {"$elemMatch": {"$gt": 3}}})", R"({"a": [{"b": [1]}, {"b": [1, 2, 9]}]})") == 1);
  CHECK(position(R"({"a": 5})", R"({"a": 5})") == -1);
  CHECK(position(R"({"a.1": 5})", R"({"a": [4, 5]})") == -1);
  CHECK(position(R"({"a": {"$ne": 5}})", R"({"a": [4]})") == -1);
  CHECK(position(R"({"a": [1, 2]})", R"({"a": [1, 2]})") == -1);
  CHECK(position(R"({"$or": [{"a": 9}, {"a": 5}]})", R"({"a": [4, 5]})") == 1);
  CHECK(position(R"({"$or": [{"a": 5}, {"a": 4}]})", R"({"a": [1, 4, 5]})") == 1);
  CHECK(position(R"({"$or": [{"a": 5}, {"b": 1}]})", R"({"a": [4, 5]})") == -1);
  CHECK(position(R"({"a": 4, "b": 7})", R"({"a": [4], "b": [6, 7]})") == 1);
}

TEST_CASE("a failed branch leaves no position behind") {
  CHECK(position(R"({"$or": [{"a": 5, "b": 2}, {"b": 1}]})", R"({"a": [4, 5], "b": 1})") == -1);
}

TEST_CASE("regular expressions: options, arrays, stored expressions, invalid UTF-8") {
  CHECK(matches(R"({"a": {"$regex": "^b$", "$options": "m"}})", R"({"a": "a\nb"})"));
  CHECK(!matches(R"({"a": {"$regex": "^b$"}})", R"({"a": "a\nb"})"));
  CHECK(matches(R"({"a": {"$regex": "a.b", "$options": "s"}})", R"({"a": "a\nb"})"));
  CHECK(matches(R"({"a": {"$regex": "a b # c", "$options": "x"}})", R"({"a": "ab"})"));
  CHECK(matches(R"({"a": {"$options": "i", "$regex": "É"}})", R"({"a": "é"})"));
  CHECK(matches(R"({"a": {"$regex": "^.$"}})", R"({"a": "é"})"));
  const char* same = R"({"a": {"$regularExpression": {"pattern": "x", "options": "i"}}})";
  CHECK(matches(same, same));
  CHECK(!matches(same, R"({"a": {"$regularExpression": {"pattern": "x", "options": ""}}})"));
  CHECK(
      !Matcher::compile(doc(R"({"a": {"$regex": "b"}})")).matches(bson::Builder().append_string("a", "\xff\xfe").finish()));
}

TEST_CASE("a hostile regular expression ends with an error, not with a long wait") {
  const Matcher matcher = Matcher::compile(doc(R"({"a": {"$regex": "^(a+)+$"}})"));
  const std::string text(4000, 'a');
  CHECK_THROWS_AS(matcher.matches(bson::Builder().append_string("a", text + "b").finish()), error);
}

std::string bounds(std::string_view filter) {
  static const char* const names[] = {"eq", "in", "gt", "gte", "lt", "lte", "exists", "prefix"};
  const Matcher matcher = Matcher::compile(doc(filter));
  std::string out;
  for (const Bound& bound : matcher.bounds()) {
    if (!out.empty()) out += ' ';
    out += std::string(bound.path) + ':' + names[static_cast<int>(bound.op)];
    if (bound.group != 0) out += '#' + std::to_string(bound.group);
    out += bound.prefix;
  }
  if (matcher.bound_decides()) out += " decides";
  if (matcher.always_false()) out += " never";
  return out;
}

TEST_CASE("the planner is told what every matching document meets, and nothing more") {
  CHECK(bounds(R"({"a": 1})") == "a:eq decides");
  CHECK(bounds(R"({"a": null})") == "a:eq");
  CHECK(bounds(R"({"a": {"$in": [1, 2]}})") == "a:in decides");
  CHECK(bounds(R"({"a": {"$in": [1, null]}})") == "a:in");
  CHECK(bounds(R"({"a": 1, "b.c": {"$gt": 2, "$lte": 5}})") == "a:eq b.c:gt b.c:lte");
  CHECK(bounds(R"({"$and": [{"a": 1}, {"$or": [{"b": 2}]}]})") == "a:eq b:eq");
  CHECK(bounds(R"({"$or": [{"a": 1}, {"b": 1}]})") == "");
  CHECK(bounds(R"({"a": {"$elemMatch": {"$gt": 1, "$lt": 5}}})") == "a:gt#1 a:lt#1");
  CHECK(bounds(R"({"a": {"$elemMatch": {"b": 1, "c": {"$elemMatch": {"d": 2}}}}})") == "a.b:eq a.c.d:eq");
  CHECK(bounds(R"({"a": {"$elemMatch": {"b": {"$gt": 1, "$lt": 5}}}})") == "a.b:gt a.b:lt");  // b may be [0, 9]
  CHECK(bounds(R"({"a": {"$elemMatch": {"b": {"$elemMatch": {"$gt": 1, "$lt": 5}}}}})") == "a.b:gt#1 a.b:lt#1");
  CHECK(bounds(R"({"a": {"$all": [1, 2]}})") == "a:eq a:eq");
  CHECK(bounds(R"({"a": {"$regex": "^abc"}})") == "a:prefixabc");
  CHECK(bounds(R"({"a": {"$regex": "^ab+c*"}})") == "a:prefixab");
  CHECK(bounds(R"({"a": {"$gte": null}})") == "a:eq");
  CHECK(bounds(R"({"a": {"$exists": true}})") == "a:exists");
}

TEST_CASE("the planner is told nothing that an index could contradict") {
  CHECK(bounds(R"({"a": [1, 2]})") == "");
  CHECK(bounds(R"({"a": {"$in": [[1]]}})") == "");
  CHECK(bounds(R"({"a.0": 1})") == "");
  CHECK(bounds(R"({"a": {"$gt": {"$minKey": 1}}})") == "");
  CHECK(bounds(R"({"a": {"$ne": 1}})") == "");
  CHECK(bounds(R"({"a": {"$not": {"$gt": 1}}})") == "");
  CHECK(bounds(R"({"a": {"$elemMatch": {"$elemMatch": {"$gt": 1}}}})") == "");
  CHECK(bounds(R"({"a": {"$regex": "^abc", "$options": "i"}})") == "");
  CHECK(bounds(R"({"a": {"$regex": "^a|b"}})") == "");
  CHECK(bounds(R"({"a": {"$regex": "abc"}})") == "");
  CHECK(bounds(R"({"a": {"$in": []}})") == " never");
  CHECK(bounds(R"({"a": {"$lt": null}, "b": 1})") == "b:eq never");
  CHECK(Matcher::compile(doc(R"({"$comment": "x"})")).always_true());
  CHECK(!Matcher::compile(doc(R"({"a": 1})")).always_true());
}

}  // namespace
}  // namespace kinship::sqlite
