// See change.hpp: what one save sends. Nothing here does I/O.
// Bookkeeping fields alone are no change.
#include "write/change.hpp"

#include <kinship/error.hpp>

#include "engine/restorer.hpp"

namespace kinship::detail {

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

static std::int64_t version_of(const ModelInfo& model, const void* object) {
  bson::Document keep;
  const bson::ValueView version = field_value(model, object, static_cast<std::size_t>(model.version_index), keep);
  return version.is(bson::Type::int32) ? version.as_int32() : version.as_int64();
}

void take_version_back(Scope& scope, const ModelInfo& model, void* object) {
  if (model.version_index < 0 || !model.relationships.empty()) return;
  const auto before =
      scope.core->rolled_back.version_before(model, object, key_of(object, model), version_of(model, object));
  if (before) set_field(model, object, static_cast<std::size_t>(model.version_index), Value(*before));
}

void note_version(Scope& scope, const ModelInfo& model, const void* object) {
  if (model.version_index < 0 || !model.relationships.empty() || !scope.in_transaction()) return;
  const std::int64_t given = version_of(model, object);
  GivenVersion version;
  version.model = &model;
  version.object = object;
  version.key = key_of(object, model);
  version.given = given;
  version.before = given - 1;
  scope.transaction->restorer->gave_version(std::move(version));
}

void throw_unmatched(const ModelInfo& model, const std::string& key, bool there) {
  if (there)
    fail(errc::conflict,
         "this " + model.name + " (" + key + ") was changed by another writer since it was read; read it again", model,
         "save", key);
  fail(errc::not_found,
       "there is no " + model.name + " " + key + " to save; it was removed, or never inserted (insert stores new ones)",
       model, "save", key);
}

}  // namespace kinship::detail
