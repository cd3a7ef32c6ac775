// Linking many at once, for replace: new ones are inserted together, the others linked together.
// References are set in memory first and taken back when it fails.
#include <kinship/error.hpp>

#include <algorithm>

#include "engine/restorer.hpp"
#include "plan/key_set.hpp"
#include "write/change.hpp"
#include "write/link.hpp"

namespace kinship::detail {
namespace {

bson::Document in_ids(const ModelInfo& model, const std::vector<void*>& objects) {
  bson::Builder filter;
  filter.begin_document("_id").begin_array("$in");
  for (void* object : objects) model.ops.encode_field(filter, {}, object, model.key_index);
  filter.end().end();
  return filter.finish();
}

std::vector<std::vector<void*>> chunks_of(const std::vector<void*>& objects, const Scope& scope) {
  const std::size_t most = std::max<std::size_t>(1, scope.core->driver->capabilities().chunk_keys);
  std::vector<std::vector<void*>> chunks;
  for (std::size_t from = 0; from < objects.size(); from += most)
    chunks.emplace_back(objects.begin() + static_cast<std::ptrdiff_t>(from),
                        objects.begin() + static_cast<std::ptrdiff_t>(std::min(objects.size(), from + most)));
  return chunks;
}

// Those that have a key and no row.
awaitable<std::vector<void*>> without_row(ScopePtr scope, const ModelInfo* model, std::vector<void*> objects, Trace trace) {
  FindOperation operation;
  operation.collection = model->collection;
  operation.filter = in_ids(*model, objects);
  bson::Builder projection;
  projection.append_int32("_id", 1);
  operation.projection = projection.finish();
  std::vector<Batch> rows = co_await find_all(scope, std::move(operation), trace);
  plan::KeySet there;
  for (const Batch& row : rows)
    for (const bson::DocumentView document : row.documents) there.add(document.find("_id"));
  std::vector<void*> missing;
  for (void* object : objects) {
    const bson::Document id = by_id(*model, object);
    const std::size_t before = there.size();
    there.add(id["_id"]);  // the same key twice is one new row
    if (there.size() != before) missing.push_back(object);
  }
  co_return missing;
}

// Objects by how they get a row: `fresh` have no key.
void part(const ModelInfo& model, const std::vector<ObjectRef>& objects, std::vector<void*>& fresh,
          std::vector<void*>& keyed) {
  for (const ObjectRef& object : objects) (key_of(object.object(), model) ? keyed : fresh).push_back(object.object());
}

awaitable<void> link_keyed(ScopePtr scope, const LinkOwner* owner, std::vector<void*> objects) {
  const ModelInfo& model = owner->target();
  const std::string& field = owner->relationship().foreign_stored;
  plan::KeySet distinct;
  for (void* object : objects) {
    const bson::Document id = by_id(model, object);
    distinct.add(id["_id"]);
  }
  WriteItem item = update_item(WriteKind::update_many, in_ids(model, objects), change("$set", field, owner->key()));
  WriteReply reply = co_await write_one(scope, model.collection, std::move(item), owner->trace(objects.size()));
  std::vector<void*> missing;
  if (reply.matched < distinct.size()) {
    missing = co_await without_row(scope, &model, objects, owner->trace(objects.size()));
    co_await insert_objects(scope, &model, missing);
  }
  auto next = missing.begin();  // these are in the order of `objects`
  for (void* object : objects)
    if (next != missing.end() && *next == object)
      ++next;
    else
      rebase_field(owner->scope(), model, object, field, owner->key());
}

awaitable<void> link_parts(ScopePtr scope, const LinkOwner* owner, const std::vector<ObjectRef>* objects) {
  const ModelInfo& model = owner->target();
  const std::size_t foreign = index_of(model, owner->relationship().foreign_stored);
  std::vector<Value> before;
  for (const ObjectRef& object : *objects) {
    if (scope->in_transaction())
      scope->transaction->restorer->remember(object.object(), model, static_cast<std::ptrdiff_t>(foreign));
    bson::Document keep;
    before.emplace_back(field_value(model, object.object(), foreign, keep));
    set_reference(*owner, object.object(), owner->key());
  }
  std::exception_ptr failure;
  try {
    std::vector<void*> fresh, keyed;
    part(model, *objects, fresh, keyed);
    if (!fresh.empty()) co_await insert_objects(scope, &model, std::move(fresh));
    for (const std::vector<void*>& chunk : chunks_of(keyed, *scope)) co_await link_keyed(scope, owner, chunk);
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) co_return;
  for (std::size_t i = 0; i < objects->size(); ++i) set_reference(*owner, (*objects)[i].object(), before[i].view());
  std::rethrow_exception(failure);
}

awaitable<void> store_parts(ScopePtr scope, const ModelInfo* model, const std::vector<ObjectRef>* objects, Trace trace) {
  std::vector<void*> fresh, keyed;
  part(linked(*model), *objects, fresh, keyed);
  // What was read or stored has a row.
  std::erase_if(keyed, [&](void* object) {
    std::uint32_t ordinal = 0;
    return baseline_cohort(*model, object, ordinal) != nullptr;
  });
  if (!fresh.empty()) co_await insert_objects(scope, model, std::move(fresh));
  for (const std::vector<void*>& chunk : chunks_of(keyed, *scope)) {
    std::vector<void*> missing = co_await without_row(scope, model, chunk, trace);
    if (!missing.empty()) co_await insert_objects(scope, model, std::move(missing));
  }
}

}  // namespace

awaitable<void> link_children(ScopePtr scope, const LinkOwner* owner, const std::vector<ObjectRef>* objects) {
  return link_parts(std::move(scope), owner, objects);
}
awaitable<void> store_targets(ScopePtr scope, const ModelInfo* model, const std::vector<ObjectRef>* objects, Trace trace) {
  return store_parts(std::move(scope), model, objects, std::move(trace));
}

}  // namespace kinship::detail
