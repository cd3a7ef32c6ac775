// Completes mappings against each other at first use: stored names of foreign keys, inverses, and what contradicts.
// Every model reachable from the one used is linked under one lock, so a cycle of models is no cycle of locks.
#include <algorithm>

#include <kinship/error.hpp>
#include <kinship/query/resolve.hpp>

#include "model/model_info.hpp"

namespace kinship::detail {
namespace {

std::mutex link_mutex;

[[noreturn]] void invalid(const RelationshipInfo& relationship, std::string sentence) {
  ErrorContext context;
  context.model = relationship.owner->name;
  context.relationship = relationship.metadata.label();
  throw error(errc::invalid_model, std::move(sentence), std::move(context));
}

const FieldInfo& foreign_field(const RelationshipInfo& relationship, const ModelInfo& holder, const std::string& member) {
  if (const FieldInfo* field = holder.catalog.find(member)) return *field;
  invalid(relationship, "the foreign key " + holder.name + "." + member + " of " + relationship.metadata.label() +
                            " is not stored; list it in BOOST_DESCRIBE_STRUCT(" + holder.name + ", ...)");
}

// A policy must suit what there is on the other side: a key of its own, a link row, or an id array.
void check_policy(const RelationshipInfo& relationship) {
  const OnDelete action = relationship.metadata.config.delete_action();
  const bool array = relationship.metadata.kind == RelationshipKind::many_to_many_array;
  const bool through = relationship.metadata.kind == RelationshipKind::many_to_many;
  if (action == OnDelete::pull && !array)
    invalid(relationship, relationship.metadata.label() +
                              " says on_delete pull, which takes an id out of an id array, and there is none; say cascade, "
                              "nullify or restrict");
  if (action == OnDelete::nullify && (array || through))
    invalid(relationship, relationship.metadata.label() +
                              " says on_delete nullify, but its links always go with either end; say cascade or restrict, "
                              "or nothing");
}

void link_one(RelationshipInfo& relationship) {
  check_policy(relationship);
  relationship.target = &relationship.draft.target();
  if (relationship.draft.join) relationship.join = &relationship.draft.join();
  const ModelInfo& holder = relationship.join             ? *relationship.join
                            : relationship.draft.on_owner ? *relationship.owner
                                                          : *relationship.target;
  relationship.foreign_stored = foreign_field(relationship, holder, relationship.draft.foreign).stored;
  if (relationship.join)
    relationship.second_stored = foreign_field(relationship, *relationship.join, relationship.draft.second).stored;
  try {
    relationship.filter = resolve_filter(relationship.metadata.config.filter, relationship.target->catalog);
    relationship.sort = resolve_sort(relationship.metadata.config.order_by, relationship.target->catalog);
  } catch (const error& e) {
    invalid(relationship, "the configuration of " + relationship.metadata.label() + " does not fit: " + e.sentence());
  }
  if (relationship.join || relationship.draft.on_owner) return;
  for (const auto& other : relationship.target->relationships)
    if (other->metadata.kind == RelationshipKind::belongs_to && other->draft.foreign == relationship.draft.foreign)
      relationship.inverse = other.get();
}

// A reference is stored as the other model's key, and text for it is parsed as such.
void set_reference_kinds(const ModelInfo& model) {
  if (model.is_linked.load(std::memory_order_relaxed)) return;
  for (const auto& relationship : model.relationships) {
    if (relationship->metadata.kind != RelationshipKind::belongs_to) continue;
    for (FieldInfo& field : const_cast<ModelInfo&>(model).catalog.fields)
      if (field.member == relationship->draft.foreign) field.type.kind = relationship->draft.target().key_kind();
  }
}

// A relationship and the reference on its other side lie over one foreign key too.
void check_inverse(const RelationshipInfo& relationship) {
  if (!relationship.inverse) return;
  const OnDelete one = relationship.metadata.config.delete_action();
  const OnDelete two = relationship.inverse->metadata.config.delete_action();
  if (one != OnDelete::nothing && two != OnDelete::nothing && one != two)
    invalid(relationship, relationship.metadata.label() + " says on_delete " + std::string(to_string(one)) +
                              " and its other side " + relationship.inverse->metadata.label() + " says " +
                              std::string(to_string(two)) + "; let one of them say it");
}

// Several relationships over one foreign key: only explicit policies count, and they must agree.
void check_policies(const ModelInfo& model) {
  for (const auto& a : model.relationships)
    for (const auto& b : model.relationships) {
      if (a->index >= b->index || a->target != b->target || a->foreign_stored != b->foreign_stored || a->join != b->join)
        continue;
      if (a->metadata.kind == RelationshipKind::belongs_to || b->metadata.kind == RelationshipKind::belongs_to) continue;
      const OnDelete one = a->metadata.config.delete_action(), two = b->metadata.config.delete_action();
      if (one != OnDelete::nothing && two != OnDelete::nothing && one != two)
        invalid(*b, a->metadata.label() + " and " + b->metadata.label() + " lie over one foreign key but say on_delete " +
                        std::string(to_string(one)) + " and " + std::string(to_string(two)) + "; let one of them say it");
    }
}

}  // namespace

std::vector<const ModelInfo*> reachable(const ModelInfo& info) {
  std::vector<const ModelInfo*> models{&info};
  const auto visit = [&](const ModelInfo* model) {
    if (std::find(models.begin(), models.end(), model) == models.end()) models.push_back(model);
  };
  for (std::size_t i = 0; i < models.size(); ++i)
    for (const auto& relationship : models[i]->relationships) {
      visit(&relationship->draft.target());
      if (relationship->draft.join) visit(&relationship->draft.join());
    }
  return models;
}

const ModelInfo& linked(const ModelInfo& info) {
  if (info.is_linked.load(std::memory_order_acquire)) return info;
  const auto models = reachable(info);  // builds what is not built yet, outside the lock
  const std::lock_guard lock(link_mutex);
  for (const ModelInfo* model : models) set_reference_kinds(*model);
  for (const ModelInfo* model : models) {
    if (model->is_linked.load(std::memory_order_relaxed)) continue;
    for (const auto& relationship : model->relationships) link_one(*relationship);
    check_policies(*model);
    for (const auto& relationship : model->relationships) check_inverse(*relationship);
  }
  for (const ModelInfo* model : models) model->is_linked.store(true, std::memory_order_release);
  return info;
}

const RelationshipInfo& relationship_at(const ModelInfo& model, std::size_t offset) {
  for (const auto& relationship : model.relationships)
    if (relationship->draft.offset == offset) return *relationship;
  ErrorContext context;
  context.model = model.name;
  throw error(errc::invalid_model,
              "a relationship of " + model.name + " is used that its mapping does not name; map it in mapping(kinship::of<" +
                  model.name + ">)",
              std::move(context));
}

}  // namespace kinship::detail
