// Observing: who is told of what happens. `db.observe(fn)`, or `ConnectOptions::observe(fn)` to hear of connecting, too.
// A function is told of the event its parameter names; one that is overloaded or generic of those named in
// `observe<...>(fn)`.
#pragma once

#include <atomic>
#include <memory>
#include <type_traits>
#include <utility>

#include <kinship/driver/events.hpp>
#include <kinship/driver/trace.hpp>

namespace kinship {

class ObserveOptions {
 public:
  /// Values of filters, documents and replies are told, too; they may be personal data. Credentials never are.
  ObserveOptions& values(bool told) { return values_ = told, *this; }
  bool values() const noexcept { return values_; }

 private:
  bool values_{false};
};

namespace detail {

class Observers;

enum Observed : unsigned {
  observed_operations = 1,
  observed_commands = 2,
  observed_pools = 4,
  observed_topology = 8,
  observed_retries = 16,
  observed_values = 32  // not an event: somebody wants values
};
template <class Event>
inline constexpr unsigned observed_as = 0;
template <>
inline constexpr unsigned observed_as<OperationEvent> = observed_operations;
template <>
inline constexpr unsigned observed_as<CommandEvent> = observed_commands;
template <>
inline constexpr unsigned observed_as<PoolEvent> = observed_pools;
template <>
inline constexpr unsigned observed_as<TopologyEvent> = observed_topology;
template <>
inline constexpr unsigned observed_as<RetryEvent> = observed_retries;

/// Somebody's function, and what it takes.
struct Observer {
  unsigned events{};
  void (*call)(void* fn, unsigned event, const void* what){};
  std::shared_ptr<void> fn{};
  std::atomic<bool> ended{false};
};

template <class Fn, class Event>
bool call_if(void* fn, unsigned event, const void* what) {
  if constexpr (std::is_invocable_v<Fn&, const Event&>)
    if (event == observed_as<Event>)
      return static_cast<void>((*static_cast<Fn*>(fn))(*static_cast<const Event*>(what))), true;
  return false;
}
template <class Fn, class... Events>
std::shared_ptr<Observer> observer_of(Fn fn, ObserveOptions options) {
  static_assert((std::is_invocable_v<Fn&, const Events&> || ...),
                "kinship: an observer takes one of the events by reference to const, such as `[](const kinship::PoolEvent& "
                "event) {...}`: OperationEvent, CommandEvent, PoolEvent, TopologyEvent, RetryEvent");
  auto observer = std::make_shared<Observer>();
  observer->events = ((std::is_invocable_v<Fn&, const Events&> ? observed_as<Events> : 0u) | ...);
  if (options.values()) observer->events |= observed_values;
  observer->call = [](void* kept, unsigned event, const void* what) { (call_if<Fn, Events>(kept, event, what) || ...); };
  observer->fn = std::make_shared<Fn>(std::move(fn));
  return observer;
}
/// A call operator that is neither overloaded nor a template says by its parameter what it takes.
template <class Fn>
inline constexpr bool takes_one = std::is_pointer_v<Fn> || requires { &Fn::operator(); };

template <class... Named, class Fn>
std::shared_ptr<Observer> make_observer(Fn fn, ObserveOptions options) {
  if constexpr (sizeof...(Named) > 0) {
    static_assert((std::is_invocable_v<Fn&, const Named&> && ...),
                  "kinship: this observer cannot be called with one of the events that are named");
    return observer_of<Fn, Named...>(std::move(fn), options);
  } else if constexpr (takes_one<Fn>) {
    return observer_of<Fn, OperationEvent, CommandEvent, PoolEvent, TopologyEvent, RetryEvent>(std::move(fn), options);
  } else {
    return observer_of<Fn, OperationEvent>(std::move(fn), options);
  }
}

}  // namespace detail

/// An observer's registration. Dropping it changes nothing.
class Observation {
 public:
  Observation() = default;
  Observation(std::shared_ptr<detail::Observer> observer, std::weak_ptr<detail::Observers> store,
              std::weak_ptr<detail::Observers> driver)
      : observer_(std::move(observer)), store_(std::move(store)), driver_(std::move(driver)) {}

  /// No call begins after this. It never waits, so one that another thread is making just now may still go on: on the thread
  /// that runs the driver's loop there is none but the caller's own. From any thread, and from the observer itself; twice
  /// does no harm.
  void end() noexcept;

 private:
  std::shared_ptr<detail::Observer> observer_{};
  std::weak_ptr<detail::Observers> store_{}, driver_{};
};

}  // namespace kinship
