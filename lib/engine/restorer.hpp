// Restorer: what a transaction changed in the program's objects — ids, versions, what is loaded — put back on rollback.
// It follows objects by their first relationship member, which reports moves and its end; no pointer ever dangles.
#pragma once

#include <kinship/relationship/load.hpp>
#include <kinship/value/id.hpp>

#include <memory>
#include <unordered_map>
#include <vector>

#include "engine/rolled_back.hpp"

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
  /// Remembers what one member shows, which may lie in no object of its model.
  void remember_member(RelationshipManager& member);
  /// A link is about to change the id array a cohort tells of this sibling.
  void remember_keys(std::shared_ptr<Cohort> cohort, std::uint32_t ordinal);
  /// The transaction gave objects that cannot be followed a key, or a version.
  void made(const ModelInfo& model, Id key) { made_.push_back({&model, std::move(key)}); }
  void gave_version(GivenVersion version);

  /// Puts everything back and forgets it; what cannot be followed goes to `rolled_back`.
  void restore(RolledBack& rolled_back);
  /// Forgets everything: the transaction was committed.
  void committed(RolledBack& rolled_back);

  // Called by relationship members that are followed.
  static void moved(const RelationshipManager& from, RelationshipManager& to) noexcept;
  static void gone(RelationshipManager& member) noexcept;

 private:
  struct Snapshot {
    const ModelInfo* model{};  // null: of one member
    std::vector<Handle> members{};
    bson::Document fields{};   // id, version and timestamps, by field index
    bson::Document foreign{};  // foreign keys the engine set, by field index
  };

  static void remember_foreign(Snapshot& snapshot, const void* object, const ModelInfo& model, std::ptrdiff_t foreign);

  static Snapshot snapshot_of(void* object, const ModelInfo& model);
  void forget();

  struct OldKeys {
    std::shared_ptr<Cohort> cohort{};
    std::uint32_t ordinal{};
    bson::Document document{};
  };
  std::unordered_map<const RelationshipManager*, Snapshot> snapshots_;
  std::vector<OldKeys> old_keys_;
  std::vector<MadeKey> made_;
  std::vector<GivenVersion> versions_;
};

}  // namespace kinship::detail
