// The awaiting side of a checkout.
// Texts say how long was waited, for what, and what would help.
#include "driver/mongodb/pool_waiter.hpp"

namespace kinship::mongodb {

PoolWaiter::~PoolWaiter() { pool_->dialer_->deadlines()->unwatch(*this); }

void PoolWaiter::start(std::unique_ptr<detail::Completion> completion) {
  completion_ = std::move(completion);
  began_ = std::chrono::steady_clock::now();
  pool_->enter(std::static_pointer_cast<PoolWaiter>(shared_from_this()));
}

void PoolWaiter::cancel() { give_up(errc::cancelled, "the operation was cancelled while it waited for a connection"); }

void PoolWaiter::expired() {
  give_up(errc::timeout, "no connection was free before the deadline: raise maxPoolSize, or allow the operation more time");
}

void PoolWaiter::give_up(errc code, const std::string& why) {
  {
    const std::lock_guard lock(pool_->mutex_);
    if (!waiting_) return;
    pool_->leave(*this);
    pool_->tell(PoolEvent::Kind::check_out_failed, 0, "timeout");
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began_);
    ErrorContext context;
    context.operation = operation_;
    failure_ = std::make_exception_ptr(NetworkError(
        code, operation_ + " on " + pool_->address().text() + " after " + std::to_string(time.count()) + " ms: " + why,
        std::move(context)));
  }
  end();
}

void PoolWaiter::end() {
  pool_->dialer_->deadlines()->unwatch(*this);
  if (completion_) completion_->complete(failure_);
  completion_.reset();
  pool_->dialer_->deadlines()->rest();
}

}  // namespace kinship::mongodb
