// save_many: what is new is inserted, what differs is updated, runs of each in one operation a message.
// Every failure names the object it is about; the transaction around it takes everything back.
#include <kinship/error.hpp>

#include "engine/restorer.hpp"
#include "plan/key_set.hpp"
#include "write/change.hpp"
#include "write/parents.hpp"

namespace kinship::detail {
namespace {

/// Objects that exist already, on their way into the store.
struct SaveBatch {
  std::vector<void*> objects{};
  std::vector<bson::Document> bookkeeping{};
  std::vector<Change> changes{};
  std::vector<bson::Document> references{};
  std::vector<std::size_t> unsent{};  // nothing to set, and not known to be there
};

void add_to(SaveBatch& batch, Scope& scope, const ModelInfo& model, void* object) {
  std::uint32_t ordinal = 0;
  const std::shared_ptr<Cohort> cohort = baseline_cohort(model, object, ordinal);
  check_savable(model, object, cohort, ordinal);
  if (scope.in_transaction()) scope.transaction->restorer->remember(object, model);
  take_version_back(scope, model, object);
  bson::Document bookkeeping = remember_fields(model, object, bookkeeping_of(model));
  Change change = change_of(model, object, cohort.get(), ordinal);
  if (cohort && change.nothing) {
    restore_fields(model, object, bookkeeping);
    change.stored = bson::Document(cohort->document(ordinal));
    change.update = bson::Document();
  } else {
    batch.references.push_back(changed_references(model, change.stored, cohort.get(), ordinal));
  }
  if (!cohort && change.update.empty()) batch.unsent.push_back(batch.objects.size());
  batch.objects.push_back(object);
  batch.bookkeeping.push_back(std::move(bookkeeping));
  batch.changes.push_back(std::move(change));
}

bson::Document in_ids(const ModelInfo& model, const SaveBatch& batch, const std::vector<std::size_t>& sent) {
  bson::Builder filter;
  filter.begin_document("_id").begin_array("$in");
  for (const std::size_t i : sent) model.ops.encode_field(filter, {}, batch.objects[i], model.key_index);
  filter.end().end();
  return filter.finish();
}

// Whether the document is what the update made of it.
bool applied(const Change& change, bson::DocumentView document) {
  const bson::ValueView set = change.update["$set"], unset = change.update["$unset"];
  if (set.is(bson::Type::document))
    for (const auto& field : set.as_document())
      if (document.find(field.name) != field.value) return false;
  if (unset.is(bson::Type::document))
    for (const auto& field : unset.as_document())
      if (!document.find(field.name).missing()) return false;
  return true;
}

// Throws for the first object without a row, or whose row is not as it was sent.
awaitable<void> find_unmatched(ScopePtr scope, const ModelInfo* model, const SaveBatch* batch,
                               std::vector<std::size_t> sent) {
  const Trace trace(model->name, std::string(), sent.size());
  FindOperation operation;
  operation.collection = model->collection;
  operation.filter = in_ids(*model, *batch, sent);
  std::vector<Batch> rows = co_await find_all(scope, std::move(operation), trace);
  plan::KeySet ids, seen;
  std::vector<bson::DocumentView> documents;
  for (const Batch& row : rows)
    for (const bson::DocumentView document : row.documents)
      if (ids.add(document.find("_id")) == documents.size()) documents.push_back(document);
  for (const std::size_t i : sent) {
    const std::string key = key_of(batch->objects[i], *model).to_string();
    const bson::Document own = by_id(*model, batch->objects[i]);
    const std::uint32_t number = ids.find(own["_id"]);
    if (number == plan::KeySet::none) throw_unmatched(*model, key, false);
    const bool twice = seen.find(own["_id"]) != plan::KeySet::none;
    seen.add(own["_id"]);
    if (twice || !applied(batch->changes[i], documents[number])) throw_unmatched(*model, key, true);
  }
}

awaitable<void> write_chunk(ScopePtr scope, const ModelInfo* model, const SaveBatch* batch, std::vector<std::size_t> sent) {
  const Trace trace(model->name, std::string(), sent.size());
  WriteOperation operation;
  operation.collection = model->collection;
  for (const std::size_t i : sent) {
    WriteItem item;
    item.kind = WriteKind::update_one;
    item.filter = batch->changes[i].filter;
    item.document = batch->changes[i].update;
    operation.items.push_back(std::move(item));
  }
  WriteReply reply = co_await write(scope, std::move(operation), trace);
  throw_write_error(scope, reply, model->collection, trace);
  if (reply.matched >= sent.size()) co_return;
  const std::string first = key_of(batch->objects[sent.front()], *model).to_string();
  co_await find_unmatched(scope, model, batch, std::move(sent));
  throw_unmatched(*model, first, true);  // another writer stored just the same
}

awaitable<void> write_batch(ScopePtr scope, const ModelInfo* model, const SaveBatch* batch) {
  if (validates_parents(*model)) co_await check_parents(scope, model, &batch->references);
  constexpr std::size_t most_items = 100'000;
  const std::size_t most_bytes = scope->core->driver->capabilities().largest_message / 2;
  std::vector<std::size_t> sent;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < batch->changes.size(); ++i) {
    const Change& change = batch->changes[i];
    if (change.update.empty()) continue;
    const std::size_t size = change.update.bytes().size() + change.filter.bytes().size();
    if (!sent.empty() && (sent.size() == most_items || bytes + size > most_bytes)) {
      co_await write_chunk(scope, model, batch, std::move(sent));
      sent = std::vector<std::size_t>();
      bytes = 0;
    }
    sent.push_back(i);
    bytes += size;
  }
  if (!sent.empty()) co_await write_chunk(scope, model, batch, std::move(sent));
  if (!batch->unsent.empty()) co_await find_unmatched(scope, model, batch, batch->unsent);
}

awaitable<void> save_batch(ScopePtr scope, ScopePtr lasting, const ModelInfo* model, std::vector<void*> objects) {
  SaveBatch batch;
  std::exception_ptr failure;
  try {
    for (void* object : objects) add_to(batch, *scope, *model, object);
    co_await write_batch(scope, model, &batch);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    for (std::size_t i = 0; i < batch.objects.size(); ++i) restore_fields(*model, batch.objects[i], batch.bookkeeping[i]);
    std::rethrow_exception(failure);
  }
  for (std::size_t i = 0; i < batch.objects.size(); ++i) {
    if (!batch.changes[i].update.empty()) note_version(*scope, *model, batch.objects[i]);
    if (!model->relationships.empty()) rebase(lasting, *model, batch.objects[i], std::move(batch.changes[i].stored));
  }
}

awaitable<void> save_runs(ScopePtr scope, ScopePtr lasting, const ModelInfo* model, std::vector<void*> objects) {
  // In order: a unique value may go from one to another.
  for (std::size_t from = 0; from < objects.size();) {
    const bool fresh = is_new(*scope, *model, objects[from]);
    std::vector<void*> run;
    while (from < objects.size() && is_new(*scope, *model, objects[from]) == fresh) run.push_back(objects[from++]);
    if (fresh)
      co_await insert_objects(scope, model, std::move(run));
    else
      co_await save_batch(scope, lasting, model, std::move(run));
  }
}

}  // namespace

awaitable<void> save_all(ScopePtr scope, ScopePtr lasting, const ModelInfo* model, std::vector<void*> objects) {
  return save_runs(std::move(scope), std::move(lasting), model, std::move(objects));
}

}  // namespace kinship::detail
