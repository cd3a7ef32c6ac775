// See link.hpp. Rows shown after a write are copies in a block of this owner's own.
// A child's reference is set in memory first and taken back when the write fails.
#include <kinship/error.hpp>

#include <algorithm>

#include "engine/restorer.hpp"
#include "plan/key_set.hpp"
#include "write/link.hpp"

namespace kinship::detail {

LinkOwner::LinkOwner(RelationshipManager* member) : member_(member), relationship_(&required_info(*member)) {
  const std::shared_ptr<Cohort>& cohort = ManagerAccess::cohort(*member);
  scope_ = effective(cohort->scope());
  key_ = Value(cohort->document(ManagerAccess::ordinal(*member)).find("_id"));
  if (relationship_->metadata.kind == RelationshipKind::belongs_to)
    fail(errc::invalid_query, relationship_->metadata.label() + " is a reference; assign its owner and save",
         *relationship_->owner, "add");
  if (scope_->in_transaction()) scope_->transaction->restorer->remember_member(*member);
}

static awaitable<WriteReply> write_of(ScopePtr scope, WriteOperation operation, Trace trace) {
  const std::string collection = operation.collection;
  WriteReply reply = co_await write(scope, std::move(operation), trace);
  throw_write_error(scope, reply, collection, trace);
  co_return reply;
}
awaitable<WriteReply> write_many(ScopePtr scope, std::string collection, std::vector<WriteItem> items, Trace trace) {
  WriteOperation operation;
  operation.collection = std::move(collection);
  operation.items = std::move(items);
  return write_of(std::move(scope), std::move(operation), std::move(trace));
}
awaitable<WriteReply> write_one(ScopePtr scope, std::string collection, WriteItem item, Trace trace) {
  std::vector<WriteItem> items;
  items.push_back(std::move(item));
  return write_many(std::move(scope), std::move(collection), std::move(items), std::move(trace));
}

WriteItem update_item(WriteKind kind, bson::Document filter, bson::Document update, bool upsert) {
  WriteItem item;
  item.kind = kind;
  item.filter = std::move(filter);
  item.document = std::move(update);
  item.upsert = upsert;
  return item;
}
WriteItem delete_item(WriteKind kind, bson::Document filter) {
  WriteItem item;
  item.kind = kind;
  item.filter = std::move(filter);
  return item;
}

bson::Document equals(std::string_view field, bson::ValueView value) {
  bson::Builder filter;
  filter.append(field, value);
  return filter.finish();
}
bson::Document equals(std::string_view field, bson::ValueView value, std::string_view second, bson::ValueView other) {
  bson::Builder filter;
  filter.append(field, value);
  filter.append(second, other);
  return filter.finish();
}
bson::Document change(std::string_view op, std::string_view field, bson::ValueView value) {
  bson::Builder update;
  update.begin_document(op).append(field, value).end();
  return update.finish();
}

namespace {

bool plain(const RelationshipInfo& relationship) {
  const RelationshipConfig& config = relationship.metadata.config;
  return config.filter.is_always() && config.order_by.empty() && config.limit == 0;
}

// What hangs on the same key of this owner and is not the member itself.
void unload_others(const LinkOwner& owner) {
  const RelationshipInfo& own = owner.relationship();
  const std::shared_ptr<Cohort>& cohort = ManagerAccess::cohort(owner.member());
  for (const auto& other : own.owner->relationships)
    if (other.get() != &own && other->target == own.target && other->join == own.join &&
        other->foreign_stored == own.foreign_stored)
      cohort->unload(*other, ManagerAccess::ordinal(owner.member()));
}

class Copies {
 public:
  Copies(const ModelInfo& model, std::size_t most) : model_(model), block_(model.ops.make(most)) {
    first_ = static_cast<char*>(model.ops.first(block_.get()));
  }
  void add(const void* object) { model_.ops.copy(object, first_ + count_++ * model_.ops.size); }
  LoadedRange range() const { return LoadedRange(block_, first_, count_); }

