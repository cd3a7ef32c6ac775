// Index keys: multikey expansion, missing and empty arrays, sparse, parallel arrays, positional components.
#include "driver/sqlite/index_keys.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <kinship/error.hpp>

#include "driver/sqlite/key_encoding.hpp"
#include "driver/sqlite/matcher.hpp"
#include "json_documents.hpp"

namespace kinship::sqlite {
namespace {

using test::doc;

// Keys as sorted lists of values: [[1, null], ...] compared with what `extract` gives.
void check_keys(std::string_view spec, std::string_view document, const char* expected, bool multikey, bool sparse = false) {
  const IndexSpec index = IndexSpec::compile(doc(spec), false, sparse);
  const IndexKeys keys = extract(index, doc(document));
  std::vector<std::string> wanted;
  const auto lists = test::array(test::Json::parse(expected));
  for (const auto& list : lists.view()) {
    std::string key;
    std::size_t i = 0;
    for (const auto& element : list.value.as_document()) append_key(key, element.value, index.fields[i++].descending);
    wanted.push_back(key);
  }
  std::sort(wanted.begin(), wanted.end());
  CHECK_MESSAGE(keys.keys == wanted, document);
  CHECK(keys.multikey == multikey);
}

int error_code(std::string_view spec, std::string_view document) {
  try {
    extract(IndexSpec::compile(doc(spec)), doc(document));
  } catch (const error& e) {
    return e.store_code();
  }
  return 0;
}

TEST_CASE("one key for a document without arrays; missing is null") {
  check_keys(R"({"a": 1})", R"({"a": 5})", "[[5]]", false);
  check_keys(R"({"a": 1, "b": -1})", R"({"a": 5, "b": "x"})", R"([[5, "x"]])", false);
  check_keys(R"({"a": 1})", "{}", "[[null]]", false);
  check_keys(R"({"a.b": 1})", R"({"a": 5})", "[[null]]", false);
  check_keys(R"({"a.b": 1})", R"({"a": {"b": {"c": 1}}})", R"([[{"c": 1}]])", false);
}

TEST_CASE("an array gives one key for each different element, an empty one undefined") {
  check_keys(R"({"a": 1})", R"({"a": [3, 1, 3, 1.0]})", "[[1], [3]]", true);
  check_keys(R"({"a": 1})", R"({"a": []})", R"([[{"$undefined": true}]])", true);
  check_keys(R"({"a": 1})", R"({"a": [[1, 2], [], 3]})", "[[[1, 2]], [[]], [3]]", true);
  check_keys(R"({"a": 1})", R"({"a": [null]})", "[[null]]", true);
}

TEST_CASE("paths enter objects in arrays, not arrays in arrays") {
  check_keys(R"({"a.b": 1})", R"({"a": [{"b": 1}, {"b": [2, 3]}, {"c": 1}, 7]})", "[[1], [2], [3], [null]]", true);
  check_keys(R"({"a.b": 1})", R"({"a": [[{"b": 1}]]})", "[[null]]", true);
  check_keys(R"({"a.b": 1})", R"({"a": []})", "[[null]]", true);
  check_keys(R"({"a.b": 1})", R"({"a": [{"b": []}]})", R"([[{"$undefined": true}]])", true);
}

TEST_CASE("compound keys pair what stands in one element") {
  check_keys(R"({"a.x": 1, "a.y": 1})", R"({"a": [{"x": 1, "y": 2}, {"x": 3}]})", "[[1, 2], [3, null]]", true);
  check_keys(R"({"a": 1, "b": 1})", R"({"a": [1, 2], "b": 9})", "[[1, 9], [2, 9]]", true);
  check_keys(R"({"a": 1, "a.b": 1})", R"({"a": [{"b": 1}, 5]})", R"([[{"b": 1}, 1], [5, null]])", true);
}

TEST_CASE("parallel arrays are an error, also when empty") {
  CHECK(error_code(R"({"a": 1, "b": 1})", R"({"a": [1, 2], "b": [3]})") == 171);
  CHECK(error_code(R"({"a": 1, "b": 1})", R"({"a": [], "b": []})") == 171);
  CHECK(error_code(R"({"a.x": 1, "a.y": 1})", R"({"a": [{"x": [1], "y": [2]}]})") == 171);
  CHECK(error_code(R"({"a.x": 1, "a.y": 1})", R"({"a": [{"x": [1], "y": 2}, {"x": 1, "y": [2]}]})") == 0);
}

TEST_CASE("a positional component indexes that element only") {
  check_keys(R"({"a.0": 1})", R"({"a": [5, 6]})", "[[5]]", true);
  check_keys(R"({"a.1.b": 1})", R"({"a": [{"b": 1}, {"b": 2}]})", "[[2]]", true);
  check_keys(R"({"a.5": 1})", R"({"a": [5, 6]})", "[[null]]", true);
  check_keys(R"({"a.0": 1})", R"({"a": {"0": 5}})", "[[5]]", false);
  check_keys(R"({"a.0": 1})", R"({"a": [[]]})", R"([[{"$undefined": true}]])", true);
  check_keys(R"({"a.0.b": 1})", R"({"a": [[]]})", "[[null]]", true);
  check_keys(R"({"a.0.b": 1})", R"({"a": [[{"b": 1}, {"b": 2}]]})", "[[1], [2]]", true);
  check_keys(R"({"a.0.0": 1, "b": 1})", R"({"a": [[], 5], "b": 1})", "[[null, 1]]", true);
  CHECK(error_code(R"({"a.0": 1})", R"({"a": [{"0": 1}]})") == 16746);
}

TEST_CASE("sparse skips a document only when every field is missing") {
  check_keys(R"({"a": 1})", "{}", "[]", false, true);
  check_keys(R"({"a": 1})", R"({"a": null})", "[[null]]", false, true);
  check_keys(R"({"a": 1, "b": 1})", R"({"b": 1})", "[[null, 1]]", false, true);
  check_keys(R"({"a": 1, "b": 1})", R"({"c": 1})", "[]", false, true);
  check_keys(R"({"a.b": 1})", R"({"a": [1, {"b": 2}]})", "[[2]]", true, true);
  check_keys(R"({"a": 1})", R"({"a": []})", R"([[{"$undefined": true}]])", true, true);
}

TEST_CASE("bad index specifications are refused") {
  for (const char* bad : {"{}", R"({"a": 0})", R"({"a": "x"})", R"({"": 1})", R"({"a..b": 1})", R"({"a.": 1})",
                          R"({"$a": 1})", R"({"a": true})"}) {
    CHECK_THROWS_AS(IndexSpec::compile(doc(bad)), error);
  }
  CHECK(IndexSpec::compile(doc(R"({"a": -1, "b": 2.5})")).fields[0].descending);
}

// The promise a planner relies on: a document that meets a bound is in the index under a key the bound accepts.
TEST_CASE("equality and $in bounds find every matching document through the index") {
  const char* documents[] = {R"({"a": 1})",
                             R"({"a": [1, 2]})",
                             R"({"a": [[1]]})",
                             R"({"a": null})",
                             "{}",
                             R"({"a": []})",
                             R"({"a": {"b": 1}})",
                             R"({"a": [{"b": 1}, {"b": [1, 2]}]})",
                             R"({"a": [{"b": null}]})",
                             R"({"a": [{}]})",
                             R"({"a": [1]})",
                             R"({"a": [{"b": []}]})",
                             R"({"a": {"b": [1]}})",
                             R"({"a": {"b": 1.0}})",
                             R"({"a": [[{"b": 1}]]})"};
  const char* filters[] = {R"({"a": 1})",
                           R"({"a.b": 1})",
                           R"({"a": null})",
                           R"({"a.b": null})",
                           R"({"a": {"$in": [1, 7]}})",
                           R"({"a.b": {"$in": [null, 1]}})",
                           R"({"a": {"$elemMatch": {"b": 1}}})",
                           R"({"a": {"$elemMatch": {"$eq": 1}}})",
                           R"({"a": {"b": 1}})",
                           R"({"a": {"$all": [1, 2]}})",
                           R"({"a": {"$gte": null}})"};
  for (const char* filter : filters) {
    const Matcher matcher = Matcher::compile(doc(filter));
    for (const Bound& bound : matcher.bounds()) {
      IndexSpec spec;
      spec.fields.push_back({Path(bound.path), false});
      for (const char* document : documents) {
        const auto keys = extract(spec, doc(document)).keys;
        auto held = [&](bson::ValueView value) {
          return std::find(keys.begin(), keys.end(), encode_key(value)) != keys.end();
        };
        bool found = false;
        if (bound.op == BoundOp::in) {
          for (const auto& element : bound.value.as_document()) found |= held(element.value);
        } else {
          found = held(bound.value);
        }
        const bool matches = matcher.matches(doc(document));
        CHECK_MESSAGE((found || !matches), filter, " misses ", document);
        if (matcher.bound_decides()) CHECK_MESSAGE(found == matches, filter, " wrongly finds ", document);
      }
    }
  }
}

}  // namespace
}  // namespace kinship::sqlite
