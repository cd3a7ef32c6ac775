// The one asynchronous primitive of the engine; everything else is coroutines over it and over the driver.
// Completion is always posted to the waiter's executor, never made inside open().
#include "engine/gate.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <kinship/error.hpp>

#include <atomic>

namespace kinship::detail {

namespace asio = boost::asio;

namespace {

template <class Handler>
class HandlerWaiter final : public Gate::Waiter, public std::enable_shared_from_this<HandlerWaiter<Handler>> {
 public:
  explicit HandlerWaiter(Handler handler)
      : handler_(std::move(handler)), work_(asio::make_work_guard(asio::get_associated_executor(handler_))) {}

  void listen() {
    auto slot = asio::get_associated_cancellation_slot(handler_);
    if (!slot.is_connected()) return;
    slot.assign([weak = this->weak_from_this()](asio::cancellation_type) {
      if (auto self = weak.lock())
        self->complete(std::make_exception_ptr(error(errc::cancelled, "the call was cancelled while it waited")));
    });
  }

  void complete(std::exception_ptr failure) override {
    if (done_.exchange(true)) return;
    auto executor = work_.get_executor();
    asio::post(executor, [self = this->shared_from_this(), failure] {
      auto slot = asio::get_associated_cancellation_slot(self->handler_);
      if (slot.is_connected()) slot.clear();
      Handler handler = std::move(self->handler_);
      self->work_.reset();
      std::move(handler)(failure);
    });
  }

 private:
  Handler handler_;
  asio::executor_work_guard<asio::associated_executor_t<Handler>> work_;
  std::atomic<bool> done_{false};
};

}  // namespace

struct GateInitiation {
  std::shared_ptr<Gate> gate;

  template <class Handler>
  void operator()(Handler&& handler) {
    // The frame may be resumed, and gone with this object, on another thread before `enter` returns.
    const std::shared_ptr<Gate> keep = gate;
    auto waiter = std::make_shared<HandlerWaiter<std::decay_t<Handler>>>(std::forward<Handler>(handler));
    waiter->listen();
    std::exception_ptr failure;
    if (!keep->enter(waiter, failure)) waiter->complete(failure);
  }
};

bool Gate::enter(std::shared_ptr<Waiter> waiter, std::exception_ptr& failure) {
  const std::lock_guard lock(mutex_);
  if (open_) {
    failure = failure_;
    return false;
  }
  held_.push_back(std::move(waiter));
  return true;
}

bool Gate::is_open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

void Gate::open(std::exception_ptr failure) {
  std::vector<std::shared_ptr<Waiter>> waiters;
  {
    const std::lock_guard lock(mutex_);
    if (open_) return;
    open_ = true;
    failure_ = failure;
    waiters.swap(held_);
  }
  for (const auto& waiter : waiters) waiter->complete(failure);
}

awaitable<void> Gate::wait() {
  return asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(GateInitiation{shared_from_this()},
                                                                                       asio::use_awaitable);
}

namespace {

struct Tally {
  std::mutex mutex;
  std::size_t left;
  std::exception_ptr failure;
  std::shared_ptr<Gate> gate = std::make_shared<Gate>();
};

}  // namespace

static awaitable<void> when_all_of(std::vector<awaitable<void>> tasks) {
  if (tasks.empty()) co_return;
  if (tasks.size() == 1) {
    co_await std::move(tasks.front());
    co_return;
  }
  const auto executor = co_await asio::this_coro::executor;
  auto tally = std::make_shared<Tally>();
  tally->left = tasks.size();
  for (auto& task : tasks)
    asio::co_spawn(executor, std::move(task), [tally](std::exception_ptr failure) {
      bool last;
      {
        const std::lock_guard lock(tally->mutex);
        if (failure && !tally->failure) tally->failure = failure;
        last = --tally->left == 0;
      }
      if (last) tally->gate->open(tally->failure);
    });
  tasks.clear();
  co_await tally->gate->wait();
}

awaitable<void> when_all(std::vector<awaitable<void>> tasks) { return when_all_of(std::move(tasks)); }

}  // namespace kinship::detail
