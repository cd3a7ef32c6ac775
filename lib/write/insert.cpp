// insert and insert_many: keys are made, objects encoded, written in as few operations as messages allow, then bound as
// siblings. What failed is as it was: a key that was made is taken back.
#include <kinship/database.hpp>
#include <kinship/error.hpp>

#include <algorithm>

#include "engine/cancelled.hpp"
#include "engine/restorer.hpp"
#include "write/change.hpp"
#include "write/parents.hpp"
#include "write/transaction.hpp"

namespace kinship::detail {
namespace {

/// Objects on their way into the store.
struct Prepared {
  const ModelInfo* model{};
  std::vector<void*> objects{};
  std::vector<bson::Document> documents{};
  std::vector<std::uint8_t> key_made{};
  std::vector<bson::Document> before{};  // timestamps, of models that have them
  std::vector<MadeKey> made_before{};    // by transactions that were rolled back

  void* object(std::size_t i) const { return objects[i]; }
  std::size_t count() const noexcept { return objects.size(); }
};

void take_keys_back(const Prepared& prepared, std::size_t from) {
  for (std::size_t i = from; i < prepared.count(); ++i) {
    if (!prepared.before.empty()) restore_fields(*prepared.model, prepared.object(i), prepared.before[i]);
    if (!prepared.key_made[i]) continue;
    const bool uuid = prepared.model->key_kind() == StoredKind::uuid;
    set_field(*prepared.model, prepared.object(i), prepared.model->key_index, uuid ? Value(Uuid()) : Value(ObjectId()));
  }
}

// A key that is in no store if this transaction is rolled back, or since an earlier one was.
void note_made(Prepared& prepared, Scope& scope, std::size_t i) {
  Id key = key_of(prepared.object(i), *prepared.model);
  const bool again = !prepared.key_made[i] && scope.core->rolled_back.was_made(*prepared.model, key);
  if (scope.in_transaction() && (prepared.key_made[i] || again))
    scope.transaction->restorer->made(*prepared.model, std::move(key));
  else if (again)
    prepared.made_before.push_back({prepared.model, std::move(key)});
}

void prepare(Prepared& prepared, Scope& scope) {
  const ModelInfo& model = *prepared.model;
  prepared.documents.reserve(prepared.count());
  prepared.key_made.assign(prepared.count(), 0);
  const Value time = now();
  for (std::size_t i = 0; i < prepared.count(); ++i) {
    void* object = prepared.object(i);
    if (scope.in_transaction()) scope.transaction->restorer->remember(object, model);
    prepared.key_made[i] = make_key(model, object);
    if (model.relationships.empty()) note_made(prepared, scope, i);
    if (model.created_index >= 0) prepared.before.push_back(remember_fields(model, object, bookkeeping_of(model)));
    if (model.created_index >= 0) set_field(model, object, static_cast<std::size_t>(model.created_index), time);
    if (model.updated_index >= 0) set_field(model, object, static_cast<std::size_t>(model.updated_index), time);
    prepared.documents.push_back(encode_object(model, object));
  }
}

// Objects [from, to) become siblings; a transaction's rollback puts back what they were bound to.
void bind_inserted(ScopePtr scope, Prepared& prepared, std::size_t from, std::size_t to) {
  if (prepared.model->relationships.empty() || from == to) return;
  auto cohort = std::make_shared<Cohort>(std::move(scope), *prepared.model);
  auto bytes = std::make_shared<std::vector<bson::Document>>();
  bytes->reserve(to - from);
  cohort->reserve(to - from);
  for (std::size_t i = from; i < to; ++i) {
    bytes->push_back(std::move(prepared.documents[i]));
    cohort->add(bytes->back().view());
  }
  cohort->add_keep(bytes);
  for (std::size_t i = from; i < to; ++i)
    bind_members(prepared.object(i), *prepared.model, cohort, static_cast<std::uint32_t>(i - from));
}

awaitable<void> write_all(ScopePtr scope, Prepared* prepared) {
  constexpr std::size_t most_documents = 100'000;
  const std::size_t most_bytes = scope->core->driver->capabilities().largest_message / 2;
  const Trace trace(prepared->model->name, std::string(), prepared->count());
  const bool alone = !scope->in_transaction();  // else a transaction takes back what was stored
  std::size_t done = 0;
  while (done < prepared->count()) {
    WriteOperation operation;
    operation.collection = prepared->model->collection;
    std::size_t next = done, bytes = 0;
    while (next < prepared->count() && next - done < most_documents) {
      const std::size_t size = prepared->documents[next].bytes().size();
      if (next != done && bytes + size > most_bytes) break;
      bytes += size;
      WriteItem item;
      item.kind = WriteKind::insert;
      item.document = prepared->documents[next++];
      operation.items.push_back(std::move(item));
    }
    std::exception_ptr failure;
    std::size_t stored = 0;
    try {
      WriteReply reply = co_await write(scope, std::move(operation), trace);
      stored = done + (reply.errors.empty() ? next - done : reply.errors.front().index);
      throw_write_error(scope, reply, prepared->model->collection, trace);
    } catch (const error& e) {
      failure = std::current_exception();
      if (stored < done) stored = done;
      // Unknown: it may be stored, so the key stays and `insert` again says duplicate_key rather than storing it twice.
      const bool unknown = e.outcome() == Outcome::unknown;
      if (!unknown) take_keys_back(*prepared, stored);
      if (alone && stored != 0 && e.outcome() == Outcome::not_applied) {
        ErrorContext context = e.context();
        context.outcome = Outcome::partial;
        failure = std::make_exception_ptr(error(static_cast<errc>(e.code().value()), e.sentence(), std::move(context)));
      }
    } catch (...) {
      // Not of the store's: it was never asked (a coroutine cancelled before, no memory).
      if (stored < done) stored = done;
      failure = cancelled_in_words(std::current_exception(), alone && stored != 0 ? Outcome::partial : Outcome::not_applied);
      take_keys_back(*prepared, stored);
    }
    if (failure) {
      bind_inserted(scope, *prepared, 0, stored);
      std::rethrow_exception(failure);
    }
    done = next;
  }
  bind_inserted(scope, *prepared, 0, prepared->count());
  if (!prepared->made_before.empty()) scope->core->rolled_back.stored(prepared->made_before);
}

awaitable<void> insert_of(ScopePtr given, const ModelInfo* info, std::vector<void*> objects) {
  const ScopePtr scope = effective(std::move(given));
  const ModelInfo& model = linked(*info);
  scope->core->register_model(model);
  if (objects.empty()) co_return;
  Prepared prepared;
  prepared.model = &model;
  prepared.objects = std::move(objects);
  if (!validates_parents(model)) {
    prepare(prepared, *scope);
    co_await write_all(scope, &prepared);
    co_return;
  }
  auto work = [&](ScopePtr tx) -> awaitable<void> {
    prepared.documents.clear();
    prepared.before.clear();
    prepared.made_before.clear();
    prepare(prepared, *tx);
    std::exception_ptr missing;
    try {
      co_await check_parents(tx, &model, &prepared.documents);
    } catch (...) {
      missing = std::current_exception();
    }
    if (missing) {
      take_keys_back(prepared, 0);
      std::rethrow_exception(missing);
    }
    co_await write_all(tx, &prepared);
  };
  co_await atomically(scope, &work, "insert");
}

}  // namespace

awaitable<void> insert_objects(ScopePtr scope, const ModelInfo* model, std::vector<void*> objects) {
  return insert_of(std::move(scope), model, std::move(objects));
}
awaitable<void> insert(ScopePtr scope, ObjectRange range) {
  std::vector<void*> objects;
  objects.reserve(range.count());
  for (std::size_t i = 0; i < range.count(); ++i)
    objects.push_back(static_cast<char*>(range.first()) + i * range.model().ops.size);
  return in_words(insert_of(std::move(scope), &range.model(), std::move(objects)), Leaves::unknown);
}

}  // namespace kinship::detail
