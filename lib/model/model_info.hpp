// ModelInfo and RelationshipInfo: a finished mapping as the engine reads it.
// Built by ModelDraft, completed by `linked` (names of other models' fields), immutable afterwards.
#pragma once

#include <atomic>
#include <mutex>

#include <kinship/model/draft.hpp>
#include <kinship/relationship/relationship_manager.hpp>

namespace kinship::detail {

struct RelationshipInfo : RelationshipTag {
  RelationshipMetadata metadata{};
  RelationshipDraft draft{};
  const ModelInfo* owner{};
  std::uint32_t index{};  // among the owner's relationships

  // Completed by link.
  const ModelInfo* target{};
  const ModelInfo* join{};
  std::string foreign_stored{};  // in the target, the join model or the owner; for belongs_to in the owner
  std::string second_stored{};   // in the join model
  bson::Document filter{};       // of the config, resolved
  bson::Document sort{};
  const RelationshipInfo* inverse{};  // the target's BelongsTo over the same key, for back-references

  bool to_one() const noexcept {
    return metadata.kind == RelationshipKind::one_to_one || metadata.kind == RelationshipKind::belongs_to;
  }
};

struct IndexInfo {
  std::vector<std::string> members;
  bool unique{};
  bool sparse{};
  std::string name;
};

struct ModelInfo {
  std::string name;
  std::string collection;
  RowOps ops;
  FieldCatalog catalog;
  std::vector<std::string> stored;         // by described member
  std::vector<std::size_t> field_offsets;  // by described member
  std::size_t key_index{};                 // the described member stored as _id
  std::vector<std::unique_ptr<RelationshipInfo>> relationships;
  std::vector<IndexInfo> indexes;
  std::ptrdiff_t version_index{-1};
  std::ptrdiff_t created_index{-1};
  std::ptrdiff_t updated_index{-1};

  mutable std::once_flag link_once;
  mutable std::atomic<bool> is_linked{false};

  RelationshipManager* manager(void* object, const RelationshipInfo& relationship) const noexcept {
    return reinterpret_cast<RelationshipManager*>(static_cast<char*>(object) + relationship.draft.offset);
  }
  void* field(void* object, std::size_t index) const noexcept { return static_cast<char*>(object) + field_offsets[index]; }
  StoredKind key_kind() const noexcept { return catalog.fields[key_index].type.kind; }
};

/// The models reachable from `info` by relationships, itself first. All built, none linked.
std::vector<const ModelInfo*> reachable(const ModelInfo& info);

}  // namespace kinship::detail
