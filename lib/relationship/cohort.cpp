// Sharing between siblings, under one mutex a cohort; no lock is held across an await.
// A window that failed to load is free again: the next reader tries anew.
#include "relationship/cohort.hpp"

#include <algorithm>

#include "plan/key_set.hpp"
#include "relationship/manager_access.hpp"

namespace kinship::detail {

std::shared_ptr<Cohort> Cohort::fork(std::uint32_t ordinal, ScopePtr scope) const {
  auto one = std::make_shared<Cohort>(scope ? std::move(scope) : scope_, *model_);
  one->partial_ = partial_;
  one->baseline_ = baseline_;
  one->strict_ = strict_;
  // The bytes of one document, so that one kept object does not keep its siblings'.
  auto copy = std::make_shared<const bson::Document>(documents_[ordinal]);
  one->documents_.push_back(copy->view());
  one->keep_.push_back(std::move(copy));
  if (any_rekeyed_.load(std::memory_order_acquire)) one->rekey(0, bson::Document(rekeyed(ordinal)));
  return one;
}

void Cohort::rekey(std::uint32_t ordinal, bson::Document document) {
  auto bytes = std::make_shared<const bson::Document>(std::move(document));
  const std::lock_guard lock(mutex_);
  rekeyed_.emplace_back(ordinal, std::move(bytes));
  any_rekeyed_.store(true, std::memory_order_release);
}

bson::DocumentView Cohort::rekeyed(std::uint32_t ordinal) const noexcept {
  const std::lock_guard lock(mutex_);
  for (auto at = rekeyed_.rbegin(); at != rekeyed_.rend(); ++at)
    if (at->first == ordinal) return at->second->view();
  return documents_[ordinal];
}

std::size_t Cohort::window_size(const RelationshipInfo& relationship) {
  const std::lock_guard lock(mutex_);
  return slot(relationship).window_size;
}

Cohort::Slot& Cohort::slot(const RelationshipInfo& relationship) {
  if (slots_.empty()) slots_.resize(model_->relationships.size());
  Slot& one = slots_[relationship.index];
  if (one.window_size == 0) {
    const std::size_t chunk = scope_->core->driver->capabilities().chunk_keys;
    const std::size_t own = relationship.metadata.config.batch_size;
    one.window_size = std::max<std::size_t>(1, own == 0 ? chunk : std::min(own, chunk));
  }
  return one;
}

Cohort::Window& Cohort::window(const RelationshipInfo& relationship, std::size_t number) {
  Slot& one = slot(relationship);
  if (one.windows.size() <= number) one.windows.resize(number + 1);
  return one.windows[number];
}

bool Cohort::loaded(const RelationshipInfo& relationship, std::uint32_t ordinal, bool iteration, LoadedRange& range) {
  const std::lock_guard lock(mutex_);
  if (any_single_.load(std::memory_order_relaxed)) {
    if (const auto at = singles_.find(SingleKey(relationship.index, ordinal)); at != singles_.end()) {
      if (at->second.loaded) range = at->second.range;
      return at->second.loaded;
    }
  }
  if (back_.relationship == &relationship && !back_filled_) fill_back_reference(relationship);
  if (slots_.empty()) return false;
  Slot& one = slot(relationship);
  if (iteration && one.view) {
    range = one.view->at(ordinal);
    return true;
  }
  const std::size_t size = one.window_size;
  const std::size_t number = ordinal / size;
  if (number >= one.windows.size() || !one.windows[number].rows) return false;
  range = one.windows[number].rows->at(ordinal % size);
  return true;
}

std::shared_ptr<Gate> Cohort::claim(const RelationshipInfo& relationship, std::size_t number, bool& claimed) {
  const std::lock_guard lock(mutex_);
  Window& one = window(relationship, number);
  claimed = !one.loading;
  if (claimed) one.loading = std::make_shared<Gate>();
  return one.loading;
}

void Cohort::finish(const RelationshipInfo& relationship, std::size_t number, std::shared_ptr<const LoadedWindow> rows,
                    std::exception_ptr failure) {
  std::shared_ptr<Gate> gate;
  {
    const std::lock_guard lock(mutex_);
    Window& one = window(relationship, number);
    one.rows = std::move(rows);
    gate = std::move(one.loading);
    one.loading = nullptr;
  }
  if (gate) gate->open(failure);
}

std::shared_ptr<const LoadedWindow> Cohort::window_now(const RelationshipInfo& relationship, std::size_t number) {
  const std::lock_guard lock(mutex_);
  if (back_.relationship == &relationship && !back_filled_) fill_back_reference(relationship);
  return window(relationship, number).rows;
}

void Cohort::set_view(const RelationshipInfo& relationship, std::shared_ptr<const LoadedWindow> rows) {
  const std::lock_guard lock(mutex_);
  slot(relationship).view = std::move(rows);
}

void Cohort::set_window(const RelationshipInfo& relationship, std::size_t number, std::shared_ptr<const LoadedWindow> rows) {
  const std::lock_guard lock(mutex_);
  window(relationship, number).rows = std::move(rows);
}

void Cohort::set_single(const RelationshipInfo& relationship, std::uint32_t ordinal, LoadedRange range) {
  const std::lock_guard lock(mutex_);
  any_single_ = true;
  Single& one = singles_[SingleKey(relationship.index, ordinal)];
  one.loaded = true;
  one.range = std::move(range);
}

void Cohort::unload(const RelationshipInfo& relationship, std::uint32_t ordinal) {
  const std::lock_guard lock(mutex_);
  any_single_ = true;
  Single& one = singles_[SingleKey(relationship.index, ordinal)];
  ++one.generation;
  one.loaded = false;
  one.range = LoadedRange();
}

std::uint32_t Cohort::generation(const RelationshipInfo& relationship, std::uint32_t ordinal) const {
  if (!any_single_.load(std::memory_order_acquire)) return 0;
  const std::lock_guard lock(mutex_);
  const auto at = singles_.find(SingleKey(relationship.index, ordinal));
  return at == singles_.end() ? 0 : at->second.generation;
}

bool Cohort::separate(const RelationshipInfo& relationship, std::uint32_t ordinal) const {
  if (!any_single_.load(std::memory_order_acquire)) return false;
  const std::lock_guard lock(mutex_);
  return singles_.count(SingleKey(relationship.index, ordinal)) != 0;
}

bool Cohort::unloaded(const RelationshipInfo& relationship, std::uint32_t ordinal) const {
  if (!any_single_.load(std::memory_order_acquire)) return false;
  const std::lock_guard lock(mutex_);
  const auto at = singles_.find(SingleKey(relationship.index, ordinal));
  return at != singles_.end() && !at->second.loaded;
}

// Decoded from the owners' documents on first use, in a cohort of their own: no cycle of pointers, their relationships
// unloaded.
void Cohort::fill_back_reference(const RelationshipInfo& relationship) {
  auto owners = std::make_shared<Cohort>(scope_, *relationship.target);
  owners->documents_.assign(back_.documents.begin(), back_.documents.end());
  owners->keep_.assign(back_.keep.begin(), back_.keep.end());
  const Decoded decoded = make_block(owners);
  decode_some(decoded, 0, owners->size());
  const std::size_t size = slot(relationship).window_size;
  for (std::size_t from = 0; from < documents_.size(); from += size) {
    auto rows = std::make_shared<LoadedWindow>();
    rows->block = decoded.block;
    rows->data = decoded.data;
    rows->stride = relationship.target->ops.size;
    rows->children = owners;
    const std::size_t to = std::min(documents_.size(), from + size);
    for (std::size_t i = from; i < to; ++i) rows->ranges.push_back({back_.owner_of[i], 1});
    Window& one = window(relationship, from / size);
    if (!one.rows) one.rows = std::move(rows);
  }
  back_filled_ = true;
}

}  // namespace kinship::detail
