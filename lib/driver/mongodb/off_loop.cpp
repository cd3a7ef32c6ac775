// A piece of work is shared by its thread and by everyone who waits for it; each waiter leaves by itself.
// A thread that ends after everybody has left finds nobody, and that is all.
#include "driver/mongodb/off_loop.hpp"

#include <openssl/crypto.h>
#include <openssl/ssl.h>

#include <condition_variable>
#include <system_error>
#include <thread>

#include "driver/mongodb/channel_task.hpp"

namespace kinship::mongodb {
namespace {

/// Threads that the end of the program waits for.
class Unfinished {
 public:
  ~Unfinished() {
    std::unique_lock lock(mutex_);
    ended_.wait_for(lock, std::chrono::seconds(2), [this] { return count_ == 0; });
  }
  void add(int change) {
    const std::lock_guard lock(mutex_);
    count_ += change;
    ended_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  int count_{};
};

// OpenSSL is begun first, so that it is cleaned up last.
Unfinished& unfinished() {
  static const int begun = ::OPENSSL_init_ssl(0, nullptr);
  static Unfinished threads;
  static_cast<void>(begun);
  return threads;
}

}  // namespace

/// Somebody who waits.
class OffLoopWaiter final : public detail::LoopOperation, public Timed {
 public:
  OffLoopWaiter(std::shared_ptr<OffLoop> work, std::shared_ptr<Deadlines> deadlines, OffLoop::Texts texts, Deadline deadline)
      : work_(std::move(work)), deadlines_(std::move(deadlines)), texts_(std::move(texts)), deadline_(deadline) {}
  ~OffLoopWaiter() override { deadlines_->unwatch(*this); }

  void start(std::unique_ptr<detail::Completion> completion) override {
    {
      const std::lock_guard lock(mutex_);
      completion_ = std::move(completion);
    }
    deadlines_->watch(*this, deadline_);
    work_->join(std::static_pointer_cast<OffLoopWaiter>(shared_from_this()));
  }
  void cancel() override { give_up(errc::cancelled, texts_.cancelled); }
  void expired() override { give_up(errc::timeout, texts_.late); }
  void end(std::exception_ptr failure) {
    std::unique_ptr<detail::Completion> completion;
    {
      const std::lock_guard lock(mutex_);
      completion = std::move(completion_);
    }
    if (!completion) return;
    deadlines_->unwatch(*this);
    completion->complete(std::move(failure));
    deadlines_->rest();
  }

 private:
  void give_up(errc code, const std::string& sentence) {
    ErrorContext context;
    context.operation = "connect";
    end(std::make_exception_ptr(NetworkError(code, sentence, std::move(context))));
  }

  const std::shared_ptr<OffLoop> work_;
  const std::shared_ptr<Deadlines> deadlines_;
  const OffLoop::Texts texts_;
  const Deadline deadline_;
  std::mutex mutex_;
  std::unique_ptr<detail::Completion> completion_{};
};

std::shared_ptr<OffLoop> OffLoop::begin(Work work, AtExit at_exit) {
  auto self = std::make_shared<OffLoop>();
  const bool counted = at_exit == AtExit::wait;
  if (counted) unfinished().add(1);
  try {
    std::thread([self, counted, work = std::move(work)]() mutable {
      self->run(std::move(work));
      self.reset();
      if (!counted) return;
      ::OPENSSL_thread_stop();  // what OpenSSL keeps for this thread goes before the program may end
      unfinished().add(-1);
    }).detach();
  } catch (const std::system_error& e) {
    if (counted) unfinished().add(-1);
    throw NetworkError(errc::unavailable, std::string("connect needs a thread for a moment, and the system gives none (") +
                                              e.what() + "): raise the limit of threads, or try again");
  }
  return self;
}

void OffLoop::run(Work work) {
  std::exception_ptr failure;
  try {
    work();
  } catch (...) {
    failure = std::current_exception();
  }
  work = nullptr;
  std::vector<std::weak_ptr<OffLoopWaiter>> waiters;
  {
    const std::lock_guard lock(mutex_);
    failure_ = failure;
    ended_ = true;
    waiters.swap(waiters_);
  }
  for (const auto& weak : waiters)
    if (const auto waiter = weak.lock()) waiter->end(failure);
}

void OffLoop::join(const std::shared_ptr<OffLoopWaiter>& waiter) {
  {
    const std::lock_guard lock(mutex_);
    if (!ended_) {
      waiters_.push_back(waiter);
      return;
    }
  }
  waiter->end(failure_);
}

void OffLoop::abandon() {
  std::vector<std::weak_ptr<OffLoopWaiter>> waiters;
  {
    const std::lock_guard lock(mutex_);
    waiters.swap(waiters_);
  }
  for (const auto& weak : waiters)
    if (const auto waiter = weak.lock()) waiter->cancel();
}

static awaitable<void> wait_for(std::shared_ptr<OffLoopWaiter> waiter) {
  co_await detail::await_operation(std::move(waiter));
}

awaitable<void> OffLoop::wait(std::shared_ptr<Deadlines> deadlines, Texts texts, Deadline deadline) {
  return wait_for(std::make_shared<OffLoopWaiter>(shared_from_this(), std::move(deadlines), std::move(texts), deadline));
}

}  // namespace kinship::mongodb
