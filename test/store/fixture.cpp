// The blocking calls of the conformance suite.
// Each runs on an event loop of its own, which also shows that a driver is not tied to one.
#include "store/fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace kinship::test {

bool can(const Driver& driver, bool Capabilities::*what, const char* name) {
  const Capabilities capabilities = driver.capabilities();
  if (!(capabilities.*what)) MESSAGE("skipped: " << capabilities.store << " does not have " << std::string(name));
  return capabilities.*what;
}

StoreFixture::~StoreFixture() { run(driver->close(std::chrono::steady_clock::now() + std::chrono::seconds(10))); }

WriteReply StoreFixture::write(const std::string& collection, std::vector<WriteItem> items, bool ordered,
                               std::shared_ptr<Session> session) {
  WriteOperation operation;
  operation.collection = collection;
  operation.items = std::move(items);
  operation.ordered = ordered;
  operation.context.session = std::move(session);
  return run(driver->write(std::move(operation)));
}

WriteReply StoreFixture::insert(const std::string& collection, std::vector<bson::Document> documents,
                                std::shared_ptr<Session> session) {
  std::vector<WriteItem> items;
  for (auto& document : documents) items.push_back(insert_item(std::move(document)));
  return write(collection, std::move(items), true, std::move(session));
}

WriteReply StoreFixture::update(const std::string& collection, bson::Document filter, bson::Document change, bool many,
                                bool upsert) {
  return write(collection, {update_item(std::move(filter), std::move(change), many, upsert)});
}

WriteReply StoreFixture::remove(const std::string& collection, bson::Document filter, bool many) {
  WriteItem item;
  item.kind = many ? WriteKind::delete_many : WriteKind::delete_one;
  item.filter = std::move(filter);
  return write(collection, {std::move(item)});
}

std::vector<bson::Document> StoreFixture::find(const std::string& collection, bson::Document filter, bson::Document sort,
                                               std::shared_ptr<Session> session) {
  FindOperation operation = find_operation(collection, std::move(filter), std::move(sort));
  operation.context.session = std::move(session);
  return find(std::move(operation));
}

std::vector<bson::Document> StoreFixture::find(FindOperation operation) {
  FindReply reply = run(driver->find(std::move(operation)));
  auto documents = copy(reply.first);
  while (reply.cursor != nullptr) {
    const Batch batch = run(reply.cursor->next());
    if (batch.documents.empty()) break;
    for (auto& document : copy(batch)) documents.push_back(std::move(document));
  }
  return documents;
}

std::vector<int> StoreFixture::ids(const std::string& collection, bson::Document filter, bson::Document sort) {
  return ids(find_operation(collection, std::move(filter), std::move(sort)));
}

std::vector<int> StoreFixture::ids(FindOperation operation) {
  std::vector<int> out;
  for (const auto& document : find(std::move(operation))) out.push_back(document["_id"].as_int32());
  return out;
}

std::uint64_t StoreFixture::count(const std::string& collection, bson::Document filter, std::uint64_t limit) {
  CountOperation operation;
  operation.collection = collection;
  operation.filter = std::move(filter);
  operation.limit = limit;
  return run(driver->count(std::move(operation)));
}

void StoreFixture::index(const std::string& collection, bson::Document keys, bool unique, bool sparse) {
  CreateIndexOperation operation;
  operation.collection = collection;
  operation.keys = std::move(keys);
  operation.unique = unique;
  operation.sparse = sparse;
  run(driver->create_index(std::move(operation)));
}

std::shared_ptr<Session> StoreFixture::begin(const std::string& origin) {
  return run(driver->begin(origin, OperationContext()));
}

std::vector<bson::Document> copy(const Batch& batch) {
  std::vector<bson::Document> out;
  for (const auto& view : batch.documents) out.emplace_back(view);
  return out;
}

WriteItem insert_item(bson::Document document) {
  WriteItem item;
  item.kind = WriteKind::insert;
  item.document = std::move(document);
  return item;
}

WriteItem update_item(bson::Document filter, bson::Document change, bool many, bool upsert) {
  WriteItem item;
  item.kind = many ? WriteKind::update_many : WriteKind::update_one;
  item.filter = std::move(filter);
  item.document = std::move(change);
  item.upsert = upsert;
  return item;
}

FindOperation find_operation(const std::string& collection, bson::Document filter, bson::Document sort) {
  FindOperation operation;
  operation.collection = collection;
  operation.filter = std::move(filter);
  operation.sort = std::move(sort);
  return operation;
}

}  // namespace kinship::test
