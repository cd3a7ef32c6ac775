// Collects a mapping and checks what one model can know of itself.
// What needs the other models' mappings is checked by link.cpp at first use.
#include <algorithm>
#include <cstring>

#include <kinship/error.hpp>

#include "model/model_info.hpp"

namespace kinship::detail {

struct ModelDraft::State {
  std::shared_ptr<ModelInfo> info = std::make_shared<ModelInfo>();
  std::string key = "id";
  std::vector<std::pair<std::size_t, const RelationshipTag*>> found;  // relationship members by offset
  std::vector<std::size_t> references;                                // described BelongsTo members, by field index
  std::size_t members{};
  std::size_t transients{};
  std::vector<std::pair<std::string, std::string>> renames;
  std::string version, created, updated;
};

namespace {

[[noreturn]] void invalid(const ModelInfo& model, std::string sentence) {
  ErrorContext context;
  context.model = model.name;
  throw error(errc::invalid_model, std::move(sentence), std::move(context));
}

// The tag of a default relationship member at these bytes; null: something else lies there. Copies the words out, since
// the bytes may be of any type.
const RelationshipTag* tag_at(const char* bytes) {
  struct Image {  // as RelationshipManager is laid out
    std::uintptr_t cohort[2];
    const RelationshipTag* tag;
    std::uintptr_t block[2];
    std::uintptr_t first;
    std::uint32_t count, ordinal, generation, flags;
  } image;
  static_assert(sizeof(Image) == sizeof(RelationshipManager));
  std::memcpy(&image, bytes, sizeof image);
  const bool fresh = image.ordinal == fresh_ordinal && image.generation == fresh_generation && image.count == 0 &&
                     image.flags == 0 && image.cohort[0] == 0 && image.cohort[1] == 0 && image.block[0] == 0 &&
                     image.first == 0;
  return fresh ? image.tag : nullptr;
}

std::string tag_text(const RelationshipTag& tag) { return std::string(tag.type) + "<" + std::string(tag.target) + ">"; }

std::ptrdiff_t member_index(const ModelInfo& model, const std::string& member) {
  const auto& fields = model.catalog.fields;
  const auto at = std::find_if(fields.begin(), fields.end(), [&](const FieldInfo& f) { return f.member == member; });
  return at == fields.end() ? -1 : at - fields.begin();
}

std::ptrdiff_t required_index(const ModelInfo& model, const std::string& member, const char* role) {
  const auto index = member_index(model, member);
  if (index < 0)
    invalid(model, "the " + std::string(role) + " of " + model.name + " is its member '" + member +
                       "', which is not described; list it in BOOST_DESCRIBE_STRUCT");
  return index;
}

}  // namespace

ModelDraft::ModelDraft(std::string_view name, std::string collection, RowOps ops) : state_(std::make_unique<State>()) {
  state_->info->name = name;
  state_->info->collection = std::move(collection);
  state_->info->ops = ops;
  state_->info->catalog.model = name;
}
ModelDraft::~ModelDraft() = default;
ModelDraft::ModelDraft(ModelDraft&&) noexcept = default;

void ModelDraft::field(FieldInfo info, std::size_t offset, bool reference) {
  if (reference) {
    info.stored += "_id";
    state_->references.push_back(state_->info->catalog.fields.size());
  }
  state_->info->catalog.fields.push_back(std::move(info));
  state_->info->field_offsets.push_back(offset);
}

void ModelDraft::scan(const void* probe, std::size_t size) {
  // A default relationship member holds the address of its type's tag; ask each aligned word whether it is one.
  const auto* bytes = static_cast<const char*>(probe);
  for (std::size_t at = 0; at + sizeof(RelationshipManager) <= size; at += alignof(RelationshipManager))
    if (const RelationshipTag* tag = tag_at(bytes + at)) state_->found.emplace_back(at, tag);
}

void ModelDraft::members(std::size_t count) { state_->members = count; }
void ModelDraft::key(std::string member) { state_->key = std::move(member); }
void ModelDraft::rename(std::string member, std::string stored) {
  state_->renames.emplace_back(std::move(member), std::move(stored));
}
void ModelDraft::index(std::vector<std::string> members, bool unique, bool sparse, std::string name) {
  state_->info->indexes.push_back({std::move(members), unique, sparse, std::move(name)});
}
void ModelDraft::version(std::string member) { state_->version = std::move(member); }
void ModelDraft::timestamps(std::string created, std::string updated) {
  state_->created = std::move(created);
  state_->updated = std::move(updated);
}
void ModelDraft::transient() { ++state_->transients; }

void ModelDraft::relationship(RelationshipDraft draft) {
  ModelInfo& model = *state_->info;
  for (const auto& other : model.relationships)
    if (other->draft.offset == draft.offset)
      invalid(model, "the member " + model.name + "." + draft.name + " is mapped twice; keep one of the mappings");
  auto info = std::make_unique<RelationshipInfo>();
  info->mapped = true;
  info->metadata.model = model.name;
  info->metadata.name = draft.name;
  info->metadata.kind = draft.kind;
  info->metadata.target = draft.target_name;
  info->metadata.through = draft.join_name;
  const bool own = draft.on_owner;
  info->metadata.foreign_key = (!draft.join_name.empty() ? draft.join_name
                                : own                    ? model.name
                                                         : draft.target_name) +
                               "." + draft.foreign;
  info->metadata.config = draft.config;
  if (draft.config.cascade_delete && draft.config.on_delete != OnDelete::nothing &&
      draft.config.on_delete != OnDelete::cascade)
    invalid(model, model.name + "." + draft.name + " says cascade_delete = true and on_delete = " +
                       std::string(to_string(draft.config.on_delete)) + "; say one of them");
  info->draft = std::move(draft);
  info->owner = &model;
  info->index = static_cast<std::uint32_t>(model.relationships.size());
  model.relationships.push_back(std::move(info));
}

Model ModelDraft::finish() {
  ModelInfo& model = *state_->info;
  for (auto& [member, stored] : state_->renames) {
    const auto index = required_index(model, member, "renamed field");
    model.catalog.fields[static_cast<std::size_t>(index)].stored = stored;
  }
  const auto key = member_index(model, state_->key);
  if (key < 0)
    invalid(model,
            model.name + " has no key: describe a member `id`, or name another with .key<&" + model.name + "::member>()");
  model.key_index = static_cast<std::size_t>(key);
  model.catalog.fields[model.key_index].stored = "_id";
  for (const FieldInfo& field : model.catalog.fields) {
    const auto& fields = model.catalog.fields;
    const auto same =
        std::count_if(fields.begin(), fields.end(), [&](const FieldInfo& f) { return f.stored == field.stored; });
    if (same > 1)
      invalid(model, "two members of " + model.name + " are stored as '" + field.stored + "'; rename one with .field<>()");
    model.stored.push_back(field.stored);
  }
  if (!state_->version.empty()) model.version_index = required_index(model, state_->version, "version");
  if (!state_->created.empty()) model.created_index = required_index(model, state_->created, "creation time");
  if (!state_->updated.empty()) model.updated_index = required_index(model, state_->updated, "change time");

  const auto mapped = [&](std::size_t offset) {
    return std::any_of(model.relationships.begin(), model.relationships.end(),
                       [&](const auto& r) { return r->draft.offset == offset; });
  };
  for (const auto& [offset, tag] : state_->found) {
    if (mapped(offset)) continue;
    std::string member = "a member of type " + tag_text(*tag);
    for (const std::size_t index : state_->references)
      if (model.field_offsets[index] == offset)
        member = "the member " + model.name + "." + model.catalog.fields[index].member + " of type " + tag_text(*tag);
    std::string after;
    std::size_t best = 0;
    for (std::size_t i = 0; i < model.field_offsets.size(); ++i)
      if (model.field_offsets[i] < offset && model.field_offsets[i] >= best) {
        best = model.field_offsets[i];
        after = " (it stands behind '" + model.catalog.fields[i].member + "')";
      }
    invalid(model, model.name + " has " + member + after +
                       " that is neither stored nor mapped; map it in mapping(kinship::of<" + model.name + ">)");
  }
  for (const auto& relationship : model.relationships)
    if (relationship->metadata.kind == RelationshipKind::belongs_to && member_index(model, relationship->metadata.name) < 0)
      invalid(model, "the reference " + relationship->metadata.label() +
                         " is not described, so its key would not be stored; list it in BOOST_DESCRIBE_STRUCT");
  const std::size_t known =
      model.catalog.fields.size() + state_->transients +
      static_cast<std::size_t>(std::count_if(model.relationships.begin(), model.relationships.end(), [](const auto& r) {
        return r->metadata.kind != RelationshipKind::belongs_to;
      }));
  if (state_->members > known) {
    std::string described;
    for (const FieldInfo& field : model.catalog.fields) described += (described.empty() ? "" : ", ") + field.member;
    invalid(model, std::to_string(state_->members - known) + " of the " + std::to_string(state_->members) + " members of " +
                       model.name + " are neither stored (described: " + described +
                       ") nor mapped; describe them, map them, or say .transient<&" + model.name + "::member>()");
  }
  return Model(state_->info);
}

const std::vector<std::string>& stored_names(const ModelInfo& model) noexcept { return model.stored; }
const char* model_name(const ModelInfo& model) noexcept { return model.name.c_str(); }

}  // namespace kinship::detail
