// Every case of cases/*.json, through the raw Collection: what MongoDB answers, this store answers. Each case runs in a
// collection of its own, and again with an index on every field that filter and sort name, which must not change a thing.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <kinship/collection.hpp>
#include <kinship/value/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "store/fixture.hpp"

using namespace kinship;
using test::run;

namespace {

json cases_of(const std::string& file) {
  std::ifstream in(std::string(KINSHIP_STORE_CASES "/") + file);
  REQUIRE_MESSAGE(in.good(), "cannot read " << file);
  return json::parse(in).at("cases");
}

// What the text means, written as results are written: 1 and {"$numberInt": "1"} become one.
json normal(const json& document) { return to_extended_json(from_extended_json(document).view()); }

json object_of(const json& pairs) {
  json object = json::object();
  for (const json& pair : pairs) object[pair[0].get<std::string>()] = pair[1];
  return object;
}

bool is_replacement(const json& update) { return update.empty() || update.begin().key().front() != '$'; }

// What a case asks of a store, by name: its operators and types, and the keys it is written with.
void gather_features(const json& part, std::set<std::string>& features) {
  if (!part.is_structured()) return;
  for (const auto& [key, value] : part.items()) {
    if (part.is_object() && key.starts_with('$')) features.insert(key);
    if (part.is_object() && key.find(".$") != key.npos) features.insert("positional");
    gather_features(value, features);
  }
}

bool lacking(const json& one) {
  std::set<std::string> features{one["name"].get<std::string>()};
  for (const auto& [key, value] : one.items()) features.insert(key);
  for (const char* part : {"docs", "filter", "update", "projection", "array_filters", "insert"})
    if (one.contains(part)) gather_features(one[part], features);
  for (const auto& name : test::store_lacks())
    if (features.count(name) != 0) return true;
  return false;
}

void gather_paths(const json& filter, const std::string& prefix, std::set<std::string>& paths) {
  if (filter.is_array())
    for (const json& branch : filter) gather_paths(branch, prefix, paths);
  if (!filter.is_object()) return;
  for (const auto& [key, value] : filter.items()) {
    if (key.starts_with('$')) {
      gather_paths(value, prefix, paths);
      continue;
    }
    paths.insert(prefix + key);
    if (value.is_object() && value.contains("$elemMatch")) gather_paths(value["$elemMatch"], prefix + key + ".", paths);
  }
}

class Case {
 public:
  Case(const json& what, Collection collection) : what_(what), collection_(std::move(collection)) {
    for (const json& index : what.value("indexes", json::array()))
      run(collection_.create_index(object_of(index["keys"]), index.value("unique", false), index.value("sparse", false)));
    if (!what["docs"].empty()) run(collection_.insert_many(what["docs"]));
  }

  /// How many could be made.
  int add_indexes() {
    std::set<std::string> paths;
    if (what_.contains("filter")) gather_paths(what_["filter"], "", paths);
    if (what_.contains("sort"))
      for (const json& pair : what_["sort"]) paths.insert(pair[0].get<std::string>());
    json compound = json::object();
    int made = 0;
    for (const std::string& path : paths) {
      made += add_index({{path, 1}});
      compound[path] = made % 2 == 0 ? 1 : -1;
    }
    if (paths.size() > 1) made += add_index(compound);
    return made;
  }

  /// Whether which documents come, or which comes first, is left open.
  bool leaves_open() const {
    return !what_.contains("sort") &&
           (what_.contains("limit") || what_.contains("skip") ||
            (what_["op"] == "update" && what_["docs"].size() > 1 && !what_.value("multi", false)));
  }

