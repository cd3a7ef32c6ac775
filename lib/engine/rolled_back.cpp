// See rolled_back.hpp. Searched from the newest: what was rolled back is used again at once, or never.
// Empty but after a rollback, so the usual look-up is one lock.
#include "engine/rolled_back.hpp"

#include <algorithm>

namespace kinship::detail {

void RolledBack::add(std::vector<MadeKey> keys, std::vector<GivenVersion> versions) {
  const std::lock_guard lock(mutex_);
  for (MadeKey& key : keys)
    if (std::find(keys_.begin(), keys_.end(), key) == keys_.end()) keys_.push_back(std::move(key));
  for (GivenVersion& version : versions) {
    std::erase_if(versions_,
                  [&](const GivenVersion& one) { return one.object == version.object && one.key == version.key; });
    versions_.push_back(std::move(version));
  }
  while (keys_.size() > most) keys_.pop_front();
  while (versions_.size() > most) versions_.pop_front();
}

bool RolledBack::was_made(const ModelInfo& model, const Id& key) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(keys_.rbegin(), keys_.rend(),
                     [&](const MadeKey& one) { return one.model == &model && one.key == key; });
}

void RolledBack::stored(const std::vector<MadeKey>& keys) {
  const std::lock_guard lock(mutex_);
  if (keys_.empty()) return;
  for (const MadeKey& key : keys) std::erase(keys_, key);
}

std::optional<std::int64_t> RolledBack::version_before(const ModelInfo& model, const void* object, const Id& key,
                                                       std::int64_t now) {
  const std::lock_guard lock(mutex_);
  const auto at = std::find_if(versions_.begin(), versions_.end(), [&](const GivenVersion& one) {
    return one.model == &model && one.object == object && one.given == now && one.key == key;
  });
  if (at == versions_.end()) return std::nullopt;
  const std::int64_t before = at->before;
  versions_.erase(at);
  return before;
}

}  // namespace kinship::detail
