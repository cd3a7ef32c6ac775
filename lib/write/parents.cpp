// One lookup a reference for a chunk of parents. With writers in parallel (snapshot isolation) reading is not enough: the
// parent is written too, so that its removal conflicts.
#include "write/parents.hpp"

#include <kinship/error.hpp>

#include "engine/loader.hpp"
#include "model/model_info.hpp"
#include "write/write_access.hpp"

namespace kinship::detail {
namespace {

bool validates(const RelationshipInfo& reference) {
  if (reference.metadata.kind != RelationshipKind::belongs_to) return false;
  if (reference.metadata.config.validate) return true;
  for (const auto& other : reference.target->relationships)
    if (other->inverse == &reference && other->metadata.config.validate) return true;
  return false;
}

awaitable<void> touch(ScopePtr scope, const RelationshipInfo* reference, std::shared_ptr<plan::KeySet> keys) {
  bson::Builder filter;
  filter.begin_document("_id").begin_array("$in");
  for (std::uint32_t i = 0; i < keys->size(); ++i) filter.append({}, keys->key(i));
  filter.end().end();
  bson::Builder update;
  update.begin_document("$currentDate").append_bool("_touched", true).end();
  WriteOperation operation;
  operation.collection = reference->target->collection;
  operation.items.resize(1);
  operation.items[0].kind = WriteKind::update_many;
  operation.items[0].filter = filter.finish();
  operation.items[0].document = update.finish();
  const Trace trace(reference->owner->name, reference->metadata.label(), keys->size());
  const std::string collection = operation.collection;
  WriteReply reply = co_await write(scope, std::move(operation), trace);
  throw_write_error(scope, reply, collection, trace);
}

awaitable<void> check_one(ScopePtr scope, const RelationshipInfo* reference, const std::vector<bson::Document>* documents) {
  plan::Shape shape;
  shape.collection = reference->target->collection;
  shape.key_field = "_id";
  bson::Builder projection;
  projection.append_int32("_id", 1);
  shape.projection = projection.finish();
  auto keys = std::make_shared<plan::KeySet>();
  Keys asked;
  for (const bson::Document& document : *documents) {
    const bson::ValueView key = document[reference->foreign_stored];
    if (keys->add(key) != plan::KeySet::none) asked.add(key);
  }
  if (keys->empty()) co_return;
  const Trace trace(reference->owner->name, reference->metadata.label(), keys->size());
  Answer answer = co_await scope->core->loader->load(scope, std::move(shape), asked, trace);
  for (std::size_t i = 0; i < asked.values().size(); ++i) {
    if (answer.size(i) != 0) continue;
    const std::string key = Id::from(asked.values()[i]).to_string();
    ErrorContext context;
    context.model = reference->owner->name;
    context.relationship = reference->metadata.label();
    context.operation = "insert";
    context.key = key;
    throw error(errc::not_found,
                "the " + reference->target->name + " " + key + " that " + reference->metadata.label() +
                    " refers to does not exist; store it first, or refer to another",
                std::move(context));
  }
  if (!scope->core->driver->capabilities().serial_writers) co_await touch(scope, reference, keys);
}

awaitable<void> check_of(ScopePtr scope, const ModelInfo* model, const std::vector<bson::Document>* documents) {
  for (const auto& relationship : model->relationships)
    if (validates(*relationship)) co_await check_one(scope, relationship.get(), documents);
}

}  // namespace

bool validates_parents(const ModelInfo& model) {
  for (const auto& relationship : model.relationships)
    if (validates(*relationship)) return true;
  return false;
}

awaitable<void> check_parents(ScopePtr scope, const ModelInfo* model, const std::vector<bson::Document>* documents) {
  return check_of(std::move(scope), model, documents);
}

}  // namespace kinship::detail
