// One unit of work for a thread of the store, and the single decision of who completes it: the thread that ran it, the
// awaiter who cancelled, or the clock. Whoever is first wins; the others notice.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>

#include <kinship/driver/driver.hpp>
#include <kinship/error.hpp>

#include "connection.hpp"
#include "driver/completion.hpp"

namespace kinship::sqlite {

class Store;
class Timekeeper;

using kinship::detail::Completion;

enum class Ending : std::uint8_t { none, commit, abort };

class Job : public StopFlag {
 public:
  enum class State : std::uint8_t { queued, running, applied, finished };

  explicit Job(OperationContext context) : context_(std::move(context)) {}
  virtual ~Job();
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  /// Does the work on the store's thread. In a write transaction if `writes()`, else in a read transaction.
  virtual void run(Connection& connection) = 0;
  virtual bool writes() const noexcept { return false; }
  /// Asks for the writer itself, for an interactive transaction, instead of running once.
  virtual bool wants_lease() const noexcept { return false; }
  /// Ends the interactive transaction it belongs to.
  virtual Ending ending() const noexcept { return Ending::none; }
  /// After a successful run inside an interactive transaction: whether the reply carries errors, which dooms it.
  virtual bool failed_in_part() const noexcept { return false; }

  const OperationContext& context() const noexcept { return context_; }

  // From the thread that runs it.
  bool start() noexcept;  // false: somebody completed it while it waited
  bool apply() noexcept;  // its effects are now part of what will be committed; false: stopped before
  void finish(std::exception_ptr failure);

  // From any thread.
  /// Completes it with an error now, unless it has ended; a running one notices soon. The outcome of a write that is about
  /// to be committed is unknown.
  void stop(errc code, const std::string& sentence);
  State state() const noexcept { return state_.load(std::memory_order_acquire); }
  bool stop_requested() const noexcept override;

 private:
  friend class Store;
  friend class Timekeeper;
  void complete(std::exception_ptr failure);

  OperationContext context_;
  std::atomic<State> state_{State::queued};
  std::unique_ptr<Completion> completion_;
  Store* store_{};  // lives longer: its threads and the awaiter's frame hold on to it
  std::chrono::steady_clock::time_point alarm_{no_deadline};  // guarded by the timekeeper
};

}  // namespace kinship::sqlite
