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

Restorer::Snapshot Restorer::snapshot_of(void* object, const ModelInfo& model) {
  Snapshot snapshot;
  snapshot.model = &model;
  for (const auto& relationship : model.relationships)
    snapshot.members.push_back(Handle(*model.manager(object, *relationship)));
  snapshot.fields = remember_fields(model, object, restored_fields(model));
  return snapshot;
}

void Restorer::remember(void* object, const ModelInfo& model, std::ptrdiff_t foreign) {
  if (model.relationships.empty()) return;
  RelationshipManager& first = *model.manager(object, *model.relationships.front());
  Snapshot snapshot = snapshot_of(object, model);
  const std::lock_guard lock(table_mutex);
  const auto [entry, added] = table().emplace(&first, this);
  if (!added && entry->second != this) return;
  Snapshot& kept = snapshots_[&first];
  if (!kept.model) {
    // Perhaps its first member was remembered alone, as it was before.
    if (!kept.members.empty()) snapshot.members.front() = kept.members.front();
    std::swap(kept, snapshot);
  }
  if (foreign >= 0) remember_foreign(kept, object, model, foreign);
  set_tracked(first, true);
}

void Restorer::remember_member(RelationshipManager& member) {
  const Handle now(member);
  const std::lock_guard lock(table_mutex);
  if (!table().emplace(&member, this).second) return;
  snapshots_[&member].members.push_back(now);
  set_tracked(member, true);
}

void Restorer::remember_keys(std::shared_ptr<Cohort> cohort, std::uint32_t ordinal) {
  OldKeys old;
  old.document = bson::Document(cohort->key_document(ordinal));
  old.cohort = std::move(cohort);
  old.ordinal = ordinal;
  old_keys_.push_back(std::move(old));
}

void Restorer::gave_version(GivenVersion version) {
  for (GivenVersion& one : versions_)
    if (one.object == version.object && one.key == version.key && one.given == version.before) {
      one.given = version.given;
      return;
    }
  versions_.push_back(std::move(version));
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

void Restorer::restore(RolledBack& rolled_back) {
  std::unordered_map<const RelationshipManager*, Snapshot> snapshots;
  {
    const std::lock_guard lock(table_mutex);
    for (const auto& entry : snapshots_) {
      table().erase(entry.first);
      set_tracked(*entry.first, false);
    }
    snapshots.swap(snapshots_);
  }
  // Single members first: an object remembers them as they were earlier.
  for (auto& [member, snapshot] : snapshots)
    if (!snapshot.model)
      const_cast<RelationshipManager&>(*member) = static_cast<const RelationshipManager&>(snapshot.members.front());
  for (auto& [member, snapshot] : snapshots) {
    if (!snapshot.model) continue;
    const ModelInfo& model = *snapshot.model;
    char* object =
        reinterpret_cast<char*>(const_cast<RelationshipManager*>(member)) - model.relationships.front()->draft.offset;
    for (std::size_t i = 0; i < snapshot.members.size(); ++i)
      *model.manager(object, *model.relationships[i]) = static_cast<const RelationshipManager&>(snapshot.members[i]);
    restore_fields(model, object, snapshot.fields);
    restore_fields(model, object, snapshot.foreign);
  }
  for (auto old = old_keys_.rbegin(); old != old_keys_.rend(); ++old)
    old->cohort->rekey(old->ordinal, std::move(old->document));
  old_keys_.clear();
  rolled_back.add(std::move(made_), std::move(versions_));
  made_.clear();
  versions_.clear();
}

void Restorer::committed(RolledBack& rolled_back) {
  forget();
  rolled_back.stored(made_);
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
