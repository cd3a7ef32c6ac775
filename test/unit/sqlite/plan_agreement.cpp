// The promise between matcher, index keys and planner, tried on every pinned filter with many indexes: a document that
// matches stands in the index under a key the plan reads, and a plan that calls itself exact reads nothing else.
#include <doctest/doctest.h>

#include <fstream>
#include <kinship/error.hpp>
#include <kinship/value/json.hpp>
#include <set>

#include "driver/sqlite/planner.hpp"
#include "json_documents.hpp"

namespace kinship::sqlite {
namespace {

using bson::Document;
using test::Json;

void collect_paths(const Json& filter, std::set<std::string>& paths) {
  for (const auto& [name, value] : filter.items()) {
    if (name[0] != '$') paths.insert(name);
    if (value.is_array()) {
      for (const auto& branch : value) {
        if (branch.is_object()) collect_paths(branch, paths);
      }
    } else if (value.is_object() && value.contains("$elemMatch") && value["$elemMatch"].is_object()) {
      std::set<std::string> inner;
      collect_paths(value["$elemMatch"], inner);
      for (const auto& path : inner) paths.insert(name + "." + path);
    }
  }
}

// Each path by itself, up and down and sparse; then pairs.
std::vector<IndexSpec> indexes_for(const Json& filter) {
  std::set<std::string> paths;
  collect_paths(filter, paths);
  std::vector<IndexSpec> out;
  for (const auto& path : paths) {
    if (path.empty() || path.back() == '.') continue;
    for (const bool descending : {false, true}) {
      for (const bool sparse : {false, true}) out.push_back({{{Path(path), descending}}, false, sparse});
    }
    for (const auto& other : paths) {
      if (other != path && !other.empty() && other.back() != '.') {
        out.push_back({{{Path(path), false}, {Path(other), true}}, false, false});
        out.push_back({{{Path(path), true}, {Path(other), false}}, false, true});
      }
    }
    out.push_back({{{Path(path), false}, {Path("_id"), false}}, false, false});
  }
  return out;
}

bool reads(const Plan& plan, const std::vector<std::string>& keys) {
  for (const Plan& branch : plan.branches) {
    if (reads(branch, keys)) return true;
  }
  for (const auto& key : keys) {
    for (std::size_t i = 0; i < plan.keys.size(); ++i) {
      if (plan.points ? key == plan.keys.low(i) : key >= plan.keys.low(i) && key < plan.keys.high(i)) return true;
    }
  }
  return false;
}

struct Tally {
  int plans = 0, exact = 0, used = 0, branched = 0;
};

void check(const Json& filter, const std::vector<Document>& documents, Tally& tally) {
  const Document given = test::from_json(filter);
  const Matcher matcher = Matcher::compile(given);
  for (const IndexSpec& spec : indexes_for(filter)) {
    CollectionInfo collection;
    collection.indexes.resize(1);
    Index& index = collection.indexes[0];
    index.spec = spec;
    std::vector<std::vector<std::string>> keys;
    try {
      for (const auto& document : documents) {
        auto found = extract(spec, document);
        index.multikey |= found.multikey;
        keys.push_back(std::move(found.keys));
      }
    } catch (const error&) {
      continue;  // parallel arrays: no such index
    }
    const Plan plan = make_plan(collection, matcher);
    ++tally.plans;
    if (plan.never) {
      for (const auto& document : documents) CHECK(!matcher.matches(document));
    }
    if (plan.index == nullptr && plan.branches.empty()) continue;
    ++tally.used;
    tally.branched += !plan.branches.empty();
    tally.exact += plan.exact;
    for (std::size_t i = 0; i < documents.size(); ++i) {
      const bool read = reads(plan, keys[i]), matches = matcher.matches(documents[i]);
      if (matches && !read)
        FAIL_CHECK("missed ", test::text(documents[i]), " for ", filter.dump(), " on ", spec.fields[0].path.text());
      if (plan.exact && read && !matches) FAIL_CHECK("exact, but not: ", test::text(documents[i]), " for ", filter.dump());
    }
  }
}

std::vector<Json> find_cases() {
  std::vector<Json> out;
  for (const char* name : {"/query_semantics.json", "/own_semantics.json"}) {
    std::ifstream in(std::string(KINSHIP_CASES) + name);
    const Json file = Json::parse(in);
    for (const auto& one : file["cases"]) {
      if (one["op"] == "find" && !one["expect"].value("error", false)) out.push_back(one);
    }
  }
  return out;
}

TEST_CASE("no index changes what a pinned filter finds among its documents") {
  Tally tally;
  for (const auto& one : find_cases()) {
    CAPTURE(one["name"].get<std::string>());
    std::vector<Document> documents;
    for (const auto& json : one["docs"]) documents.push_back(test::from_json(json));
    check(one["filter"], documents, tally);
  }
  CHECK(tally.plans > 500);
  CHECK(tally.used > 100);
  CHECK(tally.exact > 20);
}

TEST_CASE("no index changes what a pinned filter finds among the documents of all cases") {
  const auto cases = find_cases();
  std::vector<Document> documents;
  std::set<std::string> seen;
  for (const auto& one : cases) {
    for (const auto& json : one["docs"]) {
      if (json.contains("a") && seen.insert(json["a"].dump()).second) documents.push_back(test::from_json(json));
    }
  }
  CHECK(documents.size() > 150);
  Tally tally;
  std::set<std::string> filters;
  for (const auto& one : cases) {
    if (!filters.insert(one["filter"].dump()).second) continue;
    CAPTURE(one["name"].get<std::string>());
    check(one["filter"], documents, tally);
  }
  CHECK(tally.used > 200);
  CHECK(tally.branched > 3);
}

TEST_CASE("two bounds on a field of array elements may be met by two values") {
  Tally tally;
  std::vector<Document> documents;
  for (const char* text : {R"({"a": [{"b": [0, 9]}]})", R"({"a": [{"b": 3}]})", R"({"a": [{"b": 0}, {"b": 9}]})",
                           R"({"a": [0, 9]})", R"({"a": [3]})", R"({"a": {"b": [0, 9]}})", R"({"a": [[3]]})"}) {
    documents.push_back(test::doc(text));
  }
  for (const char* filter : {R"({"a": {"$elemMatch": {"b": {"$gt": 1, "$lt": 5}}}})", R"({"a.b": {"$gt": 1, "$lt": 5}})",
                             R"({"a": {"$elemMatch": {"$gt": 1, "$lt": 5}}})", R"({"a": {"$gt": 1, "$lt": 5}})",
                             R"({"a": {"$elemMatch": {"b": {"$elemMatch": {"$gt": 1, "$lt": 5}}}}})",
                             R"({"a.b": {"$elemMatch": {"$gt": 1, "$lt": 5}}})"}) {
    check(Json::parse(filter), documents, tally);
  }
  CHECK(tally.used > 10);
}

}  // namespace
}  // namespace kinship::sqlite
