// See write_access.hpp; nothing here does I/O.
// The baseline of `save` is whichever relationship member still holds what was read.
#include "write/write_access.hpp"

#include <kinship/error.hpp>

#include <chrono>

#include "relationship/load_state.hpp"

namespace kinship::detail {

bson::ValueView field_value(const ModelInfo& model, const void* object, std::size_t index, bson::Document& keep) {
  bson::Builder out;
  model.ops.encode_field(out, "v", object, index);
  keep = out.finish();
  return keep["v"];
}

void set_field(const ModelInfo& model, void* object, std::size_t index, bson::ValueView value) {
  model.ops.decode_field(value, object, index, model);
}
void set_field(const ModelInfo& model, void* object, std::size_t index, const Value& value) {
  set_field(model, object, index, value.view());
}

bson::Document encode_object(const ModelInfo& model, const void* object) {
  bson::Builder out;
  model.ops.encode(out, object, model);
  return out.finish();
}

std::size_t index_of(const ModelInfo& model, std::string_view stored) {
  for (std::size_t i = 0; i < model.stored.size(); ++i)
    if (model.stored[i] == stored) return i;
  fail(errc::invalid_model, model.name + " stores no field '" + std::string(stored) + "'", model, "map");
}

std::shared_ptr<Cohort> baseline_cohort(const ModelInfo& model, void* object, std::uint32_t& ordinal) {
  // A reference that was assigned is in a cohort of its own; the others are still among their siblings.
  std::shared_ptr<Cohort> found;
  for (const auto& relationship : model.relationships) {
    const RelationshipManager& member = *model.manager(object, *relationship);
    const auto& cohort = ManagerAccess::cohort(member);
    if (!ManagerAccess::info(member) || !cohort || !cohort->baseline()) continue;
    if (found && cohort->assigned()) continue;
    const bool better = !found || found->assigned();
    if (!better) continue;
    found = cohort;
    ordinal = ManagerAccess::ordinal(member);
  }
  return found;
}

bson::Document by_id(const ModelInfo& model, const void* object) {
  bson::Builder filter;
  model.ops.encode_field(filter, "_id", object, model.key_index);
  return filter.finish();
}

Id key_of(const void* object, const ModelInfo& model) {
  bson::Document keep;
  Id key = Id::from(field_value(model, object, model.key_index, keep));
  return key.is_nil() ? Id() : key;
}

bool make_key(const ModelInfo& model, void* object) {
  if (key_of(object, model)) return false;
  const StoredKind kind = model.key_kind();
  if (kind == StoredKind::object_id || kind == StoredKind::any)
    set_field(model, object, model.key_index, Value(ObjectId::make()));
  else if (kind == StoredKind::uuid)
    set_field(model, object, model.key_index, Value(Uuid::make()));
  else
    fail(errc::invalid_query,
         "a " + model.name + " without a key cannot be stored; give its member '" +
             model.catalog.fields[model.key_index].member + "' a value first",
         model, "insert");
  return true;
}

void bind_alone(ScopePtr scope, const ModelInfo& model, void* object, bson::Document document) {
  if (model.relationships.empty()) return;
  auto cohort = std::make_shared<Cohort>(std::move(scope), model);
  auto bytes = std::make_shared<const bson::Document>(std::move(document));
  cohort->add(bytes->view());
  cohort->add_keep(std::move(bytes));
  bind_members(object, model, cohort, 0);
}

Value now() { return Value(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())); }

void fail(errc code, std::string sentence, const ModelInfo& model, const char* operation, std::string key) {
  ErrorContext context;
  context.model = model.name;
  context.operation = operation;
  context.key = std::move(key);
  throw error(code, std::move(sentence), std::move(context));
}

void throw_unbound_owner(const ModelInfo& model) {
  fail(errc::unbound, "this " + model.name + " has no id yet, so nothing can refer to it; insert it first", model, "refer");
}

void bind_object(const ScopePtr& given, void* object, const ModelInfo& info) {
  const ScopePtr scope = effective(given);
  const ModelInfo& model = linked(info);
  if (!key_of(object, model))
    fail(errc::unbound, "this " + model.name + " has no id yet, so its relationships lead nowhere; insert it first", model,
         "bind");
  std::uint32_t ordinal = 0;
  if (const auto cohort = baseline_cohort(model, object, ordinal)) {
    const std::shared_ptr<Cohort> own = cohort->fork(ordinal, scope);
    bind_members(object, model, own, 0);
    // References assigned since the object was read lead where they were assigned to.
    for (const auto& relationship : model.relationships) {
      if (relationship->metadata.kind != RelationshipKind::belongs_to) continue;
      bson::Document keep;
      const Id now = Id::from(field_value(model, object, index_of(model, relationship->foreign_stored), keep));
      if (now != Id::from(own->document(0).find(relationship->foreign_stored)))
        key_assigned(*model.manager(object, *relationship), now);
    }
    return;
  }
  auto cohort = std::make_shared<Cohort>(scope, model);
  auto bytes = std::make_shared<const bson::Document>(encode_object(model, object));
  cohort->add(bytes->view());
  cohort->add_keep(std::move(bytes));
  cohort->no_baseline();
  bind_members(object, model, cohort, 0);
}

void detach_object(void* object, const ModelInfo& info) {
  const ModelInfo& model = linked(info);
  std::shared_ptr<Cohort> own;
  const Cohort* from = nullptr;
  for (const auto& relationship : model.relationships) {
    RelationshipManager& member = *model.manager(object, *relationship);
    if (!ManagerAccess::info(member)) continue;
    const std::shared_ptr<Cohort> cohort = ManagerAccess::cohort(member);
    if (!own || from != cohort.get()) {
      own = cohort->fork(ManagerAccess::ordinal(member));
      if (cohort->assigned()) own->assign_key(*cohort->assigned());
      from = cohort.get();
    }
    LoadedRange range;
    const bool loaded = rows_now(member, *relationship, false, range);
    const bool own_rows =
        ManagerAccess::has(member, ManagerAccess::overridden) &&
        ManagerAccess::generation(member) == cohort->generation(*relationship, ManagerAccess::ordinal(member));
    if (loaded && !own_rows) {
      // Copies of this owner's rows: the block they lie in holds the siblings' too.
      const ModelInfo& target = *relationship->target;
      const std::shared_ptr<void> block = target.ops.make(range.count());
      char* first = static_cast<char*>(target.ops.first(block.get()));
      for (std::size_t i = 0; i < range.count(); ++i)
        target.ops.copy(static_cast<const char*>(range.first()) + i * target.ops.size, first + i * target.ops.size);
      const LoadedRange copy(block, first, range.count());
      ManagerAccess::rebind(member, own, 0);
      ManagerAccess::set_rows(member, copy, false, 0);
      continue;
    }
    if (!own_rows) ManagerAccess::drop_rows(member);
    ManagerAccess::rebind(member, own, 0);
  }
}

}  // namespace kinship::detail
