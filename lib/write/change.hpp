// What a save sends for one object, worked out without the store, and how the object is afterwards.
// One object and many go through the same.
#pragma once

#include "write/write_access.hpp"

namespace kinship::detail {

/// What one save sends.
struct Change {
  bson::Document filter{};
  bson::Document update{};
  bson::Document stored{};  // the object as it will be
  bool nothing{true};
};

/// Throws `invalid_query` for partial objects and changed ids.
void check_savable(const ModelInfo& model, void* object, const std::shared_ptr<Cohort>& cohort, std::uint32_t ordinal);
/// The fields that differ from the cohort's document (all, without one); sets version and change time in the object.
Change change_of(const ModelInfo& model, void* object, const Cohort* cohort, std::uint32_t ordinal);
/// The references that differ from what was read: a save checks only their owners.
bson::Document changed_references(const ModelInfo& model, const bson::Document& stored, const Cohort* cohort,
                                  std::uint32_t ordinal);

/// A version that a rolled-back transaction gave is taken back now, of objects that could not be followed.
void take_version_back(Scope& scope, const ModelInfo& model, void* object);
/// In a transaction: such an object got a version.
void note_version(Scope& scope, const ModelInfo& model, const void* object);

/// The new baseline; members keep what they loaded, and go on sharing their siblings' loads where their key is the same.
void rebase(const ScopePtr& scope, const ModelInfo& model, void* object, bson::Document stored);

/// `not_found`, or `conflict` where the row is there under another version.
[[noreturn]] void throw_unmatched(const ModelInfo& model, const std::string& key, bool there);

/// Whether a save inserts it: it has no key, or one that no document has.
bool is_new(const Scope& scope, const ModelInfo& model, const void* object);
/// Several objects, in order, in as few operations as messages allow. In a transaction; `lasting` is where they belong
/// afterwards.
awaitable<void> save_all(ScopePtr scope, ScopePtr lasting, const ModelInfo* model, std::vector<void*> objects);
/// Inserts objects that lie anywhere; they become siblings.
awaitable<void> insert_objects(ScopePtr scope, const ModelInfo* model, std::vector<void*> objects);

}  // namespace kinship::detail
