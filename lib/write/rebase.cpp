// After a write the object has a new baseline, in a cohort of its own that still shares its siblings' loads.
// Nothing here does I/O.
#include "relationship/fetch.hpp"
#include "relationship/manager_access.hpp"
#include "write/change.hpp"

namespace kinship::detail {

// Id arrays that links changed and this save did not: what loads by them goes on with what the links said.
static void keep_rekeyed(const ModelInfo& model, const Cohort& before, std::uint32_t ordinal, Cohort& own) {
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

}  // namespace kinship::detail
