// RelationshipConfig: how one relationship loads and what happens to it when its owner goes.
// An aggregate for mappings only; it never crosses an awaited expression.
#pragma once

#include <cstddef>
#include <cstdint>

#include <kinship/model/on_delete.hpp>
#include <kinship/query/condition.hpp>
#include <kinship/query/order.hpp>

namespace kinship {

/// How the first `co_await` on a relationship loads.
enum class Fetch : std::uint8_t {
  siblings,  ///< for all siblings of the same result at once (default)
  single,    ///< for this owner only
  strict     ///< never: throws `errc::strict_loading`; load it with `with` or `batch_load`
};

/// Settings of one relationship. Everything has a default; name what differs, in this order.
struct RelationshipConfig {
  bool cascade_delete{false};  ///< short for `on_delete = OnDelete::cascade`
  OnDelete on_delete{OnDelete::nothing};
  Condition filter{};      ///< only these belong to the relationship
  OrderBy order_by{};      ///< the order of `all()`
  std::uint64_t limit{0};  ///< per owner; 0: all
  bool lazy_load{true};    ///< false: loaded with its owner, in batch
  Fetch fetch{Fetch::siblings};
  bool validate{false};        ///< adding checks that the parent exists, in one transaction
  bool orphan_removal{false};  ///< what is unlinked from its owner is removed
  std::size_t batch_size{0};   ///< lowers the store's chunk of keys; 0: the store's own

  OnDelete delete_action() const noexcept { return cascade_delete ? OnDelete::cascade : on_delete; }
};

}  // namespace kinship
