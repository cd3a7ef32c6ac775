// Databases for the tests of copying, and what is in them.
// A document is compared by its bytes.
#include "copy/sides.hpp"

#include "driver/sqlite/driver.hpp"
#include "support/home_loop.hpp"

namespace kinship::test {
namespace {

std::shared_ptr<Driver> open_embedded() {
  SqliteOptions options;
  options.memory = true;
  return run(open_sqlite(std::move(options)));
}

std::string text_of(const IndexListing& index) {
  std::string text = index.unique ? "unique " : "";
  if (index.sparse) text += "sparse ";
  for (const auto& [name, direction] : index.keys.view()) {
    const bool number = direction.is(bson::Type::int32);
    text += std::string(name) + ":" + (number ? std::to_string(direction.as_int32()) : "?") + " ";
  }
  return text;
}

Value id_of(int number) {
  switch (number % 6) {
    case 0:
      return number;
    case 1:
      return "id " + std::to_string(number);
    case 2:
      return static_cast<std::int64_t>(number) << 40;
    case 3:
      return number + 0.5;
    case 4:
      return Value(doc("n", number));
    default:
      return number % 2 == 0;
  }
}

}  // namespace

Embedded::Embedded() : Side(open_embedded()) {}

Contents contents(Driver& driver) {
  Contents out;
  for (const auto& collection : run(driver.list_collections(OperationContext()))) {
    FindReply reply = run(driver.find(find_operation(collection.name, {}, doc("_id", 1))));
    out.documents[collection.name] = copy(reply.first);
    for (const auto& index : run(driver.list_indexes(collection.name, OperationContext())))
      out.indexes[collection.name][index.name] = text_of(index);
  }
  return out;
}

CopyResult copy(const Side& from, const Side& to, CopyOptions options) {
  return run(copy_database(from.db, to.db, std::move(options)));
}

void fill(Side& side, int documents) {
  for (const char* collection : {"authors", "books", "reviews"}) {
    side.index(collection, doc("number", 1), true);
    side.index(collection, doc("tags", 1, "number", -1));
    std::vector<bson::Document> batch;
    for (int i = 0; i < documents; ++i) {
      if (i % 6 == 5 && i > 5) continue;  // a boolean is an id only once
      batch.push_back(doc("_id", id_of(i), "number", i, "tags", array("a", i % 3), "collection", collection));
    }
    if (!batch.empty()) side.insert(collection, std::move(batch));
  }
}

}  // namespace kinship::test
