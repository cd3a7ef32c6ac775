// remove, clear and replace of relationships: unlinking, or removing where the mapping says orphan_removal.
// Idempotent: what is not linked is left as it is.
#include <kinship/database.hpp>

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
  } else if (removes_orphans(owner)) {
    co_await remove_matching(owner.scope(), &target, equals(relationship.foreign_stored, owner.key(), "_id", child["_id"]));
  } else {
    WriteItem item =
        update_item(WriteKind::update_one, equals("_id", child["_id"], relationship.foreign_stored, owner.key()),
                    unset_reference(owner));
    WriteReply reply = co_await write_one(owner.scope(), target.collection, std::move(item), owner.trace());
    if (reply.matched != 0) set_reference(owner, object.object(), bson::ValueView());
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

awaitable<void> set_own_array(ScopePtr scope, const LinkOwner* owner, const std::vector<ObjectRef>* objects) {
  const RelationshipInfo& relationship = owner->relationship();
  bson::Builder update;
  update.begin_document("$set").begin_array(relationship.foreign_stored);
  for (const ObjectRef& object : *objects)
    owner->target().ops.encode_field(update, {}, object.object(), owner->target().key_index);
  update.end().end();
  WriteItem item = update_item(WriteKind::update_one, equals("_id", owner->key()), update.finish());
  co_await write_one(scope, relationship.owner->collection, std::move(item), owner->trace());
}

awaitable<void> link_all(ScopePtr scope, const LinkOwner* owner, const std::vector<ObjectRef>* objects) {
  const RelationshipInfo& relationship = owner->relationship();
  const ModelInfo& target = owner->target();
  if (!owner->through() && !owner->by_array()) {
    for (const ObjectRef& object : *objects) co_await link_one(scope, owner, object.object());
    co_return;
  }
  for (const ObjectRef& object : *objects) co_await store_target(scope, object, owner->trace());
  if (owner->array_on_owner()) {
    co_await set_own_array(scope, owner, objects);
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
  auto work = [&](ScopePtr tx) -> awaitable<void> {
    co_await link_all(tx, &owner, &objects);
    co_await unlink_rest(tx, &owner, &objects);
  };
  co_await atomically(owner.scope(), &work, "replace");
  show_exactly(owner, objects);
}

awaitable<void> clear_of(RelationshipManager* member) {
  const LinkOwner owner(member);
  const std::vector<ObjectRef> none;
  if (owner.array_on_owner())
    co_await set_own_array(owner.scope(), &owner, &none);
  else
    co_await unlink_rest(owner.scope(), &owner, &none);
  show_exactly(owner, none);
}

}  // namespace

awaitable<void> remove(RelationshipManager* member, ObjectRef object) { return remove_of(member, object); }
awaitable<void> replace(RelationshipManager* member, std::vector<ObjectRef> objects, std::shared_ptr<void> keep) {
  return replace_of(member, std::move(objects), std::move(keep));
}
awaitable<void> clear(RelationshipManager* member) { return clear_of(member); }

}  // namespace kinship::detail
