// The compiled calls behind the relationship templates: a handle of what a member knows goes in, a range comes out.
// Users never name these; they keep coroutine bodies out of user translation units.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <kinship/fwd.hpp>
#include <kinship/model/model.hpp>
#include <kinship/relationship/relationship_manager.hpp>
#include <kinship/value/id.hpp>

namespace kinship::detail {

/// A copy of what a relationship member knows, safe to carry into a coroutine.
class Handle : public RelationshipManager {
 public:
  explicit Handle(const RelationshipManager& member) : RelationshipManager(member) {}
  /// `file` and `line` of the caller, for errors.
  Handle(const RelationshipManager& member, const char* file, unsigned line)
      : RelationshipManager(member), file_(file), line_(line) {}
  const char* file() const noexcept { return file_; }
  unsigned line() const noexcept { return line_; }

 private:
  const char* file_{};
  unsigned line_{};
};

/// An object handed to a write, with its model: it must outlive the awaited call.
class ObjectRef {
 public:
  ObjectRef(void* object, const ModelInfo& model) : object_(object), model_(&model) {}
  void* object() const noexcept { return object_; }
  const ModelInfo& model() const noexcept { return *model_; }

 private:
  void* object_;
  const ModelInfo* model_;
};

// Reading.
awaitable<LoadedRange> load(Handle handle);
LoadedRange loaded_now(const RelationshipManager& member);  // throws not_loaded
/// A BelongsTo got another key: what was loaded no longer counts.
void key_assigned(RelationshipManager& member, const Id& key);
awaitable<bool> contains(Handle handle, Id id);
awaitable<LoadedRange> load_links(Handle handle, const ModelInfo* join);

// Writing; `member` and the objects must outlive the call.
awaitable<void> add(RelationshipManager* member, ObjectRef object, ObjectRef join);
awaitable<void> remove(RelationshipManager* member, ObjectRef object);
awaitable<void> replace(RelationshipManager* member, std::vector<ObjectRef> objects, std::shared_ptr<void> keep);
awaitable<void> clear(RelationshipManager* member);
awaitable<std::uint64_t> cascade_update(Handle handle, Update update);

/// The key of an object of a mapped model; empty when it is nil (never stored).
Id key_of(const void* object, const ModelInfo& model);
[[noreturn]] void throw_unbound_owner(const ModelInfo& model);

}  // namespace kinship::detail
