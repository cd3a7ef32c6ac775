// The list is a snapshot that is replaced, so that telling needs the lock for one copy of a pointer.
// What observers throw ends here: they see what happens and have no part in it.
#include "driver/observers.hpp"

#include <algorithm>

namespace kinship {
namespace detail {

void Observers::add(std::shared_ptr<Observer> observer) {
  std::shared_ptr<const List> old;
  const std::lock_guard lock(mutex_);
  auto next = std::make_shared<List>(*list_);
  next->push_back(std::move(observer));
  old = list_;  // destroyed after the lock is let go
  replace(std::move(next));
}

void Observers::remove(const Observer* observer) noexcept {
  std::shared_ptr<const List> old;
  const std::lock_guard lock(mutex_);
  const auto is_it = [observer](const auto& other) { return other.get() == observer; };
  if (std::none_of(list_->begin(), list_->end(), is_it)) return;
  auto next = std::make_shared<List>(*list_);
  std::erase_if(*next, is_it);
  old = list_;
  replace(std::move(next));
}

void Observers::clear() noexcept {
  std::shared_ptr<const List> old;
  const std::lock_guard lock(mutex_);
  old = list_;
  replace(std::make_shared<const List>());
  for (const auto& observer : *old) observer->ended = true;
}

void Observers::replace(std::shared_ptr<const List> list) noexcept {
  list_ = std::move(list);
  unsigned wanted = 0;
  for (const auto& observer : *list_) wanted |= observer->events;
  wanted_.store(wanted, std::memory_order_relaxed);
  changed(wanted);
}

void Observers::tell(unsigned event, const void* what, const void* detailed) const noexcept {
  std::shared_ptr<const List> list;
  {
    const std::lock_guard lock(mutex_);
    list = list_;
  }
  for (const auto& observer : *list) {
    if ((observer->events & event) == 0 || observer->ended.load()) continue;
    try {
      observer->call(observer->fn.get(), event, (observer->events & observed_values) != 0 ? detailed : what);
    } catch (...) {  // an observer's failure is its own
    }
  }
}

}  // namespace detail

void Observation::end() noexcept {
  if (!observer_) return;
  observer_->ended = true;
  if (const auto store = store_.lock()) store->remove(observer_.get());
  if (const auto driver = driver_.lock()) driver->remove(observer_.get());
  observer_.reset();
}

}  // namespace kinship
