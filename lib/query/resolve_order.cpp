// Orders and projections with stored names.
// A field named twice counts once, where it came first.
#include <algorithm>
#include <string>
#include <vector>

#include <kinship/error.hpp>
#include "query/field_lookup.hpp"

namespace kinship {

bson::Document resolve_sort(const OrderBy& order, const FieldCatalog& catalog) {
  bson::Builder out;
  std::vector<std::string> used;
  for (const SortKey& key : order) {
    if (key.direction != 1 && key.direction != -1)
      throw error(errc::invalid_query,
                  "the order by '" + key.field + "' has the direction " + std::to_string(key.direction) +
                      "; it is 1 (ascending) or -1 (descending)",
                  ErrorContext{.model = catalog.model});
    std::string stored = detail::look_up(key.field, &catalog).stored;
    if (std::find(used.begin(), used.end(), stored) != used.end()) continue;
    out.append_int32(stored, key.direction);
    used.push_back(std::move(stored));
  }
  return out.finish();
}

bson::Document resolve_projection(const Projection& projection, const FieldCatalog& catalog) {
  bson::Builder out;
  if (projection.empty()) return out.finish();
  std::vector<std::string> used{"_id"};
  out.append_int32("_id", 1);
  for (const std::string& field : projection.fields()) {
    std::string stored = detail::look_up(field, &catalog).stored;
    if (std::find(used.begin(), used.end(), stored) != used.end()) continue;
    out.append_int32(stored, 1);
    used.push_back(std::move(stored));
  }
  return out.finish();
}

}  // namespace kinship
