// One global table says which restorer follows which member; it is touched only inside transactions.
// All access is under one mutex: objects of one transaction may move while another begins.
#include "engine/restorer.hpp"

#include <algorithm>
#include <mutex>

#include "model/object_fields.hpp"
#include "relationship/manager_access.hpp"

namespace kinship::detail {
namespace {

std::mutex table_mutex;
std::unordered_map<const RelationshipManager*, Restorer*>& table() {
  static std::unordered_map<const RelationshipManager*, Restorer*> all;
  return all;
}

void set_tracked(const RelationshipManager& member, bool on) {
  auto& writable = const_cast<RelationshipManager&>(member);
  const std::uint32_t flags = ManagerAccess::flags(writable);
  ManagerAccess::set_flags(writable, on ? flags | ManagerAccess::tracked : flags & ~ManagerAccess::tracked);
}

std::vector<std::size_t> restored_fields(const ModelInfo& model) {
  std::vector<std::size_t> fields = bookkeeping_of(model);
  fields.push_back(model.key_index);
  return fields;
}

}  // namespace

Restorer::~Restorer() { forget(); }

void Restorer::remember(void* object, const ModelInfo& model, std::ptrdiff_t foreign) {
  if (model.relationships.empty()) return;
  RelationshipManager& first = *model.manager(object, *model.relationships.front());
  const std::lock_guard lock(table_mutex);
  const auto [entry, added] = table().emplace(&first, this);
  if (!added) {
    if (foreign >= 0 && entry->second == this) remember_foreign(snapshots_[&first], object, model, foreign);
    return;
  }
  Snapshot snapshot;
  snapshot.model = &model;
  for (const auto& relationship : model.relationships)
    snapshot.members.push_back(Handle(*model.manager(object, *relationship)));
  snapshot.fields = remember_fields(model, object, restored_fields(model));
  if (foreign >= 0) remember_foreign(snapshot, object, model, foreign);
  snapshots_.emplace(&first, std::move(snapshot));
  set_tracked(first, true);
}

void Restorer::remember_foreign(Snapshot& snapshot, const void* object, const ModelInfo& model, std::ptrdiff_t foreign) {
  const auto index = static_cast<std::size_t>(foreign);
  if (!snapshot.foreign[std::to_string(index)].missing()) return;
  bson::Builder fields;
  for (const auto& field : snapshot.foreign.view()) fields.append(field.name, field.value);
  const std::vector<std::size_t> one(1, index);
  const bson::Document now = remember_fields(model, object, one);
  for (const auto& field : now.view()) fields.append(field.name, field.value);
  snapshot.foreign = fields.finish();
}

void Restorer::restore() {
  std::unordered_map<const RelationshipManager*, Snapshot> snapshots;
  {
    const std::lock_guard lock(table_mutex);
    for (const auto& entry : snapshots_) {
      table().erase(entry.first);
      set_tracked(*entry.first, false);
    }
    snapshots.swap(snapshots_);
  }
  for (auto& [member, snapshot] : snapshots) {
    const ModelInfo& model = *snapshot.model;
    char* object =
        reinterpret_cast<char*>(const_cast<RelationshipManager*>(member)) - model.relationships.front()->draft.offset;
    for (std::size_t i = 0; i < snapshot.members.size(); ++i)
      *model.manager(object, *model.relationships[i]) = static_cast<const RelationshipManager&>(snapshot.members[i]);
    restore_fields(model, object, snapshot.fields);
    restore_fields(model, object, snapshot.foreign);
  }
}

void Restorer::forget() {
  // Destroyed after the lock is released: a snapshot may hold the last handle on an earlier transaction and its restorer.
  std::unordered_map<const RelationshipManager*, Snapshot> snapshots;
  const std::lock_guard lock(table_mutex);
  for (const auto& entry : snapshots_) {
    table().erase(entry.first);
    set_tracked(*entry.first, false);
  }
  snapshots.swap(snapshots_);
}

bool Restorer::has_made(const Id& key) const { return std::find(made_.begin(), made_.end(), key) != made_.end(); }

void Restorer::moved(const RelationshipManager& from, RelationshipManager& to) noexcept {
  const std::lock_guard lock(table_mutex);
  const auto at = table().find(&from);
  if (at == table().end()) return;
  Restorer* owner = at->second;
  table().erase(at);
  table().emplace(&to, owner);
  auto node = owner->snapshots_.extract(&from);
  node.key() = &to;
  owner->snapshots_.insert(std::move(node));
}

void Restorer::gone(RelationshipManager& member) noexcept {
  std::unordered_map<const RelationshipManager*, Snapshot>::node_type snapshot;  // as in forget
  const std::lock_guard lock(table_mutex);
  const auto at = table().find(&member);
  if (at == table().end()) return;
  snapshot = at->second->snapshots_.extract(&member);
  table().erase(at);
}

}  // namespace kinship::detail