 private:
  const ModelInfo& model_;
  std::shared_ptr<void> block_;
  char* first_;
  std::size_t count_{};
};

void show(const LinkOwner& owner, const LoadedRange& range) {
  RelationshipManager& member = owner.member();
  ManagerAccess::set_rows(member, range, false,
                          ManagerAccess::cohort(member)->generation(owner.relationship(), ManagerAccess::ordinal(member)));
}

const void* element(const LoadedRange& range, std::size_t i, const ModelInfo& model) {
  return static_cast<const char*>(range.first()) + i * model.ops.size;
}

}  // namespace

void unload(const LinkOwner& owner) {
  unload_others(owner);
  ManagerAccess::drop_rows(owner.member());
  ManagerAccess::cohort(owner.member())->unload(owner.relationship(), ManagerAccess::ordinal(owner.member()));
}

std::vector<Value> array_ids(const LinkOwner& owner) {
  const bson::ValueView ids = ManagerAccess::cohort(owner.member())
                                  ->key_document(ManagerAccess::ordinal(owner.member()))
                                  .find(owner.relationship().foreign_stored);
  std::vector<Value> all;
  if (ids.is(bson::Type::array))
    for (const auto& id : ids.as_document()) all.push_back(Value(id.value));
  return all;
}

void rekey_array(const ScopePtr& scope, const LinkOwner& owner, const std::vector<Value>& ids) {
  const std::shared_ptr<Cohort>& cohort = ManagerAccess::cohort(owner.member());
  const std::uint32_t ordinal = ManagerAccess::ordinal(owner.member());
  const std::string& field = owner.relationship().foreign_stored;
  bson::Builder document;
  for (const auto& one : cohort->key_document(ordinal))
    if (one.name != field) document.append(one.name, one.value);
  document.begin_array(field);
  for (const Value& id : ids) document.append({}, id.view());
  document.end();
  if (scope->in_transaction()) scope->transaction->restorer->remember_keys(cohort, ordinal);
  cohort->rekey(ordinal, document.finish());
}

void show_added(const LinkOwner& owner, const void* object) {
  LoadedRange before;
  const RelationshipInfo& relationship = owner.relationship();
  if (!plain(relationship)) return unload(owner);
  // What a OneToOne was set to is all there is, loaded before or not.
  if (!rows_now(owner.member(), relationship, false, before) && !relationship.to_one()) return unload(owner);
  const ModelInfo& target = owner.target();
  const Id key = key_of(object, target);
  Copies copies(target, before.count() + 1);
  bool there = false;
  if (!relationship.to_one())
    for (std::size_t i = 0; i < before.count(); ++i) {
      const void* one = element(before, i, target);
      const bool same = key_of(one, target) == key;
      copies.add(same ? object : one);
      there = there || same;
    }
  if (!there) copies.add(object);
  unload_others(owner);
  show(owner, copies.range());
}

void show_removed(const LinkOwner& owner, const Id& key) {
  LoadedRange before;
  if (!plain(owner.relationship()) || !rows_now(owner.member(), owner.relationship(), false, before)) return unload(owner);
  const ModelInfo& target = owner.target();
  Copies copies(target, before.count());
  for (std::size_t i = 0; i < before.count(); ++i)
    if (key_of(element(before, i, target), target) != key) copies.add(element(before, i, target));
  unload_others(owner);
  show(owner, copies.range());
}

void show_exactly(const LinkOwner& owner, const std::vector<ObjectRef>& objects) {
  if (!plain(owner.relationship())) return unload(owner);
  Copies copies(owner.target(), objects.size());
  // An id array keeps its duplicates; elsewhere the same object twice is one link.
  plan::KeySet shown;
  for (const ObjectRef& object : objects) {
    const bson::Document id = by_id(owner.target(), object.object());
    const std::size_t before = shown.size();
    shown.add(id["_id"]);
    if (shown.size() != before || owner.array_on_owner()) copies.add(object.object());
  }
  unload_others(owner);
  show(owner, copies.range());
}

void set_reference(const LinkOwner& owner, void* child, bson::ValueView key) {
  const ModelInfo& model = owner.target();
  const std::size_t index = index_of(model, owner.relationship().foreign_stored);
  const bool none = key.missing() || key.is(bson::Type::null);
  const StoredType& type = model.catalog.fields[index].type;
  if (none && !type.optional && !type.reference) return;  // a plain key member keeps its value; the store has unset it
  const std::uint8_t nothing = 0;
  set_field(model, child, index, none ? bson::ValueView(bson::Type::null, &nothing, 0) : key);
  for (const auto& relationship : model.relationships)
    if (relationship->metadata.kind == RelationshipKind::belongs_to &&
        relationship->foreign_stored == owner.relationship().foreign_stored)
      key_assigned(*model.manager(child, *relationship), none ? Id() : Id::from(key));
}

}  // namespace kinship::detail
