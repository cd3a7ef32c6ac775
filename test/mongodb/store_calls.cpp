// What the calls say of their results does not depend on the collection's name.
// Operations are named before they are awaited, as everywhere.
#include "mongodb/store_calls.hpp"

#include <kinship/error.hpp>
#include <kinship/value/value.hpp>

#include "store/fixture.hpp"

namespace kinship::test {
namespace {

using DriverPtr = std::shared_ptr<Driver>;

std::string text(const Batch& batch) {
  std::string out;
  for (const bson::DocumentView document : batch.documents) out += describe(Value(document), 500) + ";";
  return out;
}

std::string text(const WriteReply& reply) {
  std::string out = "inserted " + std::to_string(reply.inserted) + " matched " + std::to_string(reply.matched) +
                    " modified " + std::to_string(reply.modified) + " deleted " + std::to_string(reply.deleted);
  for (const auto& error : reply.errors) out += " error " + std::to_string(error.code);
  return out;
}

awaitable<std::string> all_of(DriverPtr driver, std::string collection, std::size_t batch_size) {
  FindOperation operation = find_operation(collection, doc("n", doc("$gte", 2)), doc("n", 1));
  operation.batch_size = batch_size;
  FindReply reply = co_await driver->find(std::move(operation));
  std::string out = text(reply.first);
  while (reply.cursor) {
    const Batch more = co_await reply.cursor->next();
    if (more.documents.empty()) break;
    out += text(more);
  }
  co_return out;
}
awaitable<std::string> find(DriverPtr driver, std::string collection) { return all_of(driver, collection, 0); }
awaitable<std::string> cursor(DriverPtr driver, std::string collection) { return all_of(driver, collection, 2); }

awaitable<std::string> count(DriverPtr driver, std::string collection) {
  CountOperation operation;
  operation.collection = collection;
  operation.filter = doc("even", true);
  const std::uint64_t counted = co_await driver->count(std::move(operation));
  co_return std::to_string(counted);
}

awaitable<std::string> grouped_count(DriverPtr driver, std::string collection) {
  GroupedCountOperation operation;
  operation.collection = collection;
  operation.filter = doc("even", doc("$in", array(true, false)));
  operation.field = "even";
  const GroupedCountReply reply = co_await driver->grouped_count(std::move(operation));
  co_return text(reply.groups);
}

awaitable<std::string> written(DriverPtr driver, std::string collection, WriteItem item) {
  WriteOperation operation;
  operation.collection = std::move(collection);
  operation.items.push_back(std::move(item));
  const WriteReply reply = co_await driver->write(std::move(operation));
  co_return text(reply);
}
awaitable<std::string> insert(DriverPtr driver, std::string collection) {
  return written(driver, collection, insert_item(doc("_id", 6, "n", 6)));
}
awaitable<std::string> update_one(DriverPtr driver, std::string collection) {
  return written(driver, collection, update_item(doc("_id", 1), doc("$inc", doc("n", 10))));
}
awaitable<std::string> update_many(DriverPtr driver, std::string collection) {
  return written(driver, collection, update_item(doc("even", true), doc("$set", doc("x", 1)), true));
}
awaitable<std::string> delete_one(DriverPtr driver, std::string collection) {
  WriteItem item;
  item.kind = WriteKind::delete_one;
  item.filter = doc("_id", 2);
  return written(driver, collection, std::move(item));
}

awaitable<std::string> find_and_modify(DriverPtr driver, std::string collection) {
  FindAndModifyOperation operation;
  operation.collection = collection;
  operation.filter = doc("_id", 3);
  operation.document = doc("$inc", doc("n", 1));
  operation.return_new = true;
  const FindAndModifyReply reply = co_await driver->find_and_modify(std::move(operation));
  co_return text(reply.document);
}

awaitable<std::string> create_index(DriverPtr driver, std::string collection) {
  CreateIndexOperation operation;
  operation.collection = collection;
  operation.keys = doc("n", 1);
  co_await driver->create_index(std::move(operation));
  co_return "made";
}

awaitable<std::string> list_indexes(DriverPtr driver, std::string collection) {
  OperationContext context;
  const std::vector<IndexListing> indexes = co_await driver->list_indexes(std::move(collection), std::move(context));
  std::string out;
  for (const IndexListing& index : indexes) out += index.name + ";";
  co_return out;
}

awaitable<std::string> list_collections(DriverPtr driver, std::string collection) {
  OperationContext context;
  const std::vector<CollectionListing> collections = co_await driver->list_collections(std::move(context));
  for (const CollectionListing& listing : collections)
    if (listing.name == collection) co_return "listed";
  co_return "not listed";
}

awaitable<std::string> distinct(DriverPtr driver, std::string collection) {
  DistinctOperation operation;
  operation.collection = collection;
  operation.field = "even";
  const Batch batch = co_await driver->distinct(std::move(operation));
  co_return text(batch);
}

awaitable<std::string> aggregate(DriverPtr driver, std::string collection) {
  AggregateOperation operation;
  operation.collection = collection;
  bson::Builder pipeline;
  pipeline.append("0", doc("$match", doc("n", doc("$gt", 3))).view());
  operation.pipeline = pipeline.finish();
  const FindReply reply = co_await driver->aggregate(std::move(operation));
  co_return text(reply.first);
}

awaitable<std::string> command(DriverPtr driver, std::string) {
  OperationContext context;
  bson::Document ping = doc("ping", 1);
  const bson::Document reply = co_await driver->command(std::move(ping), std::move(context));
  co_return reply["ok"].is_number() ? "ok" : "no";
}

awaitable<std::string> drop(DriverPtr driver, std::string collection) {
  OperationContext context;
  co_await driver->drop_collection(std::move(collection), std::move(context));
  co_return "dropped";
}

awaitable<std::string> transaction(DriverPtr driver, std::string collection) {
  OperationContext context;
  const std::shared_ptr<Session> session = co_await driver->begin("store_calls.cpp", std::move(context));
  WriteOperation operation;
  operation.collection = collection;
  operation.items.push_back(insert_item(doc("_id", 7)));
  operation.context.session = session;
  const WriteReply reply = co_await driver->write(std::move(operation));
  co_await driver->commit(session);
  co_return text(reply);
}

}  // namespace

const std::vector<StoreCall>& store_calls() {
  static const std::vector<StoreCall> calls{
      {"find", "find", true, find},
      {"a cursor", "getMore", false, cursor},
      {"count", "count", true, count},
      {"grouped count", "aggregate", true, grouped_count},
      {"insert", "insert", true, insert},
      {"update of one", "update", true, update_one},
      {"update of many", "update", false, update_many},
      {"delete of one", "delete", true, delete_one},
      {"find and modify", "findAndModify", true, find_and_modify},
      {"index", "createIndexes", false, create_index},
      {"list of indexes", "listIndexes", true, list_indexes},
      {"list of collections", "listCollections", true, list_collections},
      {"distinct", "distinct", true, distinct},
      {"aggregate", "aggregate", true, aggregate},
      {"command", "ping", false, command},
      {"drop", "drop", false, drop},
      {"write in a transaction", "insert", false, transaction},
      {"commit", "commitTransaction", true, transaction},
  };
  return calls;
}

awaitable<void> fill_for_calls(DriverPtr driver, std::string collection) {
  WriteOperation operation;
  operation.collection = std::move(collection);
  for (int i = 1; i <= 5; ++i) operation.items.push_back(insert_item(doc("_id", i, "n", i, "even", i % 2 == 0)));
  co_await driver->write(std::move(operation));
}

}  // namespace kinship::test
