// batch_load and batch_count: owners from anywhere, one fetch a step, rows put into each owner's member.
// What is loaded already stays; owners that were never bound are bound by their ids first.
#include <kinship/error.hpp>

#include <algorithm>
#include <unordered_set>

#include "engine/cancelled.hpp"
#include "relationship/children.hpp"
#include "relationship/load_state.hpp"
#include "write/write_access.hpp"

namespace kinship::detail {
namespace {

// Objects made by hand become siblings of one cohort without a baseline.
void bind_unbound(const ScopePtr& scope, const ModelInfo& model, const std::vector<void*>& objects) {
  if (model.relationships.empty()) return;
  std::vector<void*> unbound;
  for (void* object : objects)
    if (!ManagerAccess::info(*model.manager(object, *model.relationships.front()))) unbound.push_back(object);
  if (unbound.empty()) return;
  auto cohort = std::make_shared<Cohort>(scope, model);
  auto bytes = std::make_shared<std::vector<bson::Document>>();
  bytes->reserve(unbound.size());
  cohort->no_baseline();
  for (void* object : unbound) {
    if (!key_of(object, model))
      fail(errc::unbound,
           "batch_load was given a " + model.name + " without an id, so nothing can refer to it; insert it first", model,
           "batch_load");
    bytes->push_back(encode_object(model, object));
    cohort->add(bytes->back().view());
  }
  cohort->add_keep(bytes);
  for (std::size_t i = 0; i < unbound.size(); ++i) bind_members(unbound[i], model, cohort, static_cast<std::uint32_t>(i));
}

/// Members of owners, and the keys to look them up by.
class Asked {
 public:
  explicit Asked(const RelationshipInfo& relationship) : keys_(relationship) {}

  void add(RelationshipManager* member) {
    const Place place(*member, keys_.relationship());
    if (kept_.insert(place.cohort().get()).second) {
      for (const auto& bytes : place.cohort()->keep()) keys_.keep(bytes);
      if (place.cohort()->assigned()) keys_.keep(place.cohort()->assigned());
      cohorts_.push_back(place.cohort());
    }
    keys_.add_owner(place.cohort()->key_document(place.ordinal()));
    members_.push_back(member);
    ordinals_.push_back(place.ordinal());
  }
  OwnerKeys& keys() noexcept { return keys_; }
  /// The owners' own keys.
  Keys own_keys() const {
    Keys ids;
    for (const auto& cohort : cohorts_)
      for (const auto& bytes : cohort->keep()) ids.keep(bytes);
    for (const RelationshipManager* member : members_) {
      const Place place(*member, keys_.relationship());
      ids.add(place.cohort()->document(place.ordinal()).find("_id"));
    }
    return ids;
  }
  const std::vector<RelationshipManager*>& members() const noexcept { return members_; }
  /// The one cohort all owners lie in, for back-references; null if there are several.
  std::shared_ptr<Cohort> only_cohort() const { return cohorts_.size() == 1 ? cohorts_.front() : nullptr; }
  const std::vector<std::uint32_t>& ordinals() const noexcept { return ordinals_; }

