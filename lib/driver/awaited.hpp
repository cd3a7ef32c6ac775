// An operation as a coroutine awaits it: `co_await Awaited(operation)` throws what it failed with. It takes no frame of its
// own, where await_operation takes one. A waiter is one allocation and links itself into its loop's list.
#pragma once

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <optional>
#include <utility>

#include "driver/awaiters.hpp"
#include "driver/completion.hpp"

namespace kinship::detail {

template <class Handler>
class HandlerWaiter final : public Completion, public WaiterLink {
  using Executor = boost::asio::associated_executor_t<Handler>;

  struct Waiting {
    explicit Waiting(Handler h) : handler(std::move(h)), work(boost::asio::make_work_guard(handler)) {}
    Handler handler;
    boost::asio::executor_work_guard<Executor> work;
  };
  struct Kept final : Dropped {
    explicit Kept(Waiting w) : waiting(std::move(w)) {}
    Waiting waiting;
  };

 public:
  HandlerWaiter(std::shared_ptr<WaiterList> list, Handler handler) : list_(std::move(list)), waiting_(std::move(handler)) {
    const std::lock_guard lock(list_->mutex);
    list_->insert(this);
  }
  ~HandlerWaiter() override {
    if (completed_) return;
    std::optional<Waiting> left;  // destroyed without the lock
    const std::lock_guard lock(list_->mutex);
    if (!waiting_) return;
    list_->erase(this);
    left.emplace(std::move(*waiting_));
    waiting_.reset();
  }

  void complete(std::exception_ptr failure, Resume how) override {
    completed_ = true;
    std::unique_lock lock(list_->mutex);
    if (!waiting_) return;
    list_->erase(this);
    Waiting waiting = std::move(*waiting_);
    waiting_.reset();
    if (how == Resume::here && runs_here(waiting.work.get_executor())) {
      lock.unlock();  // the loop is running this very handler: it cannot go
      resume(std::move(waiting), std::move(failure));
      return;
    }
    const auto executor = waiting.work.get_executor();
    boost::asio::post(executor, [waiting = std::move(waiting), failure = std::move(failure)]() mutable {
      resume(std::move(waiting), std::move(failure));
    });  // under the lock: the loop cannot go meanwhile
  }

  std::unique_ptr<Dropped> drop() override {
    auto kept = std::make_unique<Kept>(std::move(*waiting_));
    waiting_.reset();
    return kept;
  }

 private:
  static bool runs_here(const Executor& executor) noexcept {
    if constexpr (requires { executor.template target<boost::asio::io_context::executor_type>(); }) {
      const auto* target = executor.template target<boost::asio::io_context::executor_type>();
      return target != nullptr && target->running_in_this_thread();
    } else {
      return false;
    }
  }
  static void resume(Waiting waiting, std::exception_ptr failure) {
    waiting.work.reset();
    std::move(waiting.handler)(std::move(failure));  // a coroutine's, which clears its slot itself
  }

  std::shared_ptr<WaiterList> list_;
  std::optional<Waiting> waiting_;  // guarded by the list's mutex
  bool completed_{};                // known to its owner only, who destroys it
};

/// What asynchronous initiation calls with the handler; it is part of the awaiting frame.
class StartOperation {
 public:
  explicit StartOperation(std::shared_ptr<LoopOperation> operation) : operation_(std::move(operation)) {}

  template <class Handler>
  void operator()(Handler handler) const {
    auto slot = boost::asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected())
      slot.assign([weak = std::weak_ptr(operation_)](boost::asio::cancellation_type) {
        if (const auto target = weak.lock()) target->cancel();
      });
    auto& loop = boost::asio::query(boost::asio::get_associated_executor(handler), boost::asio::execution::context);
    auto waiter = std::make_unique<HandlerWaiter<Handler>>(waiters_of(loop), std::move(handler));
    // The frame may be resumed, and gone with this object, on another thread before `start` returns.
    const std::shared_ptr<LoopOperation> keep = operation_;
    keep->start(std::move(waiter));
  }

 private:
  std::shared_ptr<LoopOperation> operation_;  // kept here while the frame waits: the slot knows it weakly
};

/// An asynchronous operation in Asio's sense.
class Awaited {
 public:
  explicit Awaited(std::shared_ptr<LoopOperation> operation) : start_(std::move(operation)) {}

  template <boost::asio::completion_token_for<void(std::exception_ptr)> Token>
  auto operator()(Token&& token) const {
    return boost::asio::async_initiate<Token, void(std::exception_ptr)>(start_, token);
  }

 private:
  const StartOperation start_;
};

}  // namespace kinship::detail
