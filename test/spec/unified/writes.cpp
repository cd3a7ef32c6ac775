// Operations that write to collections.
// All of them are one WriteOperation or one FindAndModifyOperation.
#include <array>
#include <stdexcept>

#include "spec/report.hpp"
#include "spec/unified/operations.hpp"

namespace kinship::spec {
namespace {

struct KindName {
  const char* name;
  WriteKind kind;
};
constexpr KindName kinds[] = {{"insertOne", WriteKind::insert},
                              {"updateOne", WriteKind::update_one},
                              {"updateMany", WriteKind::update_many},
                              {"replaceOne", WriteKind::replace_one},
                              {"deleteOne", WriteKind::delete_one},
                              {"deleteMany", WriteKind::delete_many},
                              {"findOneAndUpdate", WriteKind::update_one},
                              {"findOneAndReplace", WriteKind::replace_one},
                              {"findOneAndDelete", WriteKind::delete_one}};

WriteKind kind_of(const std::string& name) {
  for (const KindName& one : kinds)
    if (name == one.name) return one.kind;
  throw std::runtime_error("nobody knows the write " + name);
}

WriteItem item_of(Call& call) {
  WriteItem item;
  item.kind = kind_of(call.name());
  item.filter = call.document("filter");
  if (item.kind == WriteKind::insert)
    item.document = call.document("document");
  else if (item.kind == WriteKind::replace_one)
    item.document = call.document("replacement");
  else
    item.document = call.document("update");
  item.pipeline = call.is_array("update");
  item.upsert = call.flag("upsert");
  if (call.has("arrayFilters")) item.array_filters = call.array("arrayFilters");
  return item;
}

bson::Document fields_of(Call& call, std::initializer_list<const char*> names) {
  bson::Builder out;
  for (const char* name : names)
    if (const Json* value = call.find(name)) out.append(name, value_from_json(*value).view());
  return out.finish();
}

WriteOperation write_of(World& world, Call& call) {
  const TestCollection& collection = collection_of(world, call);
  WriteOperation operation;
  operation.collection = collection.name;
  operation.context = world.context(call, collection.context);
  operation.ordered = call.flag("ordered", true);
  return operation;
}

awaitable<bson::Document> written(World* world, Call call, WriteOperation operation, bool bulk) {
  call.done();
  const TestClient& client = *collection_of(*world, call).database->client;
  const ClientPtr sender = client.client;
  const std::size_t sent = client.recorder->commands().size();
  const WriteReply reply = co_await mongodb::write(sender, std::move(operation));
  co_return result_of(reply, bulk, client.recorder->commands().size() == sent);
}

awaitable<bson::Document> write_one(World* world, Call call) {
  WriteOperation operation = write_of(*world, call);
  operation.items.push_back(item_of(call));
  operation.items.back().more = fields_of(call, {"sort"});
  return written(world, std::move(call), std::move(operation), false);
}

awaitable<bson::Document> insert_many(World* world, Call call) {
  WriteOperation operation = write_of(*world, call);
  for (const Json& document : call.get("documents")) {
    WriteItem item;
    item.kind = WriteKind::insert;
    item.document = from_extended_json(document);
    operation.items.push_back(std::move(item));
  }
  if (operation.items.empty()) throw OperationFailed{client_failure("there is nothing to insert")};
  return written(world, std::move(call), std::move(operation), true);
}

// {updateOne: {filter, update}}, as an operation of its own.
Json as_operation(const Json& request) {
  return {{"name", request.begin().key()}, {"object", "bulk"}, {"arguments", request.begin().value()}};
}

awaitable<bson::Document> bulk_write(World* world, Call call) {
  WriteOperation operation = write_of(*world, call);
  for (const Json& request : call.get("requests")) {
    const Json one = as_operation(request);
    Call item(one);
    operation.items.push_back(item_of(item));
    operation.items.back().more = fields_of(item, {"hint", "collation", "sort"});
    item.done();
  }
  if (operation.items.empty()) throw OperationFailed{client_failure("there is nothing to write")};
  return written(world, std::move(call), std::move(operation), true);
}

awaitable<bson::Document> modified(ClientPtr client, FindAndModifyOperation operation) {
  const FindAndModifyReply reply = co_await mongodb::find_and_modify(std::move(client), std::move(operation));
  if (reply.document.documents.empty()) co_return result_of(Value().view());
  const Value document(reply.document.documents[0]);
  co_return result_of(document.view());
}

awaitable<bson::Document> find_one_and(World* world, Call call) {
  const TestCollection& collection = collection_of(*world, call);
  WriteItem item = item_of(call);
  FindAndModifyOperation operation;
  operation.collection = collection.name;
  operation.filter = std::move(item.filter);
  operation.sort = call.document("sort");
  operation.projection = call.document("projection");
  operation.kind = item.kind;
  operation.document = std::move(item.document);
  operation.pipeline = item.pipeline;
  operation.upsert = item.upsert;
  operation.return_new = call.text("returnDocument") == "After";
  operation.array_filters = std::move(item.array_filters);
  operation.context = world->context(call, collection.context);
  call.done();
  return modified(collection.database->client->client, std::move(operation));
}

}  // namespace

Handler write_operation(const std::string& name) {
  if (name == "insertMany") return insert_many;
  if (name == "bulkWrite") return bulk_write;
  if (name.starts_with("findOneAnd")) return find_one_and;
  for (const KindName& one : kinds)
    if (name == one.name) return write_one;
  return nullptr;
}

}  // namespace kinship::spec
