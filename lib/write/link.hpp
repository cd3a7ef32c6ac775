// Parts of linking that add, remove, replace and clear share: owners' keys, filters, and what members show afterwards.
// Everything affects one owner only; relationships over the same key unload.
#pragma once

#include <kinship/cascade/plan.hpp>

#include "relationship/load_state.hpp"
#include "write/transaction.hpp"
#include "write/write_access.hpp"

namespace kinship::detail {

/// A link operation's owner: which relationship, whose key.
class LinkOwner {
 public:
  explicit LinkOwner(RelationshipManager* member);
  RelationshipManager& member() const noexcept { return *member_; }
  const RelationshipInfo& relationship() const noexcept { return *relationship_; }
  const ModelInfo& target() const noexcept { return *relationship_->target; }
  const ScopePtr& scope() const noexcept { return scope_; }
  bson::ValueView key() const noexcept { return key_.view(); }  // the owner's own _id
  bool through() const noexcept { return relationship_->metadata.kind == RelationshipKind::many_to_many; }
  bool by_array() const noexcept { return relationship_->metadata.kind == RelationshipKind::many_to_many_array; }
  bool array_on_owner() const noexcept { return by_array() && relationship_->draft.on_owner; }
  Trace trace(std::size_t keys = 1) const {
    return Trace(relationship_->owner->name, relationship_->metadata.label(), keys);
  }

 private:
  RelationshipManager* member_;
  const RelationshipInfo* relationship_;
  ScopePtr scope_;
  Value key_;
};

/// One write as an operation; throws its error. Returns the reply.
awaitable<WriteReply> write_one(ScopePtr scope, std::string collection, WriteItem item, Trace trace);
awaitable<WriteReply> write_many(ScopePtr scope, std::string collection, std::vector<WriteItem> items, Trace trace);

WriteItem update_item(WriteKind kind, bson::Document filter, bson::Document update, bool upsert = false);
WriteItem delete_item(WriteKind kind, bson::Document filter);
/// {field: value} and {field: value, second: other}
bson::Document equals(std::string_view field, bson::ValueView value);
bson::Document equals(std::string_view field, bson::ValueView value, std::string_view second, bson::ValueView other);
/// {op: {field: value}}
bson::Document change(std::string_view op, std::string_view field, bson::ValueView value);

/// After linking: the plain relationship shows the object too (copy on write), others over the key unload.
void show_added(const LinkOwner& owner, const void* object);
void show_removed(const LinkOwner& owner, const Id& key);
void show_exactly(const LinkOwner& owner, const std::vector<ObjectRef>& objects);
void unload(const LinkOwner& owner);
/// The owner's id array holds these from now on: what loads by it next asks for them, unless the transaction of `scope` is
/// rolled back.
void rekey_array(const ScopePtr& scope, const LinkOwner& owner, const std::vector<Value>& ids);
/// The ids in the owner's array, as far as this object knows.
std::vector<Value> array_ids(const LinkOwner& owner);

/// A link row to the target of that key, as an upsert.
WriteItem link_item(const LinkOwner& owner, bson::ValueView target_key);
/// Children of this owner from now on: what is new is inserted, in one operation, the others are linked, in another.
awaitable<void> link_children(ScopePtr scope, const LinkOwner* owner, const std::vector<ObjectRef>* objects);
/// Inserts the objects that have no row.
awaitable<void> store_targets(ScopePtr scope, const ModelInfo* model, const std::vector<ObjectRef>* objects, Trace trace);
/// The owner exists, and its removal now would conflict; else `not_found`. In a transaction.
awaitable<void> require_owner(ScopePtr scope, const LinkOwner* owner);
/// Removes all that match and what goes with them, in the transaction there is or one of its own.
awaitable<void> remove_matching(ScopePtr scope, const ModelInfo* model, bson::Document filter);
awaitable<CascadeResult> remove_filter(ScopePtr scope, const ModelInfo* model, bson::Document filter);

/// Sets the child's foreign key in memory.
void set_reference(const LinkOwner& owner, void* child, bson::ValueView key);

}  // namespace kinship::detail
