// Links: the target ids of many owners, in order, before their documents are fetched.
// What a join model's rows and id arrays have in common; all of it is plain data.
#pragma once

#include "relationship/fetch.hpp"

namespace kinship::detail {

/// Target ids by owner, in the order they are linked, and what keeps their bytes.
struct Links {
  std::vector<bson::ValueView> ids{};
  std::vector<LoadedWindow::Range> ranges{};
  std::vector<std::shared_ptr<const void>> keep{};
};

Links links_from_joins(const Answer& answer, const OwnerKeys& owners);
Links links_from_arrays(const OwnerKeys& owners);
/// Cuts each owner's links to [skip, skip + limit).
void cut(Links& links, std::uint64_t skip, std::uint64_t limit);
Keys keys_of(const Links& links);
/// Each owner's links in the order of the answer (which found them by key, one after another), without those that have no
/// document.
Links ordered(const Links& links, const Answer& answer, bool sorted);
/// The documents of each owner's links.
Fetched documents_of(const Links& links, const Answer& answer, bool sorted);

}  // namespace kinship::detail
