// add and set: the child refers to this owner afterwards, or a link row or id says so. Idempotent; what is new is inserted.
// One operation where the child has a row; a transaction where several must hold together.
#include <kinship/database.hpp>
#include <kinship/error.hpp>

#include <algorithm>

#include "engine/cancelled.hpp"
#include "engine/restorer.hpp"
#include "write/link.hpp"
#include "write/parents.hpp"

namespace kinship::detail {
namespace {

bool stored(const ModelInfo& model, void* object) {
  std::uint32_t ordinal = 0;
  return key_of(object, model) && baseline_cohort(model, object, ordinal) != nullptr;
}

awaitable<void> insert_object(ScopePtr scope, ObjectRef object) {
  return insert(std::move(scope), ObjectRange(object.object(), 1, object.model()));
}

// The target of a link must have a row: new ones are inserted, keys without a row too.
awaitable<void> ensure_stored(ScopePtr scope, ObjectRef object, Trace trace) {
  const ModelInfo& model = linked(object.model());
  if (stored(model, object.object())) co_return;
  if (key_of(object.object(), model)) {
    CountOperation exists;
    exists.collection = model.collection;
    exists.filter = by_id(model, object.object());
    exists.limit = 1;
    const std::uint64_t found = co_await count(scope, std::move(exists), trace);
    if (found != 0) co_return;
  }
  co_await insert_object(scope, object);
}

awaitable<void> owner_there(ScopePtr scope, const LinkOwner* owner) {
  std::vector<bson::Document> children(1, equals(owner->relationship().foreign_stored, owner->key()));
  if (owner->relationship().inverse) {
    co_await check_parents(scope, &owner->target(), &children);
    co_return;
  }
  CountOperation exists;
  exists.collection = owner->relationship().owner->collection;
  exists.filter = equals("_id", owner->key());
  exists.limit = 1;
  const std::uint64_t found = co_await count(scope, std::move(exists), owner->trace());
  if (found == 0)
    fail(errc::not_found,
         "the " + owner->relationship().owner->name + " of " + owner->relationship().metadata.label() +
             " does not exist any more, so nothing can be added to it",
         *owner->relationship().owner, "add", Id::from(owner->key()).to_string());
}

awaitable<void> unlink_others(ScopePtr scope, const LinkOwner* owner, bson::Document child) {
  const RelationshipInfo& relationship = owner->relationship();
  bson::Builder filter;
  filter.append(relationship.foreign_stored, owner->key());
  filter.begin_document("_id").append("$ne", child["_id"]).end();
  bson::Document others = filter.finish();
  if (relationship.metadata.config.orphan_removal) {
    co_await remove_matching(scope, &owner->target(), std::move(others));
    co_return;
  }
  WriteItem item = update_item(WriteKind::update_many, std::move(others),
                               change("$unset", relationship.foreign_stored, Value("").view()));
  co_await write_one(scope, owner->target().collection, std::move(item), owner->trace());
}

awaitable<void> link_child(ScopePtr scope, const LinkOwner* owner, void* child) {
  const ModelInfo& model = owner->target();
  const RelationshipInfo& relationship = owner->relationship();
  const std::size_t foreign = index_of(model, relationship.foreign_stored);
  if (scope->in_transaction()) scope->transaction->restorer->remember(child, model, static_cast<std::ptrdiff_t>(foreign));
  bson::Document before;
  const Value old(field_value(model, child, foreign, before));
  set_reference(*owner, child, owner->key());
  std::exception_ptr failure;
  try {
    if (!key_of(child, model)) {
      co_await insert_object(scope, ObjectRef(child, model));
    } else {
      WriteItem item =
          update_item(WriteKind::update_one, by_id(model, child), change("$set", relationship.foreign_stored, owner->key()));
      WriteReply reply = co_await write_one(scope, model.collection, std::move(item), owner->trace());
      if (reply.matched == 0)
        co_await insert_object(scope, ObjectRef(child, model));
      else
        rebase_field(owner->scope(), model, child, relationship.foreign_stored, owner->key());
    }
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) co_return;
  set_reference(*owner, child, old.view());
  std::rethrow_exception(failure);
}

awaitable<void> add_child(const LinkOwner* owner, void* child) {
  const RelationshipInfo& relationship = owner->relationship();
  const bool one = relationship.metadata.kind == RelationshipKind::one_to_one;
  const bool validate =
      relationship.metadata.config.validate || (relationship.inverse && relationship.inverse->metadata.config.validate);
  if (!one && !validate) {
    co_await link_child(owner->scope(), owner, child);
    co_return;
  }
  auto work = [&](ScopePtr tx) -> awaitable<void> {
    if (validate) co_await owner_there(tx, owner);
    co_await link_child(tx, owner, child);
    if (one) co_await unlink_others(tx, owner, by_id(owner->target(), child));
  };
  co_await atomically(owner->scope(), &work, one ? "OneToOne::set" : "OneToMany::add");
}

// The link row: its two references by the filter, a key when it is new, and the caller's own fields if there are any.
WriteItem link_row(const LinkOwner& owner, bson::ValueView target_key, const void* join) {
  const RelationshipInfo& relationship = owner.relationship();
  const ModelInfo& model = *relationship.join;
  bson::Builder set_on_insert, set;
  bool any = false;
  bson::Document keep;
  bson::ValueView key;
  if (join) {
    const bson::Document row = encode_object(model, join);
    for (const auto& field : row.view()) {
      if (field.name == "_id" || field.name == relationship.foreign_stored || field.name == relationship.second_stored)
        continue;
      set.append(field.name, field.value);
      any = true;
    }
    key = field_value(model, join, model.key_index, keep);
  }
  if (join && key_of(join, model))
    set_on_insert.append("_id", key);
  else if (model.key_kind() == StoredKind::uuid)
    set_on_insert.append("_id", Value(Uuid::make()).view());
  else
    set_on_insert.append("_id", Value(ObjectId::make()).view());
  bson::Builder update;
  update.append("$setOnInsert", set_on_insert.finish().view());
  if (any) update.append("$set", set.finish().view());
  return update_item(WriteKind::update_one,
                     equals(relationship.foreign_stored, owner.key(), relationship.second_stored, target_key),
                     update.finish(), true);
}

awaitable<void> link_through(ScopePtr scope, const LinkOwner* owner, ObjectRef object, ObjectRef join) {
  const RelationshipInfo& relationship = owner->relationship();
  bson::Document target = by_id(owner->target(), object.object());
  if (join.object()) {
    const ModelInfo& model = *relationship.join;
    if (scope->in_transaction()) scope->transaction->restorer->remember(join.object(), model);
    set_field(model, join.object(), index_of(model, relationship.foreign_stored), owner->key());
    set_field(model, join.object(), index_of(model, relationship.second_stored), target["_id"]);
  }
  WriteItem item = link_row(*owner, target["_id"], join.object());
  WriteReply reply = co_await write_one(scope, relationship.join->collection, std::move(item), owner->trace());
  if (!join.object()) co_return;
  const ModelInfo& model = *relationship.join;
  if (!reply.upserted.empty()) {
    set_field(model, join.object(), model.key_index, reply.upserted.front().second["_id"]);
    bind_alone(scope, model, join.object(), encode_object(model, join.object()));
    co_return;
  }
  // The link was there: the caller's row takes its key, so that saving it changes that row.
  FindOperation there;
  there.collection = model.collection;
  there.filter = equals(relationship.foreign_stored, owner->key(), relationship.second_stored, target["_id"]);
  there.limit = 1;
  FindReply found = co_await find(scope, std::move(there), owner->trace());
  if (found.first.documents.empty()) co_return;
  set_field(model, join.object(), model.key_index, found.first.documents.front().find("_id"));
  bind_alone(scope, model, join.object(), bson::Document(found.first.documents.front()));
}

awaitable<void> link_by_array(ScopePtr scope, const LinkOwner* owner, ObjectRef object) {
  const RelationshipInfo& relationship = owner->relationship();
  const bson::Document target = by_id(owner->target(), object.object());
  const bool own = owner->array_on_owner();
  const ModelInfo& holder = own ? *relationship.owner : owner->target();
  WriteItem item = update_item(WriteKind::update_one, own ? equals("_id", owner->key()) : target,
                               change("$addToSet", relationship.foreign_stored, own ? target["_id"] : owner->key()));
  WriteReply reply = co_await write_one(scope, holder.collection, std::move(item), owner->trace());
  if (reply.matched == 0)
    fail(errc::not_found,
         "the " + holder.name + " that holds the ids of " + relationship.metadata.label() + " does not exist any more",
         *relationship.owner, "add", Id::from(own ? owner->key() : target["_id"]).to_string());
  if (!own) co_return;
  std::vector<Value> ids = array_ids(*owner);
  const Value added(target["_id"]);
  if (std::find(ids.begin(), ids.end(), added) == ids.end()) ids.push_back(added);
  rekey_array(scope, *owner, ids);
}

awaitable<void> add_link(const LinkOwner* owner, ObjectRef object, ObjectRef join) {
  const bool needs_more = !stored(owner->target(), object.object()) || owner->relationship().metadata.config.validate;
  auto work = [&](ScopePtr scope) -> awaitable<void> {
    if (owner->relationship().metadata.config.validate) co_await owner_there(scope, owner);
    co_await ensure_stored(scope, object, owner->trace());
    if (owner->through())
      co_await link_through(scope, owner, object, join);
    else
      co_await link_by_array(scope, owner, object);
  };
  if (needs_more)
    co_await atomically(owner->scope(), &work, "ManyToMany::add");
  else
    co_await work(owner->scope());
}

awaitable<void> add_of(RelationshipManager* member, ObjectRef object, ObjectRef join) {
  const LinkOwner owner(member);
  owner.scope()->core->register_model(linked(object.model()));
  if (join.object() && &join.model() != owner.relationship().join)
    fail(errc::invalid_query,
         owner.relationship().metadata.label() + " has no " + join.model().name + " rows; it goes through " +
             (owner.relationship().join ? owner.relationship().join->name : std::string("an id array")),
         *owner.relationship().owner, "add");
  if (owner.through() || owner.by_array())
    co_await add_link(&owner, object, join);
  else
    co_await add_child(&owner, object.object());
  show_added(owner, object.object());
}

}  // namespace

awaitable<void> add(RelationshipManager* member, ObjectRef object, ObjectRef join) {
  return in_words(add_of(member, object, join), Leaves::unknown);
}

WriteItem link_item(const LinkOwner& owner, bson::ValueView target_key) { return link_row(owner, target_key, nullptr); }
awaitable<void> require_owner(ScopePtr scope, const LinkOwner* owner) { return owner_there(std::move(scope), owner); }

}  // namespace kinship::detail
