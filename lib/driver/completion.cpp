// Asio's side of an operation. Every event loop has a list of the awaiters it may still get a completion for: when the loop
// goes, the list drops their handlers. A waiter is one allocation and links itself into the list.
#include "driver/completion.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <mutex>
#include <optional>

namespace kinship::detail {
namespace {

namespace asio = boost::asio;

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

class WaiterService final : public asio::execution_context::service {
 public:
  using key_type = WaiterService;
  static asio::execution_context::id id;

  explicit WaiterService(asio::execution_context& context) : service(context) {}
  const std::shared_ptr<WaiterList>& list() const noexcept { return list_; }

 private:
  void shutdown() override {
    for (;;) {
      std::unique_ptr<Dropped> dropped;  // destroyed without the lock
      const std::lock_guard lock(list_->mutex);
      WaiterLink* link = list_->first;
      if (link == nullptr) return;
      list_->erase(link);
      dropped = link->drop();
    }
  }
  std::shared_ptr<WaiterList> list_ = std::make_shared<WaiterList>();
};

asio::execution_context::id WaiterService::id;

template <class Executor>
bool runs_here(const Executor& executor) noexcept {
  if constexpr (requires { executor.template target<asio::io_context::executor_type>(); }) {
    const auto* target = executor.template target<asio::io_context::executor_type>();
    return target != nullptr && target->running_in_this_thread();
  } else {
    return false;
  }
}

template <class Handler>
class HandlerWaiter final : public Completion, public WaiterLink {
  using Executor = asio::associated_executor_t<Handler>;

  struct Waiting {
    explicit Waiting(Handler h) : handler(std::move(h)), work(asio::make_work_guard(handler)) {}
    Handler handler;
    asio::executor_work_guard<Executor> work;
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
    asio::post(executor, [waiting = std::move(waiting), failure = std::move(failure)]() mutable {
      resume(std::move(waiting), std::move(failure));
    });  // under the lock: the loop cannot go meanwhile
  }

  std::unique_ptr<Dropped> drop() override {
    auto kept = std::make_unique<Kept>(std::move(*waiting_));
    waiting_.reset();
    return kept;
  }

 private:
  static void resume(Waiting waiting, std::exception_ptr failure) {
    asio::get_associated_cancellation_slot(waiting.handler).clear();
    waiting.work.reset();
    std::move(waiting.handler)(std::move(failure));
  }

  std::shared_ptr<WaiterList> list_;
  std::optional<Waiting> waiting_;  // guarded by the list's mutex
  bool completed_{};                // known to its owner only, who destroys it
};

/// What asynchronous initiation calls with the handler; it is part of the awaiting frame.
struct StartOperation {
  std::shared_ptr<LoopOperation> operation;  // kept here while the frame waits: the slot knows it weakly

  template <class Handler>
  void operator()(Handler handler) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected())
      slot.assign([weak = std::weak_ptr(operation)](asio::cancellation_type) {
        if (const auto target = weak.lock()) target->cancel();
      });
    auto& context = asio::query(asio::get_associated_executor(handler), asio::execution::context);
    auto list = asio::use_service<WaiterService>(context).list();
    auto waiter = std::make_unique<HandlerWaiter<Handler>>(std::move(list), std::move(handler));
    // The frame may be resumed, and gone with this object, on another thread before `start` returns.
    const std::shared_ptr<LoopOperation> keep = operation;
    keep->start(std::move(waiter));
  }
};

}  // namespace

awaitable<void> await_operation(std::shared_ptr<LoopOperation> operation) {
  return asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(StartOperation{std::move(operation)},
                                                                                       asio::use_awaitable);
}

}  // namespace kinship::detail
