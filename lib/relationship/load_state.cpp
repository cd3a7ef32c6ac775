// Synchronous answers of relationship members: loaded or not, rows without a query, forgetting.
// An own override counts only while the cohort has not unloaded this sibling since.
#include "relationship/load_state.hpp"

#include <kinship/error.hpp>

#include "engine/restorer.hpp"
#include "plan/lookup.hpp"

namespace kinship {

namespace detail {

static bool refers_to_nothing(const RelationshipManager& member, const RelationshipInfo& relationship) {
  if (relationship.metadata.kind != RelationshipKind::belongs_to) return false;
  const auto key = plan::value_at(ManagerAccess::cohort(member)->key_document(ManagerAccess::ordinal(member)),
                                  relationship.foreign_stored);
  return key.missing() || key.is(bson::Type::null);
}

}  // namespace detail

RelationshipManager::RelationshipManager(const RelationshipManager& other) noexcept
    : cohort_(other.cohort_),
      tag_(other.tag_),
      block_(other.block_),
      first_(other.first_),
      count_(other.count_),
      ordinal_(other.ordinal_),
      generation_(other.generation_),
      flags_(other.flags_ & ~tracked) {}

RelationshipManager::RelationshipManager(RelationshipManager&& other) noexcept
    : cohort_(std::move(other.cohort_)),
      tag_(other.tag_),
      block_(std::move(other.block_)),
      first_(other.first_),
      count_(other.count_),
      ordinal_(other.ordinal_),
      generation_(other.generation_),
      flags_(other.flags_) {
  if (flags_ & tracked) detail::Restorer::moved(other, *this);
  // A moved-from member is unbound, unless a default one.
  other.flags_ = 0;
  if (!other.cohort_ && other.tag_->mapped) {
    other.tag_ = &detail::moved_from;
    other.first_ = nullptr;
    other.count_ = 0;
    other.ordinal_ = 0;
    other.generation_ = 0;
  }
}

RelationshipManager& RelationshipManager::operator=(const RelationshipManager& other) noexcept {
  if (this == &other) return *this;
  cohort_ = other.cohort_;
  tag_ = other.tag_;
  block_ = other.block_;
  first_ = other.first_;
  count_ = other.count_;
  ordinal_ = other.ordinal_;
  generation_ = other.generation_;
  flags_ = (flags_ & tracked) | (other.flags_ & ~tracked);
  return *this;
}

RelationshipManager& RelationshipManager::operator=(RelationshipManager&& other) noexcept {
  if (this == &other) return *this;
  if (flags_ & tracked) forget();
  cohort_ = std::move(other.cohort_);
  tag_ = other.tag_;
  block_ = std::move(other.block_);
  first_ = other.first_;
  count_ = other.count_;
  ordinal_ = other.ordinal_;
  generation_ = other.generation_;
  flags_ = other.flags_;
  if (flags_ & tracked) detail::Restorer::moved(other, *this);
  other.flags_ = 0;
  if (other.tag_->mapped) {
    other.tag_ = &detail::moved_from;
    other.first_ = nullptr;
    other.count_ = 0;
  }
  return *this;
}

void RelationshipManager::forget() noexcept {
  detail::Restorer::gone(*this);
  flags_ &= ~tracked;
}

const RelationshipMetadata& RelationshipManager::metadata() const { return detail::required_info(*this).metadata; }

bool RelationshipManager::is_loaded() const {
  const detail::RelationshipInfo* info = detail::ManagerAccess::info(*this);
  detail::LoadedRange range;
  return info && (detail::rows_now(*this, *info, true, range) || detail::refers_to_nothing(*this, *info));
}

void RelationshipManager::clear_cache() {
  const detail::RelationshipInfo* info = detail::ManagerAccess::info(*this);
  if (!info) return;
  detail::ManagerAccess::drop_rows(*this);
  // A cohort of its own: siblings and copies keep what they have.
  std::shared_ptr<detail::Cohort> own = cohort_->fork(ordinal_);
  if (cohort_->assigned()) own->assign_key(*cohort_->assigned());
  detail::ManagerAccess::rebind(*this, std::move(own), 0);
}

namespace detail {

const RelationshipInfo& required_info(const RelationshipManager& member) {
  if (const RelationshipInfo* info = ManagerAccess::info(member)) return *info;
  throw error(errc::unbound,
              "a " + std::string(ManagerAccess::tag(member)->type) + "<" + std::string(ManagerAccess::tag(member)->target) +
                  ">" +
                  " was used on an object that was never stored or read; insert it, or read it from a database, "
                  "first (db.bind(x) binds one you made yourself)");
}

Place::Place(const RelationshipManager& member, const RelationshipInfo& relationship)
    : cohort_(ManagerAccess::cohort(member)), ordinal_(ManagerAccess::ordinal(member)) {
  while (cohort_->shared() && !cohort_->separate(relationship, ordinal_)) {
    ordinal_ = cohort_->shared_ordinal();
    cohort_ = std::shared_ptr<Cohort>(cohort_->shared());
  }
}

bool rows_now(const RelationshipManager& member, const RelationshipInfo& relationship, bool iteration, LoadedRange& range) {
  if (ManagerAccess::has(member, ManagerAccess::overridden) &&
      (iteration || !ManagerAccess::has(member, ManagerAccess::conditional)) &&
      ManagerAccess::cohort(member)->generation(relationship, ManagerAccess::ordinal(member)) ==
          ManagerAccess::generation(member)) {
    range = ManagerAccess::rows(member);
    return true;
  }
  const Place place(member, relationship);
  return place.cohort()->loaded(relationship, place.ordinal(), iteration, range);
}

LoadedRange loaded_now(const RelationshipManager& member) {
  const RelationshipInfo& relationship = required_info(member);
  LoadedRange range;
  if (rows_now(member, relationship, true, range) || refers_to_nothing(member, relationship)) return range;
  ErrorContext context;
  context.model = relationship.owner->name;
  context.relationship = relationship.metadata.label();
  context.operation = "iterate";
  throw error(errc::not_loaded,
              relationship.metadata.label() + " is not loaded, and this call does not ask the store; co_await " +
                  (relationship.to_one() ? "get()" : "all()") + " on it first, or load it with .with(&" +
                  relationship.owner->name + "::" + relationship.metadata.name + ") or batch_load",
              std::move(context));
}

void key_assigned(RelationshipManager& member, const Id& key) {
  const RelationshipInfo* info = ManagerAccess::info(member);
  if (!info) return;
  ManagerAccess::drop_rows(member);
  const std::shared_ptr<Cohort>& cohort = ManagerAccess::cohort(member);
  std::shared_ptr<Cohort> own = cohort->fork(ManagerAccess::ordinal(member));
  bson::Builder document;
  if (key) key.append_to(document, info->foreign_stored);
  own->assign_key(document.finish());
  ManagerAccess::rebind(member, std::move(own), 0);
}

}  // namespace detail
}  // namespace kinship
