// ManagerAccess: the compiled engine's way into relationship members, and the pattern of one that was never bound.
// Everything that reads or writes a member's parts goes through here.
#pragma once

#include "model/model_info.hpp"
#include "relationship/cohort.hpp"

namespace kinship::detail {

struct ManagerAccess {
  using M = RelationshipManager;

  static const std::shared_ptr<Cohort>& cohort(const M& m) noexcept { return m.cohort_; }
  static std::uint32_t ordinal(const M& m) noexcept { return m.ordinal_; }
  static const RelationshipTag* tag(const M& m) noexcept { return m.tag_; }
  static std::uint32_t flags(const M& m) noexcept { return m.flags_; }
  static void set_flags(M& m, std::uint32_t flags) noexcept { m.flags_ = flags; }

  static bool has(const M& m, std::uint32_t flag) noexcept { return (m.flags_ & flag) != 0; }
  static constexpr std::uint32_t overridden = M::overridden, conditional = M::conditional, tracked = M::tracked;

  /// Null before a database bound it.
  static const RelationshipInfo* info(const M& m) noexcept {
    return m.tag_->mapped ? static_cast<const RelationshipInfo*>(m.tag_) : nullptr;
  }

  static void bind(M& m, const std::shared_ptr<Cohort>& cohort, std::uint32_t ordinal,
                   const RelationshipInfo& info) noexcept {
    m.cohort_ = cohort;
    m.tag_ = &info;
    m.ordinal_ = ordinal;
    m.block_.reset();
    m.first_ = nullptr;
    m.count_ = 0;
    m.generation_ = 0;
    m.flags_ &= M::tracked;
  }
  /// Moves to another cohort and keeps what was loaded as this owner's own.
  static void rebind(M& m, std::shared_ptr<Cohort> cohort, std::uint32_t ordinal) noexcept {
    m.cohort_ = std::move(cohort);
    m.ordinal_ = ordinal;
    m.generation_ = 0;
  }
  static void set_rows(M& m, const LoadedRange& range, bool conditional, std::uint32_t generation) noexcept {
    m.block_ = range.block();
    m.first_ = range.first();
    m.count_ = static_cast<std::uint32_t>(range.count());
    m.generation_ = generation;
    m.flags_ = (m.flags_ & ~M::conditional) | M::overridden | (conditional ? M::conditional : 0);
  }
  static void drop_rows(M& m) noexcept {
    m.block_.reset();
    m.first_ = nullptr;
    m.count_ = 0;
    m.flags_ &= ~(M::overridden | M::conditional);
  }
  static LoadedRange rows(const M& m) { return LoadedRange(m.block_, m.first_, m.count_); }
  static std::uint32_t generation(const M& m) noexcept { return m.generation_; }
};

}  // namespace kinship::detail
