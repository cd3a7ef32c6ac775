// A list of observers: added, ended, told. Of a store's operations one, of a driver's events another.
// Thread-safe; nobody is called, and no observer destroyed, with the lock held.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include <kinship/observe.hpp>

namespace kinship::detail {

class Observers {
 public:
  virtual ~Observers() = default;

  /// Whether anybody takes one of these events (Observed). All that is asked where nobody observes.
  bool wants(unsigned events) const noexcept { return (wanted_.load(std::memory_order_relaxed) & events) != 0; }

  void add(std::shared_ptr<Observer> observer);
  void remove(const Observer* observer) noexcept;
  void clear() noexcept;

  /// `detailed`: the same with values, for those who asked for them; null: there are none.
  template <class Event>
  void tell(const Event& event, const Event* detailed = nullptr) const noexcept {
    tell(observed_as<Event>, &event, detailed != nullptr ? detailed : &event);
  }

 private:
  using List = std::vector<std::shared_ptr<Observer>>;

  /// Somebody else is wanted now; called with the lock held.
  virtual void changed(unsigned) noexcept {}
  void replace(std::shared_ptr<const List> list) noexcept;
  void tell(unsigned event, const void* what, const void* detailed) const noexcept;

  mutable std::mutex mutex_;
  std::shared_ptr<const List> list_{std::make_shared<const List>()};
  std::atomic<unsigned> wanted_{0};
};

}  // namespace kinship::detail
