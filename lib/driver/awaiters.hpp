// Who waits for completions, by event loop: every loop has a list of the awaiters it may still get a completion for. When
// the loop goes, the list drops their handlers.
#pragma once

#include <boost/asio/execution_context.hpp>
#include <memory>
#include <mutex>

namespace kinship::detail {

struct Dropped {
  virtual ~Dropped() = default;
};

struct WaiterLink {
  virtual ~WaiterLink() = default;
  /// The handler, so that it can be destroyed without the lock.
  virtual std::unique_ptr<Dropped> drop() = 0;

  WaiterLink* previous{};
  WaiterLink* next{};
};

/// Outlives the loop: shared by its service and by the waiters.
struct WaiterList {
  std::mutex mutex;
  WaiterLink* first{};

  void insert(WaiterLink* link) noexcept {
    link->next = first;
    if (first != nullptr) first->previous = link;
    first = link;
  }
  void erase(WaiterLink* link) noexcept {
    (link->previous != nullptr ? link->previous->next : first) = link->next;
    if (link->next != nullptr) link->next->previous = link->previous;
    link->previous = link->next = nullptr;
  }
};

/// The list of a loop.
std::shared_ptr<WaiterList> waiters_of(boost::asio::execution_context& loop);

}  // namespace kinship::detail
