// Walking dotted paths: what is visited, in which order, with which position.
#include "driver/sqlite/path.hpp"

#include <doctest/doctest.h>

#include "json_documents.hpp"

namespace kinship::sqlite {
namespace {

using test::doc;

std::string visited(std::string_view path, std::string_view document, Leaf leaf = Leaf::expand) {
  const auto bytes = doc(document);
  std::string out;
  walk(Path(path), bytes, leaf, [&](Visited one) {
    const std::string text = one.value.missing() ? "missing" : test::text(bson::Builder().append("v", one.value).finish());
    out += (out.empty() ? "" : " | ") + text + "@" + std::to_string(one.array_index);
    return false;
  });
  return out;
}

TEST_CASE("components and indexes") {
  const Path path("a.0.b.01");
  REQUIRE(path.size() == 4);
  CHECK(path[0] == "a");
  CHECK(path[3] == "01");
  CHECK(path.index(1) == 0);
  CHECK(path.index(0) == Path::not_an_index);
  CHECK(path.index(3) == Path::not_an_index);
  CHECK(path.rest(2) == "b.01");
  CHECK(Path("").size() == 1);
  CHECK(Path("a..b").size() == 3);
  CHECK(parse_index("99999999999") == Path::not_an_index);
  CHECK(parse_index("2147483648") == Path::not_an_index);
  CHECK(parse_index("2147483647") == 2147483647u);
}

TEST_CASE("copies of a path stand on their own") {
  Path copy;
  {
    const Path original("abc.def");
    copy = original;
  }
  CHECK(copy[1] == "def");
}

TEST_CASE("scalars on the way make the rest missing; inside arrays they are passed over") {
  CHECK(visited("a.b", R"({"a": 5})") == "missing@-1");
  CHECK(visited("a.b", "{}") == "missing@-1");
  CHECK(visited("a.b", R"({"a": [5, null]})") == "");
  CHECK(visited("a.b", R"({"a": [5, {"c": 1}]})") == "missing@1");
}

TEST_CASE("elements first, then the array; or the array only") {
  CHECK(visited("a", R"({"a": [1, [2]]})") == "{v: 1}@0 | {v: [2]}@1 | {v: [1, [2]]}@-1");
  CHECK(visited("a", R"({"a": [1, [2]]})", Leaf::whole) == "{v: [1, [2]]}@-1");
  CHECK(visited("a", R"({"a": []})") == "{v: []}@-1");
}

TEST_CASE("positions are those of the outermost array") {
  CHECK(visited("a.b", R"({"a": [{"b": 1}, {"b": [2, 3]}]})") == "{v: 1}@0 | {v: 2}@1 | {v: 3}@1 | {v: [2, 3]}@1");
}

TEST_CASE("a numeric component is tried as a field of each object and as an index") {
  CHECK(visited("a.0", R"({"a": [{"0": 7}, {"0": 8}]})") == "{v: 7}@0 | {v: {0: 7}}@-1 | {v: 8}@1");
  CHECK(visited("a.1.b", R"({"a": [{"b": 1}, {"b": 2}]})") == "missing@0 | missing@1 | {v: 2}@-1");
  CHECK(visited("a.0.b", R"({"a": [[{"b": 3}], 4]})") == "{v: 3}@0");
}

TEST_CASE("visiting stops at the first true") {
  const auto bytes = doc(R"({"a": [1, 2, 3]})");
  int count = 0;
  CHECK(walk(Path("a"), bytes, Leaf::expand, [&](Visited) { return ++count == 2; }));
  CHECK(count == 2);
}

TEST_CASE("a plain lookup goes through arrays by index only") {
  const auto bytes = doc(R"({"a": [{"b": 5}], "c": 1})");
  CHECK(value_at(bytes, Path("a.0.b")).as_int32() == 5);
  CHECK(value_at(bytes, Path("a.b")).missing());
  CHECK(value_at(bytes, Path("c.d")).missing());
}

}  // namespace
}  // namespace kinship::sqlite
