// What few operations ask for: further fields of a command. Each store carries them out, leaves out what changes no result,
// or refuses in words; none passes over what it does not know.
#include <doctest/doctest.h>

#include <kinship/driver/extras.hpp>

#include "store/fixture.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

using Ids = std::vector<int>;

std::shared_ptr<const OperationExtras> fields(bson::Document document) {
  auto extras = std::make_shared<OperationExtras>();
  extras->fields = std::move(document);
  return extras;
}

class Numbers : public StoreFixture {
 public:
  Numbers() { insert("c", {doc("_id", 1, "n", 10), doc("_id", 2, "n", 20), doc("_id", 3, "n", 30)}); }

  bool embedded() const { return driver->capabilities().store == "sqlite"; }
};

bson::Document array_document(const Value& array) { return bson::Document(array.view().as_document()); }

WriteItem add_pipeline(int id) {
  WriteItem item = update_item(doc("_id", id), array_document(array(doc("$set", doc("m", doc("$add", array("$n", 1)))))));
  item.pipeline = true;
  return item;
}

}  // namespace

TEST_CASE_FIXTURE(Numbers, "a comment, a hint by keys and a limit of time change nothing, whatever the operation") {
  OperationContext context;
  auto extras = std::make_shared<OperationExtras>(*fields(doc("comment", doc("trace", 7), "hint", doc("_id", 1))));
  extras->max_time = std::chrono::seconds(5);
  context.extras = extras;
  FindOperation find = find_operation("c", doc("n", doc("$gt", 10)), doc("_id", 1));
  find.context = context;
  CHECK(ids(find) == Ids{2, 3});
  CountOperation counting;
  counting.collection = "c";
  counting.filter = doc("n", doc("$lt", 30));
  counting.context = context;
  CHECK(run(driver->count(counting)) == 2);
  WriteOperation writing;
  writing.collection = "c";
  writing.items = {update_item(doc("_id", 1), doc("$set", doc("n", 11)))};
  writing.context = context;
  CHECK(run(driver->write(writing)).modified == 1);
  FindAndModifyOperation modifying;
  modifying.collection = "c";
  modifying.filter = doc("_id", 1);
  modifying.document = doc("$inc", doc("n", 1));
  modifying.context = context;
  CHECK(run(driver->find_and_modify(modifying)).matched);
  CHECK(find_operation("c").context.extras == nullptr);
  CHECK(this->find("c", doc("n", 12)).size() == 1);
}

TEST_CASE_FIXTURE(Numbers, "an update may be a pipeline, where the store has them; else its item says so") {
  const WriteReply reply = write("c", {add_pipeline(1), update_item(doc("_id", 2), doc("$set", doc("m", 0)))}, false);
  if (embedded()) {
    CHECK(reply.modified == 1);
    REQUIRE(reply.errors.size() == 1);
    CHECK(reply.errors[0].code == 115);
    CHECK(reply.errors[0].message.find("use operators such as $set") != std::string::npos);
  } else {
    CHECK(reply.errors.empty());
    CHECK(reply.modified == 2);
    CHECK(find("c", doc("m", 11)).size() == 1);
  }
  FindAndModifyOperation modifying;
  modifying.collection = "c";
  modifying.filter = doc("_id", 3);
  modifying.document = add_pipeline(3).document;
  modifying.pipeline = true;
  modifying.return_new = true;
  if (embedded()) {
    CHECK(code_of([&] { run(driver->find_and_modify(modifying)); }) == errc::unsupported);
  } else {
    const auto after = copy(run(driver->find_and_modify(modifying)).document);
    REQUIRE(after.size() == 1);
    CHECK(after[0]["m"].as_int32() == 31);
  }
}

TEST_CASE_FIXTURE(Numbers, "a single item may have fields of its own") {
  std::vector<WriteItem> items{update_item(doc("n", doc("$gt", 0)), doc("$set", doc("first", true))),
                               update_item(doc("_id", 2), doc("$set", doc("second", true)))};
  items[0].more = doc("hint", doc("_id", 1));
  CHECK(write("c", items).modified == 2);
  if (!embedded()) return;
  items[0].more = doc("sort", doc("n", -1));
  const WriteReply reply = write("c", items);
  REQUIRE(reply.errors.size() == 1);
  CHECK(reply.errors[0].index == 0);
  CHECK(reply.errors[0].message.find("'sort'") != std::string::npos);
}

TEST_CASE_FIXTURE(Numbers, "the embedded store refuses a field it does not know, and nothing is done") {
  if (!embedded()) return;
  FindOperation find = find_operation("c");
  find.context.extras = fields(doc("tailable", true));
  std::string text;
  CHECK(code_of([&] { ids(find); }, &text) == errc::unsupported);
  CHECK(text.find("'tailable'") != std::string::npos);
  WriteOperation writing;
  writing.collection = "c";
  writing.items = {insert_item(doc("_id", 9))};
  writing.context.extras = fields(doc("encryptionInformation", bson::Document()));
  CHECK(code_of([&] { run(driver->write(writing)); }) == errc::unsupported);
  CHECK(count("c") == 3);
}
