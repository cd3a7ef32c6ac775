// The compiled half of define<T>: collects a mapping without types and checks it.
// Users see it only through define<T>.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <kinship/model/model.hpp>
#include <kinship/query/field_catalog.hpp>

namespace kinship::detail {

struct RelationshipDraft {
  std::string name{};
  RelationshipKind kind{};
  const ModelInfo& (*target)(){};
  std::string target_name{};
  const ModelInfo& (*join)(){};
  std::string join_name{};
  std::string foreign{};  // member that holds the key: of the target, of the join model, or of the owner (on_owner)
  std::string second{};   // of a join model: the member that refers to the target
  bool on_owner{};
  std::size_t offset{};  // of the RelationshipManager in the owner
  RelationshipConfig config{};
};

class ModelDraft {
 public:
  ModelDraft(std::string_view name, std::string collection, RowOps ops);
  ~ModelDraft();
  ModelDraft(ModelDraft&&) noexcept;

  /// A described member, in order. `offset` is where it lies; `reference` says it is a BelongsTo.
  void field(FieldInfo info, std::size_t offset, bool reference);
  /// Finds relationship members in a default object, mapped or not.
  void scan(const void* probe, std::size_t size);
  /// How many members the struct has in all; 0: not known.
  void members(std::size_t count);
  void relationship(RelationshipDraft draft);
  void key(std::string member);
  void rename(std::string member, std::string stored);
  void index(std::vector<std::string> members, bool unique, bool sparse, std::string name);
  void version(std::string member);
  void timestamps(std::string created, std::string updated);
  void transient();
  /// Throws `invalid_model` naming what is missing or said twice.
  Model finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Stored names, in the order of the described members.
const std::vector<std::string>& stored_names(const ModelInfo& model) noexcept;
const char* model_name(const ModelInfo& model) noexcept;

}  // namespace kinship::detail
