// Fetch: the documents of one relationship for many owners, whatever kind it is, one lookup a hop.
// What windows, single loads, batch_load and relationship queries have in common.
#pragma once

#include "engine/loader.hpp"
#include "relationship/cohort.hpp"

namespace kinship::detail {

/// What a load asks for beyond the relationship's own configuration.
class Narrowing {
 public:
  Narrowing() = default;
  bson::Document filter{};
  bson::Document sort{};  // {} : the relationship's
  bson::Document projection{};
  std::uint64_t skip{};
  std::uint64_t limit{};  // per owner; 0: the relationship's
  std::chrono::milliseconds timeout{};
};

/// The keys of owners by which a relationship is looked up: one each, or an id array's elements.
class OwnerKeys {
 public:
  explicit OwnerKeys(const RelationshipInfo& relationship) : relationship_(&relationship) {}

  /// Takes the owner's key out of its document, whose bytes `keep` must hold.
  void add_owner(bson::DocumentView document);
  void keep(std::shared_ptr<const void> bytes) { keys_.keep(std::move(bytes)); }

  std::size_t owners() const noexcept { return ends_.size(); }
  std::size_t begin_of(std::size_t owner) const noexcept { return owner == 0 ? 0 : ends_[owner - 1]; }
  std::size_t end_of(std::size_t owner) const noexcept { return ends_[owner]; }
  const Keys& keys() const noexcept { return keys_; }
  const RelationshipInfo& relationship() const noexcept { return *relationship_; }

 private:
  const RelationshipInfo* relationship_;
  Keys keys_{};
  std::vector<std::uint32_t> ends_{};
};

/// Documents in owner order. Of a BelongsTo each is there once and owners share it.
struct Fetched {
  std::vector<bson::DocumentView> documents{};
  std::vector<LoadedWindow::Range> ranges{};  // by owner
  std::vector<std::uint32_t> owner_of{};      // by document; empty where documents are shared
  std::vector<std::shared_ptr<const void>> keep{};
};

awaitable<Fetched> fetch(ScopePtr scope, OwnerKeys owners, Narrowing narrowing);
/// The keys of owners as the store has them now, for what asks the store: an id array is read anew, by `ids`, the owners'
/// own keys. One query more.
awaitable<OwnerKeys> current_keys(ScopePtr scope, const RelationshipInfo* relationship, Keys ids);
/// Whether keys lie in the owner and change by linking, so that asking the store means reading them first.
inline bool keys_change(const RelationshipInfo& relationship) {
  return relationship.metadata.kind == RelationshipKind::many_to_many_array && relationship.draft.on_owner;
}
/// How many each owner has.
awaitable<std::vector<std::uint64_t>> fetch_counts(ScopePtr scope, OwnerKeys owners, Narrowing narrowing);
/// The join rows of each owner of a ManyToMany.
awaitable<Fetched> fetch_links(ScopePtr scope, OwnerKeys owners);

/// `a` and `b` as one filter.
bson::Document both(const bson::Document& a, const bson::Document& b);
/// The key of the owner itself, as the relationship refers to it.
bson::ValueView owner_key(const RelationshipInfo& relationship, bson::DocumentView document);

}  // namespace kinship::detail