 private:
  OwnerKeys keys_;
  std::vector<RelationshipManager*> members_{};
  std::vector<std::uint32_t> ordinals_{};
  std::unordered_set<const Cohort*> kept_{};
  std::vector<std::shared_ptr<Cohort>> cohorts_{};
};

// The objects a step leads to, each once.
std::vector<void*> reached(const std::vector<void*>& owners, const RelationshipInfo& relationship) {
  std::vector<void*> objects;
  std::unordered_set<void*> seen;
  for (void* owner : owners) {
    LoadedRange range;
    if (!rows_now(*relationship.owner->manager(owner, relationship), relationship, true, range)) continue;
    for (std::size_t i = 0; i < range.count(); ++i) {
      void* object = static_cast<char*>(range.first()) + i * relationship.target->ops.size;
      if (seen.insert(object).second) objects.push_back(object);
    }
  }
  return objects;
}

awaitable<void> load_owners(ScopePtr scope, const std::vector<void*>* owners, const StepData* step) {
  const RelationshipInfo& relationship = *step->relationship;
  Asked asked(relationship);
  for (void* owner : *owners) {
    RelationshipManager* member = relationship.owner->manager(owner, relationship);
    LoadedRange range;
    if (step->conditional() || !rows_now(*member, relationship, false, range)) asked.add(member);
  }
  if (asked.members().empty()) co_return;
  Narrowing narrowing = narrowing_of(*step);
  Fetched fetched = co_await fetch(scope, asked.keys(), std::move(narrowing));
  std::shared_ptr<const LoadedWindow> rows =
      co_await children_of(scope, asked.only_cohort(), &relationship, std::move(fetched), asked.ordinals(), false);
  for (std::size_t i = 0; i < asked.members().size(); ++i) {
    RelationshipManager& member = *asked.members()[i];
    const std::uint32_t generation = ManagerAccess::cohort(member)->generation(relationship, ManagerAccess::ordinal(member));
    ManagerAccess::set_rows(member, rows->at(i), step->conditional(), generation);
  }
  co_await load_paths(rows->children, std::vector<Path>(), ModelPath().with(*relationship.owner));
}

awaitable<void> batch_of(ScopePtr given, Owners owners, Path path) {
  const ScopePtr scope = effective(std::move(given));
  scope->core->register_model(linked(owners.model()));
  std::vector<void*> objects = owners.objects();
  bind_unbound(scope, owners.model(), objects);
  for (const StepData& step : path.steps()) {
    if (objects.empty()) co_return;
    co_await load_owners(scope, &objects, &step);
    objects = reached(objects, *step.relationship);
  }
}

awaitable<std::vector<std::uint64_t>> batch_count_of(ScopePtr given, Owners owners, Path path) {
  const ScopePtr scope = effective(std::move(given));
  const StepData step = path.steps().front();
  bind_unbound(scope, linked(owners.model()), owners.objects());
  Asked asked(*step.relationship);
  for (void* owner : owners.objects()) asked.add(owners.model().manager(owner, *step.relationship));
  Narrowing narrowing = narrowing_of(step);
  if (keys_change(*step.relationship)) {
    OwnerKeys current = co_await current_keys(scope, step.relationship, asked.own_keys());
    asked.keys() = std::move(current);
  }
  std::vector<std::uint64_t> counts = co_await fetch_counts(scope, asked.keys(), std::move(narrowing));
  co_return counts;
}

awaitable<bool> contains_of(Handle handle, Id id) {
  const RelationshipInfo& relationship = required_info(handle);
  if (!id) co_return false;
  const Place place(handle, relationship);
  const ScopePtr scope = effective(place.cohort()->scope());
  const Value owner(place.cohort()->document(place.ordinal()).find("_id"));
  const Value target(id);
  CountOperation operation;
  operation.limit = 1;
  bson::Builder filter;
  if (relationship.join) {
    operation.collection = relationship.join->collection;
    filter.append(relationship.foreign_stored, owner.view()).append(relationship.second_stored, target.view());
    operation.filter = filter.finish();
  } else if (relationship.draft.on_owner) {
    operation.collection = relationship.owner->collection;
    filter.append("_id", owner.view()).append(relationship.foreign_stored, target.view());
    operation.filter = filter.finish();
  } else {
    operation.collection = relationship.target->collection;
    filter.append("_id", target.view()).append(relationship.foreign_stored, owner.view());
    operation.filter = both(filter.finish(), relationship.filter);
  }
  const Trace trace(relationship.owner->name, relationship.metadata.label(), 1);
  std::uint64_t found = co_await count(scope, std::move(operation), trace);
  const bool linked_apart = relationship.join || relationship.draft.on_owner;
  if (found != 0 && linked_apart && !relationship.filter.empty()) {
    // Linked, and one of those the relationship is about.
    bson::Builder own;
    own.append("_id", target.view());
    CountOperation belongs;
    belongs.collection = relationship.target->collection;
    belongs.filter = both(own.finish(), relationship.filter);
    belongs.limit = 1;
    found = co_await count(scope, std::move(belongs), trace);
  }
  co_return found != 0;
}

}  // namespace

awaitable<void> batch_load(std::shared_ptr<Scope> scope, Owners owners, Path path) {
  return in_words(batch_of(std::move(scope), std::move(owners), std::move(path)));
}
awaitable<std::vector<std::uint64_t>> batch_count(std::shared_ptr<Scope> scope, Owners owners, Path path) {
  return in_words(batch_count_of(std::move(scope), std::move(owners), std::move(path)));
}
awaitable<bool> contains(Handle handle, Id id) { return in_words(contains_of(std::move(handle), std::move(id))); }

}  // namespace kinship::detail
