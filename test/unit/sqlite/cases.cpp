// Runs every case of test/store/cases/*.json purely in memory: matcher, sort, projection, updates and index keys together.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <kinship/error.hpp>
#include <optional>
#include <set>

#include "driver/sqlite/compare.hpp"
#include "driver/sqlite/index_keys.hpp"
#include "driver/sqlite/matcher.hpp"
#include "driver/sqlite/projection.hpp"
#include "driver/sqlite/sort.hpp"
#include "driver/sqlite/update.hpp"
#include "driver/sqlite/upsert.hpp"
#include "json_documents.hpp"

namespace kinship::sqlite {
namespace {

using bson::Document;
using test::Json;

Json load(const std::string& name) {
  std::ifstream in(std::string(KINSHIP_CASES) + "/" + name);
  REQUIRE_MESSAGE(in.good(), "cannot open ", name);
  return Json::parse(in);
}

Document document(const Json& json) { return test::from_json(json); }

Document keys_of(const Json& pairs) {
  bson::Builder out;
  for (const auto& pair : pairs) out.append_int32(pair[0].get<std::string>(), pair[1].get<int>());
  return out.finish();
}

// One collection with its unique indexes; `_id` always has one.
class Collection {
 public:
  explicit Collection(const Json& test) {
    add_index(keys_of(Json::array({Json::array({"_id", 1})})), true, false);
    if (test.contains("indexes")) {
      for (const auto& index : test["indexes"])
        add_index(keys_of(index["keys"]), index.value("unique", false), index.value("sparse", false));
    }
    for (const auto& json : test["docs"]) insert(document(json));
  }

  void insert(const Document& given) {
    Document stored = prepare_insert(given);
    claim(stored, documents_.size());
    documents_.push_back(std::move(stored));
  }

  std::vector<Document> find(const Json& test) const {
    const Matcher matcher = Matcher::compile(document(test["filter"]));
    const Sorter sorter = Sorter::compile(test.contains("sort") ? keys_of(test["sort"]) : Document());
    const Projection projection =
        Projection::compile(test.contains("projection") ? document(test["projection"]) : Document());
    std::vector<std::pair<std::string, Document>> found;
    for (const auto& stored : documents_) {
      MatchDetails details;
      if (!matcher.matches(stored, details)) continue;
      CHECK(matcher.matches(stored));
      found.emplace_back(sorter.key(stored), projection.apply(stored, details));
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Document> out;
    const std::size_t skip = test.value("skip", 0), limit = test.value("limit", 0);
    for (std::size_t i = skip; i < found.size() && (limit == 0 || i < skip + limit); ++i) out.push_back(found[i].second);
    return out;
  }

  void update(const Json& test) {
    const Document filter = document(test["filter"]), given = document(test["update"]);
    const Document filters = test.contains("array_filters") ? test::array(test["array_filters"]) : Document();
    const Matcher matcher = Matcher::compile(filter);
    std::optional<UpdateProgram> program;
    if (test["update"].is_array() || is_operator_update(given)) program = UpdateProgram::compile(given, filters);
    for (std::size_t i = 0; i < documents_.size(); ++i) {
      MatchDetails details;
      if (!matcher.matches(documents_[i], details)) continue;
      ++matched;
      UpdateResult result = program ? program->apply(documents_[i], details, false, 1'700'000'000'000)
                                    : apply_replacement(documents_[i], given);
      bson::validate(result.document.bytes().data(), result.document.bytes().size());
      claim(result.document, i);
      modified += result.modified;
      documents_[i] = std::move(result.document);
      if (!test.value("multi", false)) break;
    }
    if (matched == 0 && test.value("upsert", false)) {
      insert(program ? upsert_document(filter, *program, 1'700'000'000'000) : upsert_replacement(filter, given));
    }
  }

  std::vector<Document> by_id() const {
    std::vector<Document> out = documents_;
    std::sort(out.begin(), out.end(), [](const Document& a, const Document& b) { return compare(a["_id"], b["_id"]) < 0; });
    return out;
  }

  int matched = 0, modified = 0;

 private:
  void add_index(const Document& keys, bool unique, bool sparse) {
    indexes_.push_back(IndexSpec::compile(keys, unique, sparse));
  }

  void claim(const Document& stored, std::size_t place) const {
    for (const IndexSpec& index : indexes_) {
      const auto keys = extract(index, stored).keys;
      for (std::size_t other = 0; other < documents_.size() && index.unique; ++other) {
        if (other == place) continue;
        for (const auto& key : extract(index, documents_[other]).keys) {
          if (std::find(keys.begin(), keys.end(), key) == keys.end()) continue;
          ErrorContext context;
          context.store_code = 11000;
          throw error(errc::duplicate_key, "duplicate key", context);
        }
      }
    }
  }

  std::vector<IndexSpec> indexes_;
  std::vector<Document> documents_;
};

void check_documents(const std::vector<Document>& found, const Json& expected) {
  std::string got, wanted;
  for (const auto& one : found) got += test::text(one) + "\n";
  for (const auto& one : expected) wanted += test::text(document(one)) + "\n";
  CHECK(got == wanted);
}

void check_ids(const std::vector<Document>& found, const Json& expect) {
  std::vector<std::string> got, wanted;
  for (const auto& one : found) got.push_back(test::text(bson::Builder().append("_id", one["_id"]).finish()));
  for (const auto& id : expect["ids"]) wanted.push_back(test::text(document(Json{{"_id", id}})));
  if (!expect.value("ordered", false)) {
    std::sort(got.begin(), got.end());
    std::sort(wanted.begin(), wanted.end());
  }
  CHECK(got == wanted);
}

void run(const Json& test) {
  const Json& expect = test["expect"];
  Collection collection(test);
  const std::string op = test["op"];
  if (op == "find") {
    const auto found = collection.find(test);
    if (expect.contains("ids")) check_ids(found, expect);
    if (expect.contains("docs")) check_documents(found, expect["docs"]);
  } else if (op == "update") {
    collection.update(test);
    if (expect.contains("docs")) check_documents(collection.by_id(), expect["docs"]);
    if (expect.contains("matched")) CHECK(collection.matched == expect["matched"].get<int>());
    if (expect.contains("modified")) CHECK(collection.modified == expect["modified"].get<int>());
  } else {
    REQUIRE(op == "insert");
    for (const auto& one : test["insert"]) collection.insert(document(one));
    if (expect.contains("docs")) check_documents(collection.by_id(), expect["docs"]);
  }
}

void run_file(const std::string& name, std::size_t at_least) {
  const Json file = load(name);
  CHECK(file["cases"].size() >= at_least);
  std::set<std::string> names;
  for (const auto& test : file["cases"]) {
    const std::string title = test["name"];
    CAPTURE(title);
    CHECK_MESSAGE(names.insert(title).second, "two cases of one name");
    const bool fails = test["expect"].value("error", false);
    try {
      run(test);
      CHECK_MESSAGE(!fails, "should be an error");
    } catch (const error& e) {
      CHECK_MESSAGE(fails, e.what());
      if (fails && test["expect"].contains("code"))
        CHECK_MESSAGE(e.store_code() == test["expect"]["code"].get<int>(), e.what());
    }
  }
}

TEST_CASE("the shared query semantics cases hold") { run_file("query_semantics.json", 69); }

TEST_CASE("our own query semantics cases hold") { run_file("own_semantics.json", 120); }

}  // namespace
}  // namespace kinship::sqlite
