// Every case of cases/*.json, through the raw Collection: what MongoDB answers, this store answers.
// Each case runs in a collection of its own; the case's name is in the failure.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <kinship/collection.hpp>
#include <kinship/value/json.hpp>
#include <optional>
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

class Case {
 public:
  Case(const json& what, Collection collection) : what_(what), collection_(std::move(collection)) {
    for (const json& index : what.value("indexes", json::array()))
      run(collection_.create_index(object_of(index["keys"]), index.value("unique", false), index.value("sparse", false)));
    if (!what["docs"].empty()) run(collection_.insert_many(what["docs"]));
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
    REQUIRE(rows_.size() == wanted.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) CHECK(rows_[i].dump() == normal(wanted[i]).dump());
  }

  const json& what_;
  Collection collection_;
  std::vector<json> rows_{};
  UpdateResult result_{};
};

void run_cases(const std::string& file) {
  test::StoreFixture store;
  std::size_t number = 0;
  for (const json& one : cases_of(file)) {
    CAPTURE(one["name"].get<std::string>());
    Case(one, Collection(store.driver, "case_" + std::to_string(++number))).check();
  }
  MESSAGE(number << " cases of " << file);
}

}  // namespace

TEST_CASE("the cases of query_semantics.json") { run_cases("query_semantics.json"); }
TEST_CASE("our own cases") { run_cases("own_semantics.json"); }

TEST_CASE("all of the original cases are there") { CHECK(cases_of("query_semantics.json").size() == 69); }
