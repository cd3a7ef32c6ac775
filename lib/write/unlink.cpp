// remove, clear and replace of relationships: unlinking, or removing where the mapping says orphan_removal.
// Idempotent: what is not linked is left as it is.
#include <kinship/database.hpp>

#include <algorithm>

#include "engine/cancelled.hpp"
#include "engine/restorer.hpp"
#include "relationship/fetch.hpp"
#include "write/link.hpp"

namespace kinship::detail {
namespace {

bool removes_orphans(const LinkOwner& owner) { return owner.relationship().metadata.config.orphan_removal; }

bson::Document unset_reference(const LinkOwner& owner) {
  return change("$unset", owner.relationship().foreign_stored, Value("").view());
}

awaitable<void> remove_of(RelationshipManager* member, ObjectRef object) {
  const LinkOwner owner(member);
  const RelationshipInfo& relationship = owner.relationship();
  const ModelInfo& target = linked(object.model());
  const Id key = key_of(object.object(), target);
  if (!key) co_return;  // never stored: not linked either
  const bson::Document child = by_id(target, object.object());
  if (owner.through()) {
    WriteItem item = delete_item(WriteKind::delete_many,
                                 equals(relationship.foreign_stored, owner.key(), relationship.second_stored, child["_id"]));
    co_await write_one(owner.scope(), relationship.join->collection, std::move(item), owner.trace());
  } else if (owner.by_array()) {
    const bool own = owner.array_on_owner();
    WriteItem item = update_item(WriteKind::update_one, own ? equals("_id", owner.key()) : child,
                                 change("$pull", relationship.foreign_stored, own ? child["_id"] : owner.key()));
    co_await write_one(owner.scope(), own ? relationship.owner->collection : target.collection, std::move(item),
                       owner.trace());
    if (own) {
      std::vector<Value> ids = array_ids(owner);
      std::erase(ids, Value(child["_id"]));
      rekey_array(owner.scope(), owner, ids);
    }
  } else if (removes_orphans(owner)) {
    co_await remove_matching(owner.scope(), &target, equals(relationship.foreign_stored, owner.key(), "_id", child["_id"]));
  } else {
    WriteItem item =
        update_item(WriteKind::update_one, equals("_id", child["_id"], relationship.foreign_stored, owner.key()),
                    unset_reference(owner));
    WriteReply reply = co_await write_one(owner.scope(), target.collection, std::move(item), owner.trace());
    if (reply.matched != 0) {
      const ScopePtr scope = owner.scope();
      if (scope->in_transaction())
        scope->transaction->restorer->remember(object.object(), target,
                                               static_cast<std::ptrdiff_t>(index_of(target, relationship.foreign_stored)));
      set_reference(owner, object.object(), bson::ValueView());
      rebase_field(scope, target, object.object(), relationship.foreign_stored, bson::ValueView());
    }
  }
  show_removed(owner, key);
}

/// {"_id": {op: [ids]}}, with the ids of these objects
void append_ids(bson::Builder& filter, std::string_view field, std::string_view op, const ModelInfo& model,
                const std::vector<ObjectRef>& objects) {
  filter.begin_document(field).begin_array(op);
  for (const ObjectRef& object : objects) model.ops.encode_field(filter, {}, object.object(), model.key_index);
  filter.end().end();
}

// Unlinks all but `kept`.
awaitable<void> unlink_rest(ScopePtr scope, const LinkOwner* owner, const std::vector<ObjectRef>* kept) {
  const RelationshipInfo& relationship = owner->relationship();
  const ModelInfo& target = owner->target();
  if (owner->array_on_owner()) co_return;  // the array is set as a whole
  bson::Builder filter;
  filter.append(relationship.foreign_stored, owner->key());
  const std::string_view target_field = owner->through() ? std::string_view(relationship.second_stored) : "_id";
  if (owner->through() && !relationship.filter.empty()) {
    // Only what belongs to this relationship: those of its filter.
    OwnerKeys owners(relationship);
    const bson::Document self = equals("_id", owner->key());
    owners.add_owner(self.view());
    Narrowing ids;
    bson::Builder projection;
    projection.append_int32("_id", 1);
    ids.projection = projection.finish();
    Fetched fetched = co_await fetch(scope, std::move(owners), std::move(ids));
    filter.begin_array("$and").begin_document({}).begin_document(target_field).begin_array("$in");
    for (const bson::DocumentView document : fetched.documents) filter.append({}, document.find("_id"));
    filter.end().end().end().end();
  }
  if (!kept->empty()) append_ids(filter, target_field, "$nin", target, *kept);
  bson::Document rest = filter.finish();
  if (owner->through()) {
    WriteItem item = delete_item(WriteKind::delete_many, std::move(rest));
    co_await write_one(scope, relationship.join->collection, std::move(item), owner->trace());
    co_return;
  }
  rest = both(rest, relationship.filter);
  if (removes_orphans(*owner)) {
    co_await remove_matching(scope, &target, std::move(rest));
    co_return;
  }
  bson::Document update =
      owner->by_array() ? change("$pull", relationship.foreign_stored, owner->key()) : unset_reference(*owner);
  WriteItem item = update_item(WriteKind::update_many, std::move(rest), std::move(update));
  co_await write_one(scope, target.collection, std::move(item), owner->trace());
}

std::vector<Value> ids_of(const ModelInfo& model, const std::vector<ObjectRef>& objects) {
  std::vector<Value> ids;
  for (const ObjectRef& object : objects) {
    const bson::Document id = by_id(model, object.object());
    ids.push_back(Value(id["_id"]));
  }
  return ids;
}

awaitable<void> set_own_array(ScopePtr scope, const LinkOwner* owner, const std::vector<ObjectRef>* objects) {
  const RelationshipInfo& relationship = owner->relationship();
  bson::Builder update;
  update.begin_document("$set").begin_array(relationship.foreign_stored);
  for (const ObjectRef& object : *objects)
    owner->target().ops.encode_field(update, {}, object.object(), owner->target().key_index);
  update.end().end();
  WriteItem item = update_item(WriteKind::update_one, equals("_id", owner->key()), update.finish());
  WriteReply reply = co_await write_one(scope, relationship.owner->collection, std::move(item), owner->trace());
  if (reply.matched == 0 && !objects->empty())
    fail(errc::not_found,
         "the " + relationship.owner->name + " that holds the ids of " + relationship.metadata.label() +
             " does not exist any more",
         *relationship.owner, "replace", Id::from(owner->key()).to_string());
  rekey_array(scope, *owner, ids_of(owner->target(), *objects));
}

// With a filter only what belongs to the relationship goes: the ids of others stay in the array.
awaitable<void> set_filtered_array(ScopePtr scope, const LinkOwner* owner, const std::vector<ObjectRef>* objects) {
  const RelationshipInfo& relationship = owner->relationship();
  FindOperation self;
  self.collection = relationship.owner->collection;
  self.filter = equals("_id", owner->key());
  FindReply holder = co_await find(scope, std::move(self), owner->trace());
  if (holder.first.documents.empty()) co_return;
  OwnerKeys owners(relationship);
  owners.add_owner(holder.first.documents.front());
  Narrowing ids;
  bson::Builder projection;
  projection.append_int32("_id", 1);
  ids.projection = projection.finish();
  Fetched fetched = co_await fetch(scope, std::move(owners), std::move(ids));
  std::vector<WriteItem> items;
  bson::Builder pull, add;
  pull.begin_document("$pullAll").begin_array(relationship.foreign_stored);
  for (const bson::DocumentView document : fetched.documents) pull.append({}, document.find("_id"));
  pull.end().end();
  items.push_back(update_item(WriteKind::update_one, equals("_id", owner->key()), pull.finish()));
  if (!objects->empty()) {
    add.begin_document("$addToSet").begin_document(relationship.foreign_stored).begin_array("$each");
    for (const ObjectRef& object : *objects)
      owner->target().ops.encode_field(add, {}, object.object(), owner->target().key_index);
    add.end().end().end();
    items.push_back(update_item(WriteKind::update_one, equals("_id", owner->key()), add.finish()));
  }
  co_await write_many(scope, relationship.owner->collection, std::move(items), owner->trace());
  std::vector<Value> now;
  const std::vector<Value> added = ids_of(owner->target(), *objects);
  const bson::ValueView before = holder.first.documents.front().find(relationship.foreign_stored);
  if (before.is(bson::Type::array))
    for (const auto& id : before.as_document()) {
      const auto same = [&](const bson::DocumentView& document) { return document.find("_id") == id.value; };
      if (std::none_of(fetched.documents.begin(), fetched.documents.end(), same)) now.push_back(Value(id.value));
    }
  for (const Value& id : added)
    if (std::find(now.begin(), now.end(), id) == now.end()) now.push_back(id);
  rekey_array(scope, *owner, now);
}

awaitable<void> set_array(ScopePtr scope, const LinkOwner* owner, const std::vector<ObjectRef>* objects) {
  return owner->relationship().filter.empty() ? set_own_array(std::move(scope), owner, objects)
                                              : set_filtered_array(std::move(scope), owner, objects);
}

awaitable<void> link_all(ScopePtr scope, const LinkOwner* owner, const std::vector<ObjectRef>* objects) {
  const RelationshipInfo& relationship = owner->relationship();
  const ModelInfo& target = owner->target();
  if (!owner->through() && !owner->by_array()) {
    co_await link_children(scope, owner, objects);
    co_return;
  }
  co_await store_targets(scope, &target, objects, owner->trace(objects->size()));
  if (owner->array_on_owner()) {
    co_await set_array(scope, owner, objects);
    co_return;
  }
  if (objects->empty()) co_return;
  if (owner->by_array()) {
    bson::Builder filter;
    append_ids(filter, "_id", "$in", target, *objects);
    WriteItem item =
        update_item(WriteKind::update_many, filter.finish(), change("$addToSet", relationship.foreign_stored, owner->key()));
    co_await write_one(scope, target.collection, std::move(item), owner->trace());
    co_return;
  }
  std::vector<WriteItem> items;
  for (const ObjectRef& object : *objects) {
    const bson::Document id = by_id(target, object.object());
    items.push_back(link_item(*owner, id["_id"]));
  }
  co_await write_many(scope, relationship.join->collection, std::move(items), owner->trace(objects->size()));
}

awaitable<void> replace_of(RelationshipManager* member, std::vector<ObjectRef> objects,
                           [[maybe_unused]] std::shared_ptr<void> keep) {
  const LinkOwner owner(member);
  owner.scope()->core->register_model(owner.target());
  const RelationshipInfo& relationship = owner.relationship();
  const bool validate =
      relationship.metadata.config.validate || (relationship.inverse && relationship.inverse->metadata.config.validate);
  auto work = [&](ScopePtr tx) -> awaitable<void> {
    if (validate && !objects.empty()) co_await require_owner(tx, &owner);
    co_await link_all(tx, &owner, &objects);
    co_await unlink_rest(tx, &owner, &objects);
  };
  co_await atomically(owner.scope(), &work, "replace");
  show_exactly(owner, objects);
}

awaitable<void> clear_of(RelationshipManager* member) {
  const LinkOwner owner(member);
  const std::vector<ObjectRef> none;
  auto work = [&](ScopePtr scope) -> awaitable<void> {
    if (owner.array_on_owner())
      co_await set_array(scope, &owner, &none);
    else
      co_await unlink_rest(scope, &owner, &none);
  };
  // With a filter on linked objects it takes a look first.
  const bool several = (owner.array_on_owner() || owner.through()) && !owner.relationship().filter.empty();
  if (several)
    co_await atomically(owner.scope(), &work, "clear");
  else
    co_await work(owner.scope());
  show_exactly(owner, none);
}

}  // namespace

awaitable<void> remove(RelationshipManager* member, ObjectRef object) {
  return in_words(remove_of(member, object), Leaves::unknown);
}
awaitable<void> replace(RelationshipManager* member, std::vector<ObjectRef> objects, std::shared_ptr<void> keep) {
  return in_words(replace_of(member, std::move(objects), std::move(keep)), Leaves::unknown);
}
awaitable<void> clear(RelationshipManager* member) { return in_words(clear_of(member), Leaves::unknown); }

}  // namespace kinship::detail
