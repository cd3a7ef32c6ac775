// Sort keys: arrays by their smallest or largest element, missing as null, directions, bad specifications.
#include "driver/sqlite/sort.hpp"

#include <doctest/doctest.h>

#include <kinship/error.hpp>

#include "json_documents.hpp"

namespace kinship::sqlite {
namespace {

using test::doc;

int order(std::string_view sort, std::string_view a, std::string_view b) {
  const Sorter sorter = Sorter::compile(doc(sort));
  const int found = sorter.key(doc(a)).compare(sorter.key(doc(b)));
  return (found > 0) - (found < 0);
}

int error_code(std::string_view sort, std::string_view document = "{}") {
  try {
    Sorter::compile(doc(sort)).key(doc(document));
  } catch (const error& e) {
    return e.store_code();
  }
  return 0;
}

TEST_CASE("ascending takes the smallest element, descending the largest") {
  CHECK(order(R"({"a": 1})", R"({"a": [5, 1]})", R"({"a": 2})") == -1);
  CHECK(order(R"({"a": -1})", R"({"a": [5, 1]})", R"({"a": 2})") == -1);
  CHECK(order(R"({"a": -1})", R"({"a": [1]})", R"({"a": 2})") == 1);
}

TEST_CASE("an empty array is below null, missing equals null") {
  CHECK(order(R"({"a": 1})", R"({"a": []})", R"({"a": null})") == -1);
  CHECK(order(R"({"a": 1})", "{}", R"({"a": null})") == 0);
  CHECK(order(R"({"a": -1})", R"({"a": []})", "{}") == 1);
  CHECK(order(R"({"a": 1})", R"({"a": {"$minKey": 1}})", R"({"a": []})") == -1);
}

TEST_CASE("compound sorts: the first field decides, each in its own direction") {
  CHECK(order(R"({"a": 1, "b": -1})", R"({"a": 1, "b": 2})", R"({"a": 1, "b": 1})") == -1);
  CHECK(order(R"({"a": 1, "b": -1})", R"({"a": 1, "b": 1})", R"({"a": 2, "b": 9})") == -1);
  CHECK(order(R"({"a": -1, "b": 1})", R"({"a": "x", "b": 1})", R"({"a": "xy", "b": 1})") == 1);
}

TEST_CASE("a field named twice counts once") { CHECK(order(R"({"a": 1, "a": -1})", R"({"a": 1})", R"({"a": 2})") != 0); }

TEST_CASE("no sort: every document has the same key") {
  CHECK(Sorter::compile(bson::DocumentView{}).empty());
  CHECK(order("{}", R"({"a": 1})", R"({"a": 2})") == 0);
}

TEST_CASE("bad sorts carry MongoDB's codes") {
  CHECK(error_code(R"({"a": 2})") == 15975);
  CHECK(error_code(R"({"a": 0})") == 15975);
  CHECK(error_code(R"({"a": "up"})") == 15974);
  CHECK(error_code(R"({"": 1})") == 40352);
  CHECK(error_code(R"({"a.": 1})") == 40353);
  CHECK(error_code(R"({"a..b": 1})") == 15998);
  CHECK(error_code(R"({"$a": 1})") == 16410);
  CHECK(error_code(R"({"a": 1, "b": 1})", R"({"a": [1], "b": [2]})") == 2);
  CHECK(error_code(R"({"a": {"$meta": "textScore"}})") == 115);
  CHECK(error_code(R"({"a": {"$numberLong": "-1"}})") == 0);
}

}  // namespace
}  // namespace kinship::sqlite
