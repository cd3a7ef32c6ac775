// What is loaded of a member right now, and the words when nothing is.
// Shared by reading (load.cpp), batch loading and writing.
#pragma once

#include <kinship/relationship/load.hpp>

#include "relationship/manager_access.hpp"

namespace kinship::detail {

/// The relationship of a bound member; throws `unbound` naming the type otherwise.
const RelationshipInfo& required_info(const RelationshipManager& member);

/// The cohort that holds a member's rows: its own, or the siblings' it was split off from by a save.
class Place {
 public:
  Place(const RelationshipManager& member, const RelationshipInfo& relationship);
  const std::shared_ptr<Cohort>& cohort() const noexcept { return cohort_; }
  std::uint32_t ordinal() const noexcept { return ordinal_; }

 private:
  std::shared_ptr<Cohort> cohort_;
  std::uint32_t ordinal_;
};

/// The rows there are without asking the store; `iteration` also takes those loaded under a condition.
bool rows_now(const RelationshipManager& member, const RelationshipInfo& relationship, bool iteration, LoadedRange& range);

}  // namespace kinship::detail
