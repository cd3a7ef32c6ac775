// save: the fields that differ from what was read, by key; never an upsert, never a replace, never resurrects.
// Afterwards the object has a new baseline and still shares its siblings' loads.
#include <kinship/database.hpp>
#include <kinship/error.hpp>

#include "engine/restorer.hpp"
#include "relationship/fetch.hpp"
#include "relationship/manager_access.hpp"
#include "write/parents.hpp"
#include "write/transaction.hpp"
#include "write/write_access.hpp"

namespace kinship::detail {
namespace {

/// What one save sends.
struct Change {
  bson::Document filter{};
  bson::Document update{};
  bson::Document stored{};  // the object as it will be
  bool nothing{true};
};

void check_savable(const ModelInfo& model, void* object, const std::shared_ptr<Cohort>& cohort, std::uint32_t ordinal) {
  if (!cohort) return;
  if (cohort->partial())
    fail(errc::invalid_query,
         "this " + model.name +
             " was read with select, so fields are missing; save would lose them: read it whole first, or use "
             "update_many with the fields to change",
         model, "save", key_of(object, model).to_string());
  bson::Document keep;
  const bson::ValueView key = field_value(model, object, model.key_index, keep);
  const Id before = Id::from(cohort->document(ordinal).find("_id"));
  if (Id::from(key) != before)
    fail(errc::invalid_query,
         "the id of this " + model.name + " was changed from " + before.to_string() + " to " + Id::from(key).to_string() +
             "; ids do not change: insert a new object and remove the old one",
         model, "save", before.to_string());
}

Change change_of(const ModelInfo& model, void* object, const Cohort* cohort, std::uint32_t ordinal) {
  Change change;
  bson::Document old_version;
  if (model.version_index >= 0) {
    const auto index = static_cast<std::size_t>(model.version_index);
    const bson::ValueView version = field_value(model, object, index, old_version);
    const std::int64_t number = version.is(bson::Type::int32) ? version.as_int32() : version.as_int64();
    set_field(model, object, index, Value(number + 1));
  }
  if (model.updated_index >= 0) set_field(model, object, static_cast<std::size_t>(model.updated_index), now());
  change.stored = encode_object(model, object);
  bson::Builder set, unset;
  bool any_set = false, any_unset = false;
  for (std::size_t i = 0; i < model.stored.size(); ++i) {
    if (i == model.key_index) continue;
    const std::string& name = model.stored[i];
    const bson::ValueView value = change.stored[name];
    const bson::ValueView before = cohort ? cohort->document(ordinal).find(name) : bson::ValueView();
    if (cohort ? value == before : false) continue;
    const bool bookkeeping =
        static_cast<std::ptrdiff_t>(i) == model.version_index || static_cast<std::ptrdiff_t>(i) == model.updated_index;
    if (!bookkeeping) change.nothing = false;
    if (value.missing()) {
      unset.append_string(name, "");
      any_unset = true;
    } else {
      set.append(name, value);
      any_set = true;
    }
  }
  bson::Builder update;
  if (any_set) update.append("$set", set.finish().view());
  if (any_unset) update.append("$unset", unset.finish().view());
  change.update = update.finish();
  bson::Builder filter;
  model.ops.encode_field(filter, "_id", object, model.key_index);
  if (model.version_index >= 0) filter.append(model.stored[static_cast<std::size_t>(model.version_index)], old_version["v"]);
  change.filter = filter.finish();
  return change;
}

// Id arrays that links changed and this save did not: what loads by them goes on with what the links said.
void keep_rekeyed(const ModelInfo& model, const Cohort& before, std::uint32_t ordinal, Cohort& own) {
  bson::Document document(own.document(0));
  bool any = false;
  for (const auto& relationship : model.relationships) {
    if (relationship->metadata.kind != RelationshipKind::many_to_many_array || !relationship->draft.on_owner) continue;
    const std::string& field = relationship->foreign_stored;
    const bson::ValueView linked = before.key_document(ordinal).find(field), read = before.document(ordinal).find(field);
    if (linked == read || own.document(0).find(field) != read) continue;
    bson::Builder changed;
    for (const auto& one : document.view())
      if (one.name != field) changed.append(one.name, one.value);
    changed.append(field, linked);
    document = changed.finish();
    any = true;
  }
  if (any) own.rekey(0, std::move(document));
}

// The new baseline; members keep what they loaded, and go on sharing their siblings' loads where their key is the same.
void rebase(const ScopePtr& scope, const ModelInfo& model, void* object, bson::Document stored) {
  std::uint32_t ordinal = 0;
  const std::shared_ptr<Cohort> before = baseline_cohort(model, object, ordinal);
  auto own = std::make_shared<Cohort>(scope, model);
  auto bytes = std::make_shared<const bson::Document>(std::move(stored));
  own->add(bytes->view());
  own->add_keep(bytes);
  if (before && before->partial()) own->set_partial();
  const bool same_scope = before && effective(before->scope()) == scope;
  if (same_scope) own->share_with(before, ordinal);
  if (before) keep_rekeyed(model, *before, ordinal, *own);
  for (const auto& relationship : model.relationships) {
    RelationshipManager& member = *model.manager(object, *relationship);
    const bool bound = ManagerAccess::info(member) != nullptr;
    const bool same_key =
        before && bound && owner_key(*relationship, before->document(ordinal)) == owner_key(*relationship, own->document(0));
    const bool kept = same_scope && same_key && ManagerAccess::cohort(member) == before;
    if (!kept) {
      ManagerAccess::bind(member, own, 0, *relationship);
      own->unload(*relationship, 0);
      continue;
    }
    LoadedRange own_rows;
    const bool overridden = ManagerAccess::has(member, ManagerAccess::overridden) &&
                            before->generation(*relationship, ordinal) == ManagerAccess::generation(member);
    if (overridden) own_rows = ManagerAccess::rows(member);
    const bool conditional = ManagerAccess::has(member, ManagerAccess::conditional);
    ManagerAccess::rebind(member, own, 0);
    if (overridden)
      ManagerAccess::set_rows(member, own_rows, conditional, 0);
    else
      ManagerAccess::drop_rows(member);
  }
}

// The references that differ from what was read: a save checks only their owners.
bson::Document changed_references(const ModelInfo& model, const bson::Document& stored, const Cohort* cohort,
                                  std::uint32_t ordinal) {
  bson::Builder changed;
  for (const auto& relationship : model.relationships) {
    if (relationship->metadata.kind != RelationshipKind::belongs_to) continue;
    const std::string& name = relationship->foreign_stored;
    const bson::ValueView value = stored[name];
    const bool same = cohort && value == cohort->document(ordinal).find(name);
    if (!same && !value.missing()) changed.append(name, value);
  }
  return changed.finish();
}

awaitable<void> throw_unmatched(ScopePtr scope, const ModelInfo* model, std::string key, bson::Document id_filter) {
  if (model->version_index >= 0) {
    CountOperation exists;
    exists.collection = model->collection;
    exists.filter = std::move(id_filter);
    exists.limit = 1;
    const Trace trace(model->name, std::string());
    const std::uint64_t found = co_await count(scope, std::move(exists), trace);
    if (found != 0)
      fail(errc::conflict,
           "this " + model->name + " (" + key + ") was changed by another writer since it was read; read it again", *model,
           "save", key);
  }
  fail(errc::not_found,
       "there is no " + model->name + " " + key + " to save; it was removed, or never inserted (insert stores new ones)",
       *model, "save", key);
}

awaitable<void> save_one(ScopePtr scope, const ModelInfo* model, void* object) {
  std::uint32_t ordinal = 0;
  const std::shared_ptr<Cohort> cohort = baseline_cohort(*model, object, ordinal);
  check_savable(*model, object, cohort, ordinal);
  if (scope->in_transaction()) scope->transaction->restorer->remember(object, *model);
  const bson::Document bookkeeping = remember_fields(*model, object, bookkeeping_of(*model));
  Change change = change_of(*model, object, cohort.get(), ordinal);
  if (cohort && change.nothing) {
    restore_fields(*model, object, bookkeeping);
    if (scope->in_transaction()) rebase(scope, *model, object, bson::Document(cohort->document(ordinal)));
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
      if (found == 0) co_await throw_unmatched(scope, model, key_of(object, *model).to_string(), by_id(*model, object));
      co_return;
    }
    WriteReply reply = co_await write(scope, std::move(operation), trace);
    throw_write_error(reply, model->collection, trace, false);
    if (reply.matched == 0)
      co_await throw_unmatched(scope, model, key_of(object, *model).to_string(), by_id(*model, object));
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    restore_fields(*model, object, bookkeeping);
    std::rethrow_exception(failure);
  }
  if (!model->relationships.empty()) rebase(scope, *model, object, std::move(change.stored));
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
    for (std::size_t i = 0; i < objects.count(); ++i) {
      void* object = static_cast<char*>(objects.first()) + i * model.ops.size;
      const Id key = key_of(object, model);
      const bool again =
          key && inside->in_transaction() && model.relationships.empty() && inside->transaction->restorer->has_made(key);
      if (!key || again)
        co_await insert(inside, ObjectRange(object, 1, model));
      else
        co_await save_one(inside, &model, object);
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
  for (std::size_t i = 0; i < before.size(); ++i)
    restore_fields(model, static_cast<char*>(objects.first()) + i * model.ops.size, before[i]);
  std::rethrow_exception(failure);
}

}  // namespace

void rebase_field(const ScopePtr& scope, const ModelInfo& model, void* object, std::string_view field,
                  bson::ValueView value) {
  std::uint32_t ordinal = 0;
  const std::shared_ptr<Cohort> before = baseline_cohort(model, object, ordinal);
  if (!before) return;
  bson::Builder document;
  bool there = false;
  for (const auto& one : before->document(ordinal)) {
    const bool same = one.name == field;
    there = there || same;
    if (!same) document.append(one.name, one.value);
    if (same && !value.missing()) document.append(field, value);
  }
  if (!there && !value.missing()) document.append(field, value);
  rebase(scope, model, object, document.finish());
}

awaitable<void> save(ScopePtr scope, ObjectRange objects) { return save_of(std::move(scope), objects); }

}  // namespace kinship::detail
