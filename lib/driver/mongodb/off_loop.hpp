// Work that would hold the event loop up (a name lookup, keys from a password, certificates from files) on a thread of its
// own that nobody has to wait for: an awaiter leaves at his deadline, and the end of the event loop waits for none.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "driver/completion.hpp"
#include "driver/mongodb/deadlines.hpp"

namespace kinship::mongodb {

class OffLoopWaiter;

class OffLoop : public std::enable_shared_from_this<OffLoop> {
 public:
  using Work = std::function<void()>;
  /// Whether the end of the program waits (two seconds at most): OpenSSL must not be cleaned up below a thread that uses it.
  enum class AtExit : std::uint8_t { leave, wait };
  /// Sentences for who stops waiting.
  struct Texts {
    std::string cancelled{}, late{};
  };

  /// Begins at once. Throws `unavailable` if the system gives no thread.
  static std::shared_ptr<OffLoop> begin(Work work, AtExit at_exit);

  /// Waits for the end of the work, and throws what it threw; any number of coroutines may. What it made is seen afterwards.
  awaitable<void> wait(std::shared_ptr<Deadlines> deadlines, Texts texts, Deadline deadline);
  /// Whoever waits stops waiting; the work goes on and nobody hears of it.
  void abandon();

 private:
  friend class OffLoopWaiter;

  void run(Work work);
  void join(const std::shared_ptr<OffLoopWaiter>& waiter);

  std::mutex mutex_;
  std::vector<std::weak_ptr<OffLoopWaiter>> waiters_;
  bool ended_{};
  std::exception_ptr failure_;  // not changed after ended_
};

}  // namespace kinship::mongodb
