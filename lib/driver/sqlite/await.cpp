// Asio's side of a job. Every event loop has a list of the awaiters it may still get a completion for: when the loop goes,
// the list drops them, and completions that come later find nobody instead of a loop that is gone.
#include "await.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <mutex>
#include <optional>

#include "store.hpp"

namespace kinship::sqlite {
namespace {

namespace asio = boost::asio;

class Waiter {
 public:
  virtual ~Waiter() = default;
  virtual void post(std::exception_ptr failure) = 0;
};

/// Outlives the loop: shared by its service and by the completions.
struct WaiterList {
  std::mutex mutex;
  std::list<std::unique_ptr<Waiter>> waiters;
  bool gone{};
};

class WaiterService final : public asio::execution_context::service {
 public:
  using key_type = WaiterService;
  static asio::execution_context::id id;

  explicit WaiterService(asio::execution_context& context) : service(context) {}
  const std::shared_ptr<WaiterList>& list() const noexcept { return list_; }

 private:
  void shutdown() override {
    std::list<std::unique_ptr<Waiter>> left;
    const std::lock_guard lock(list_->mutex);
    list_->gone = true;
    left.swap(list_->waiters);
  }
  std::shared_ptr<WaiterList> list_ = std::make_shared<WaiterList>();
};

asio::execution_context::id WaiterService::id;

template <class Handler>
class HandlerWaiter final : public Waiter {
 public:
  explicit HandlerWaiter(Handler handler) : handler_(std::move(handler)), work_(asio::make_work_guard(handler_)) {}

  void post(std::exception_ptr failure) override {
    const auto executor = work_.get_executor();
    auto resume = [handler = std::move(handler_), work = std::move(work_), failure = std::move(failure)]() mutable {
      asio::get_associated_cancellation_slot(handler).clear();
      std::move(handler)(std::move(failure));
    };
    asio::post(executor, std::move(resume));
  }

 private:
  Handler handler_;
  asio::executor_work_guard<asio::associated_executor_t<Handler>> work_;
};

class LoopCompletion final : public Completion {
 public:
  LoopCompletion(std::shared_ptr<WaiterList> list, std::unique_ptr<Waiter> waiter) : list_(std::move(list)) {
    const std::lock_guard lock(list_->mutex);
    at_ = list_->waiters.insert(list_->waiters.end(), std::move(waiter));
  }
  void complete(std::exception_ptr failure) override {
    std::unique_ptr<Waiter> waiter;  // destroyed without the lock
    const std::lock_guard lock(list_->mutex);
    if (list_->gone) return;
    waiter = std::move(*at_);
    list_->waiters.erase(at_);
    waiter->post(std::move(failure));  // under the lock: the loop cannot go meanwhile
  }

 private:
  std::shared_ptr<WaiterList> list_;
  std::list<std::unique_ptr<Waiter>>::iterator at_;
};

using Send = void (*)(Store&, std::shared_ptr<Job>, std::unique_ptr<Completion>);

awaitable<void> wait_for(std::shared_ptr<Store> store, std::shared_ptr<Job> job, Send send) {
  auto initiate = [&store, &job, send](auto handler) {
    using Handler = decltype(handler);
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected())
      slot.assign([weak = std::weak_ptr(job)](asio::cancellation_type) {
        if (const auto target = weak.lock()) target->stop(errc::cancelled, "The operation was cancelled");
      });
    auto& context = asio::query(asio::get_associated_executor(handler), asio::execution::context);
    auto list = asio::use_service<WaiterService>(context).list();
    auto waiter = std::make_unique<HandlerWaiter<Handler>>(std::move(handler));
    // The frame may be resumed, and gone, on another thread before `send` returns.
    const std::shared_ptr<Store> keep = store;
    const std::shared_ptr<Job> sent = job;
    send(*keep, sent, std::make_unique<LoopCompletion>(std::move(list), std::move(waiter)));
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(initiate, asio::use_awaitable);
}

}  // namespace

awaitable<void> await_job(std::shared_ptr<Store> store, std::shared_ptr<Job> job) {
  Send send = [](Store& to, std::shared_ptr<Job> what, std::unique_ptr<Completion> completion) {
    to.submit(std::move(what), std::move(completion));
  };
  return wait_for(std::move(store), std::move(job), send);
}

awaitable<void> await_opening(std::shared_ptr<Store> store, std::shared_ptr<Job> job) {
  Send send = [](Store& to, std::shared_ptr<Job> what, std::unique_ptr<Completion> completion) {
    to.start(std::move(what), std::move(completion));
  };
  return wait_for(std::move(store), std::move(job), send);
}

awaitable<void> await_closing(std::shared_ptr<Store> store, std::shared_ptr<Job> job) {
  Send send = [](Store& to, std::shared_ptr<Job> what, std::unique_ptr<Completion> completion) {
    to.close(std::move(what), std::move(completion));
  };
  return wait_for(std::move(store), std::move(job), send);
}

}  // namespace kinship::sqlite
