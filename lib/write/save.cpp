// save: the fields that differ from what was read, by key; never an upsert, never a replace, never resurrects.
// One object here, in one operation; several go to save_many.cpp, in a transaction.
#include <kinship/database.hpp>
#include <kinship/error.hpp>

#include "engine/cancelled.hpp"
#include "engine/restorer.hpp"
#include "write/change.hpp"
#include "write/parents.hpp"
#include "write/transaction.hpp"

namespace kinship::detail {

bool is_new(const Scope& scope, const ModelInfo& model, const void* object) {
  const Id key = key_of(object, model);
  // Not followed, it kept the key that a rolled-back transaction gave it.
  return !key || (model.relationships.empty() && scope.core->rolled_back.was_made(model, key));
}

namespace {

awaitable<void> find_unmatched(ScopePtr scope, const ModelInfo* model, void* object) {
  std::uint64_t found = 0;
  if (model->version_index >= 0) {
    CountOperation exists;
    exists.collection = model->collection;
    exists.filter = by_id(*model, object);
    exists.limit = 1;
    const Trace trace(model->name, std::string());
    found = co_await count(scope, std::move(exists), trace);
  }
  throw_unmatched(*model, key_of(object, *model).to_string(), found != 0);
}

awaitable<void> save_one(ScopePtr scope, ScopePtr lasting, const ModelInfo* model, void* object) {
  std::uint32_t ordinal = 0;
  const std::shared_ptr<Cohort> cohort = baseline_cohort(*model, object, ordinal);
  check_savable(*model, object, cohort, ordinal);
  if (scope->in_transaction()) scope->transaction->restorer->remember(object, *model);
  take_version_back(*scope, *model, object);
  const bson::Document bookkeeping = remember_fields(*model, object, bookkeeping_of(*model));
  Change change = change_of(*model, object, cohort.get(), ordinal);
  if (cohort && change.nothing) {
    restore_fields(*model, object, bookkeeping);
    if (scope->in_transaction()) rebase(lasting, *model, object, bson::Document(cohort->document(ordinal)));
    co_return;
  }
  const Trace trace(model->name, std::string(), 1);
  std::exception_ptr failure;
  try {
    if (validates_parents(*model)) {
      const std::vector<bson::Document> changed(1, changed_references(*model, change.stored, cohort.get(), ordinal));
      co_await check_parents(scope, model, &changed);
    }
    WriteOperation operation;
    operation.collection = model->collection;
    operation.items.resize(1);
    operation.items[0].kind = WriteKind::update_one;
    operation.items[0].filter = change.filter;
    operation.items[0].document = change.update;
    if (change.update.empty()) {
      // Nothing but a key: there is nothing to set, and still a missing row is `not_found`.
      CountOperation exists;
      exists.collection = model->collection;
      exists.filter = change.filter;
      exists.limit = 1;
      const std::uint64_t found = co_await count(scope, std::move(exists), trace);
      if (found == 0) co_await find_unmatched(scope, model, object);
      co_return;
    }
    WriteReply reply = co_await write(scope, std::move(operation), trace);
    throw_write_error(scope, reply, model->collection, trace);
    if (reply.matched == 0) co_await find_unmatched(scope, model, object);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    restore_fields(*model, object, bookkeeping);
    std::rethrow_exception(failure);
  }
  note_version(*scope, *model, object);
  if (!model->relationships.empty()) rebase(lasting, *model, object, std::move(change.stored));
}

// Where the store has no transactions, what was stored before a failure stays: its objects keep their keys and versions.
bool left_halfway(std::exception_ptr failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const error& e) {
    return e.outcome() == Outcome::partial;
  } catch (...) {
    return false;
  }
}

awaitable<void> save_of(ScopePtr given, ObjectRange objects) {
  const ScopePtr scope = effective(std::move(given));
  const ModelInfo& model = linked(objects.model());
  scope->core->register_model(model);
  // Objects a transaction cannot follow are put back here: they outlive this call.
  const bool followed = !model.relationships.empty();
  std::vector<std::size_t> fields = bookkeeping_of(model);
  fields.push_back(model.key_index);
  std::vector<bson::Document> before;
  if (!followed && objects.count() > 1)
    for (std::size_t i = 0; i < objects.count(); ++i)
      before.push_back(remember_fields(model, static_cast<char*>(objects.first()) + i * model.ops.size, fields));
  auto work = [&](ScopePtr inside) -> awaitable<void> {
    for (std::size_t i = 0; i < before.size(); ++i)
      restore_fields(model, static_cast<char*>(objects.first()) + i * model.ops.size, before[i]);
    if (objects.count() != 1) {
      std::vector<void*> all;
      for (std::size_t i = 0; i < objects.count(); ++i)
        all.push_back(static_cast<char*>(objects.first()) + i * model.ops.size);
      co_await save_all(inside, scope, &model, std::move(all));
    } else if (is_new(*inside, model, objects.first())) {
      co_await insert(inside, objects);
    } else {
      co_await save_one(inside, scope, &model, objects.first());
    }
  };
  std::exception_ptr failure;
  try {
    if (objects.count() > 1 || validates_parents(model))
      co_await atomically(scope, &work, "save");
    else
      co_await work(scope);
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) co_return;
  for (std::size_t i = 0; i < before.size() && !left_halfway(failure); ++i)
    restore_fields(model, static_cast<char*>(objects.first()) + i * model.ops.size, before[i]);
  std::rethrow_exception(failure);
}

}  // namespace

awaitable<void> save(ScopePtr scope, ObjectRange objects) {
  return in_words(save_of(std::move(scope), objects), Leaves::unknown);
}

}  // namespace kinship::detail
