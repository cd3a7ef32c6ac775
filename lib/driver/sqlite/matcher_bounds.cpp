// See matcher_bounds.hpp.
#include "matcher_bounds.hpp"

namespace kinship::sqlite {
namespace {

bool has_index(const Path& path) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path.index(i) != Path::not_an_index) return true;
  }
  return false;
}

}  // namespace

void BoundsCollector::add(const Path& path, BoundOp op, bson::ValueView value, bool decides, std::string_view prefix) {
  // Indexes hold nested arrays under a positional key whole, filters look into them: no bounds there.
  if (has_index(path) || (!scopes_.empty() && scopes_.back().blocked)) return;
  decides_ = decides;
  if (scopes_.empty()) {
    bounds_.push_back({path.text(), op, value, 0, prefix});
    return;
  }
  const Scope& scope = scopes_.back();
  texts_.push_back(path.text().empty() ? scope.prefix : scope.prefix + "." + path.text());
  bounds_.push_back({texts_.back(), op, value, scope.group, prefix});
}

void BoundsCollector::enter(const Path& path, bool one_value) {
  not_alone();
  Scope scope{path.text(), one_value ? ++groups_ : 0, has_index(path)};
  if (!scopes_.empty()) {
    scope.prefix = scopes_.back().prefix + "." + path.text();
    // An array directly inside an array is indexed as a whole.
    scope.blocked |= scopes_.back().blocked || path.text().empty();
  }
  scopes_.push_back(std::move(scope));
}

void BoundsCollector::one_of(std::vector<BoundsCollector> branches) {
  not_alone();
  if (scopes_.empty()) unions_.push_back(std::move(branches));
}

void BoundsCollector::leave() { scopes_.pop_back(); }

}  // namespace kinship::sqlite
