// Where a coroutine waits for something of a driver's own: completed on the coroutine's executor, cancelled through its
// slot, and safe when its event loop is destroyed first: completions that come later find nobody instead of a loop that is
// gone.
#pragma once

#include <exception>
#include <memory>

#include <kinship/fwd.hpp>

namespace kinship::detail {

/// How an awaiting coroutine goes on. `here`: at once, if its executor is the one now running a handler; only from
/// completion handlers of I/O and timers, with no lock held, never from inside the initiating call.
enum class Resume : unsigned char { posted, here };

/// What is called when an operation has ended, once, from any thread. Destroying one that was not called abandons the
/// coroutine.
class Completion {
 public:
  virtual ~Completion() = default;
  virtual void complete(std::exception_ptr failure, Resume how = Resume::posted) = 0;
};

/// Something that can be awaited; it keeps what it needs itself.
class LoopOperation {
 public:
  virtual ~LoopOperation() = default;
  /// Begins; `completion` is called when it has ended, which may be before this returns.
  virtual void start(std::unique_ptr<Completion> completion) = 0;
  /// The awaiting coroutine was cancelled: completes soon, with an error if it is not too late. From any thread.
  virtual void cancel() = 0;
};

/// Starts the operation and waits; throws what it failed with.
awaitable<void> await_operation(std::shared_ptr<LoopOperation> operation);

}  // namespace kinship::detail