  void check() {
    const json& expect = what_["expect"];
    std::optional<error> failure;
    try {
      perform();
    } catch (const error& e) {
      failure = e;
    }
    if (expect.value("error", false)) {
      REQUIRE_MESSAGE(failure.has_value(), "it succeeded, though it should not");
      if (expect.contains("code")) CHECK(failure->store_code() == expect["code"].get<int>());
      return;
    }
    REQUIRE_MESSAGE(!failure.has_value(), std::string(failure ? failure->what() : ""));
    if (what_["op"] != "find") rows_ = run(collection_.find().sort({{"_id", 1}}).all());
    if (expect.contains("ids")) check_ids(expect);
    if (expect.contains("docs")) check_documents(expect["docs"]);
    if (expect.contains("matched")) CHECK(result_.matched == expect["matched"].get<std::uint64_t>());
    if (expect.contains("modified")) CHECK(result_.modified == expect["modified"].get<std::uint64_t>());
  }

 private:
  bool add_index(const json& keys) {
    try {
      run(collection_.create_index(keys));
      return true;
    } catch (const error&) {  // parallel arrays, odd names, or one that is there with other options
      return false;
    }
  }

  void perform() {
    const std::string op = what_["op"];
    if (op == "insert") {
      run(collection_.insert_many(what_["insert"]));
    } else if (op == "update") {
      update();
    } else {
      CollectionQuery query = collection_.find(what_["filter"]);
      if (what_.contains("sort")) query = query.sort(object_of(what_["sort"]));
      if (what_.contains("projection")) query = query.projection(what_["projection"]);
      rows_ = run(query.skip(what_.value("skip", 0u)).limit(what_.value("limit", 0u)).all());
    }
  }

  void update() {
    const json& filter = what_["filter"];
    const json& change = what_["update"];
    UpdateOptions options;
    options.upsert(what_.value("upsert", false));
    if (what_.contains("array_filters")) options.array_filters(what_["array_filters"]);
    if (is_replacement(change))
      result_ = run(collection_.replace_one(filter, change, what_.value("upsert", false)));
    else if (what_.value("multi", false))
      result_ = run(collection_.update_many(filter, change, options));
    else
      result_ = run(collection_.update_one(filter, change, options));
  }

  void check_ids(const json& expect) {
    std::vector<std::string> found, wanted;
    for (const json& row : rows_) found.push_back(row["_id"].dump());
    for (const json& id : expect["ids"]) wanted.push_back(normal({{"_id", id}})["_id"].dump());
    if (!expect.value("ordered", false)) {
      std::sort(found.begin(), found.end());
      std::sort(wanted.begin(), wanted.end());
    }
    CHECK(found == wanted);
  }

  void check_documents(const json& wanted) {
    std::vector<std::string> found, expected;
    for (const json& row : rows_) found.push_back(row.dump());
    for (const json& document : wanted) expected.push_back(normal(document).dump());
    if (what_["op"] == "find" && !what_.contains("sort")) {
      std::sort(found.begin(), found.end());
      std::sort(expected.begin(), expected.end());
    }
    CHECK(found == expected);
  }

  const json& what_;
  Collection collection_;
  std::vector<json> rows_{};
  UpdateResult result_{};
};

void run_cases(const std::string& file) {
  test::StoreFixture store;
  std::size_t number = 0, skipped = 0, indexed = 0;
  for (const json& one : cases_of(file)) {
    CAPTURE(one["name"].get<std::string>());
    const std::string name = "case_" + std::to_string(++number);
    if (lacking(one)) {
      ++skipped;
      continue;
    }
    Case(one, Collection(store.driver, name)).check();
    Case again(one, Collection(store.driver, name + "_indexed"));
    if (again.leaves_open() || again.add_indexes() == 0) continue;
    CAPTURE("with indexes");
    ++indexed;
    again.check();
  }
  MESSAGE(number << " cases of " << file << ", " << indexed << " of them with indexes too, " << skipped << " skipped");
}

}  // namespace

TEST_CASE("the cases of query_semantics.json") { run_cases("query_semantics.json"); }
TEST_CASE("our own cases") { run_cases("own_semantics.json"); }

TEST_CASE("all of the original cases are there") { CHECK(cases_of("query_semantics.json").size() == 69); }
