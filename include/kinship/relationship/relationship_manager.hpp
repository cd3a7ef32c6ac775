// RelationshipManager: what every relationship member is, a value {where it came from, key, what was loaded}.
// It never points to its owner, so models are copied and moved like any struct.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include <kinship/fwd.hpp>
#include <kinship/model/names.hpp>
#include <kinship/model/relationship_metadata.hpp>

namespace kinship {

namespace detail {

class Cohort;
class Scope;
struct ManagerAccess;
struct RelationshipInfo;

/// What a relationship member is before a database bound it; `define` finds forgotten members by these.
struct RelationshipTag {
  bool mapped{false};
  std::string_view type{};    // "OneToMany"
  std::string_view target{};  // "Post"
};
template <class>
struct TagNames;
template <template <class> class Manager, class T>
struct TagNames<Manager<T>> {
  static constexpr std::string_view manager() {
    constexpr std::string_view name = type_name<Manager<T>>();
    return name.substr(0, name.find('<'));
  }
  static constexpr std::string_view target() { return type_name<T>(); }
};
template <class Manager>
inline constexpr RelationshipTag unmapped{false, TagNames<Manager>::manager(), TagNames<Manager>::target()};
inline constexpr RelationshipTag moved_from{false, "moved-from relationship", "?"};

// Marks a default member in memory, so that `define` finds those a mapping forgot.
inline constexpr std::uint32_t fresh_ordinal = 0x4b696e73, fresh_generation = 0x68697030;

/// Rows of one relationship of one owner, or of one query: a range in a block of objects that `block` keeps alive.
class LoadedRange {
 public:
  LoadedRange() = default;
  LoadedRange(std::shared_ptr<void> block, void* first, std::size_t count)
      : block_(std::move(block)), first_(first), count_(count) {}
  const std::shared_ptr<void>& block() const noexcept { return block_; }
  void* first() const noexcept { return first_; }
  std::size_t count() const noexcept { return count_; }

 private:
  std::shared_ptr<void> block_{};
  void* first_{};
  std::size_t count_{};
};

}  // namespace detail

/// Base of OneToOne, OneToMany, ManyToMany and BelongsTo. One writer at a time; siblings may live on different threads.
class RelationshipManager {
 public:
  RelationshipManager(const RelationshipManager& other) noexcept;
  RelationshipManager(RelationshipManager&& other) noexcept;
  RelationshipManager& operator=(const RelationshipManager& other) noexcept;
  RelationshipManager& operator=(RelationshipManager&& other) noexcept;

  /// Whether iteration, size() or loaded() would answer without the store. False when unbound.
  bool is_loaded() const;
  /// Forgets what was loaded, for this owner only; the next call asks the store. Issues no query.
  void clear_cache();
  /// Whether the owner was read from or stored in a database.
  bool is_bound() const noexcept { return tag_->mapped; }
  /// The relationship this member was mapped to. Throws `unbound` before a database bound it.
  const RelationshipMetadata& metadata() const;

 protected:
  explicit RelationshipManager(const detail::RelationshipTag& tag) noexcept : tag_(&tag) {}
  ~RelationshipManager() {
    if (flags_ & tracked) forget();
  }

  // Bits of flags_.
  static constexpr std::uint32_t overridden = 1;   // block_ holds this owner's own rows
  static constexpr std::uint32_t conditional = 2;  // they were loaded under a condition: iteration only
  static constexpr std::uint32_t tracked = 8;      // a transaction restores the owner on rollback

 private:
  friend struct detail::ManagerAccess;
  void forget() noexcept;

  std::shared_ptr<detail::Cohort> cohort_{};
  const detail::RelationshipTag* tag_;
  std::shared_ptr<void> block_{};
  void* first_{};
  std::uint32_t count_{};
  std::uint32_t ordinal_{detail::fresh_ordinal};
  std::uint32_t generation_{detail::fresh_generation};
  std::uint32_t flags_{};
};

}  // namespace kinship
