// Observers for tests: they keep what they are told, and can be asked.
// Told from the loop of the database, asked from the test.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <kinship/kinship.hpp>

namespace kinship::test {

/// All events of one kind. Copies share what they keep.
template <class Event>
class Heard {
 public:
  void operator()(const Event& event) const {
    const std::lock_guard lock(kept_->mutex);
    kept_->events.push_back(event);
    kept_->came.notify_all();
  }

  std::vector<Event> all() const {
    const std::lock_guard lock(kept_->mutex);
    return kept_->events;
  }
  std::size_t size() const { return all().size(); }
  template <class Is>
  std::size_t count(Is is) const {
    const auto events = all();
    return static_cast<std::size_t>(std::count_if(events.begin(), events.end(), is));
  }
  /// Waits until one is such; not on the thread of the loop.
  template <class Is>
  bool wait(Is is) const {
    std::unique_lock lock(kept_->mutex);
    const auto& events = kept_->events;
    return kept_->came.wait_for(lock, std::chrono::seconds(20),
                                [&] { return std::any_of(events.begin(), events.end(), is); });
  }

 private:
  struct Kept {
    std::mutex mutex;
    std::condition_variable came;
    std::vector<Event> events;
  };
  std::shared_ptr<Kept> kept_{std::make_shared<Kept>()};
};

/// Every event as its line: generic, so that the events must be named.
class Lines {
 public:
  template <class Event>
  void operator()(const Event& event) const {
    lines_(event.text());
  }
  std::string text() const {
    std::string out;
    for (const std::string& line : lines_.all()) out += line + "\n";
    return out;
  }
  std::size_t size() const { return lines_.size(); }

 private:
  Heard<std::string> lines_;
};

/// All there are; of a Database or of ConnectOptions.
template <class Observed, class Fn>
auto observe_all(Observed& observed, Fn fn, ObserveOptions options = ObserveOptions()) {
  return observed.template observe<OperationEvent, CommandEvent, PoolEvent, TopologyEvent, RetryEvent>(std::move(fn),
                                                                                                       options);
}

}  // namespace kinship::test
