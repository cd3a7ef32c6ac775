// Restorer: what a transaction changed in the program's objects — ids, versions, what is loaded — put back on rollback.
// It follows objects by their first relationship member, which reports moves and its end; no pointer ever dangles.
#pragma once

#include <kinship/relationship/load.hpp>
#include <kinship/value/id.hpp>

#include <memory>
#include <unordered_map>
#include <vector>

namespace kinship::detail {

class Restorer {
 public:
  Restorer() = default;
  ~Restorer();
  Restorer(const Restorer&) = delete;
  Restorer& operator=(const Restorer&) = delete;

  /// Remembers the object as it is now, unless it is remembered already. Models without relationships are not followed.
  /// `foreign`: the index of a field that is about to be set by the engine, and is put back too.
  void remember(void* object, const ModelInfo& model, std::ptrdiff_t foreign = -1);
  /// Puts everything back and forgets it.
  void restore();
  /// Forgets everything: the transaction was committed.
  void forget();

  /// Keys the transaction gave to objects that cannot be followed: a rerun inserts them again.
  void made(Id key) { made_.push_back(std::move(key)); }
  const std::vector<Id>& made() const noexcept { return made_; }
  bool has_made(const Id& key) const;

  // Called by relationship members that are followed.
  static void moved(const RelationshipManager& from, RelationshipManager& to) noexcept;
  static void gone(RelationshipManager& member) noexcept;

 private:
  struct Snapshot {
    const ModelInfo* model{};
    std::vector<Handle> members{};
    bson::Document fields{};   // id, version and timestamps, by field index
    bson::Document foreign{};  // foreign keys the engine set, by field index
  };

  static void remember_foreign(Snapshot& snapshot, const void* object, const ModelInfo& model, std::ptrdiff_t foreign);

  std::unordered_map<const RelationshipManager*, Snapshot> snapshots_;
  std::vector<Id> made_;
};

}  // namespace kinship::detail
