// The list is searched only when the timer fires, which is seldom: it holds what is under way, hundreds at most.
// Whatever expires is called without the lock.
#include "driver/mongodb/deadlines.hpp"

#include <vector>

namespace kinship::mongodb {

namespace asio = boost::asio;

Deadlines::Deadlines(asio::any_io_executor executor) { timer_.emplace(std::move(executor)); }

void Deadlines::watch(Timed& timed, Deadline at) {
  if (at == no_deadline) return;
  const std::lock_guard lock(mutex_);
  timed.at_ = at;
  timed.watched_ = true;
  timed.previous_ = nullptr;
  timed.next_ = first_;
  if (first_ != nullptr) first_->previous_ = &timed;
  first_ = &timed;
  if (at < armed_) arm(at);
}

void Deadlines::unwatch(Timed& timed) noexcept {
  const std::lock_guard lock(mutex_);
  if (!timed.watched_) return;
  timed.watched_ = false;
  (timed.previous_ != nullptr ? timed.previous_->next_ : first_) = timed.next_;
  if (timed.next_ != nullptr) timed.next_->previous_ = timed.previous_;
}

void Deadlines::rest() {
  const std::lock_guard lock(mutex_);
  if (first_ != nullptr || armed_ == no_deadline || !timer_) return;
  armed_ = no_deadline;
  timer_->cancel();
}

void Deadlines::stop() noexcept {
  const std::lock_guard lock(mutex_);
  timer_.reset();
}

void Deadlines::arm(Deadline at) {
  if (!timer_) return;
  armed_ = at;
  timer_->expires_at(at);  // ends an earlier wait with operation_aborted
  timer_->async_wait([weak = weak_from_this()](boost::system::error_code code) {
    if (code) return;
    if (const auto self = weak.lock()) self->fired();
  });
}

void Deadlines::fired() {
  std::vector<std::shared_ptr<Timed>> due;
  {
    const std::lock_guard lock(mutex_);
    const Deadline now = std::chrono::steady_clock::now();
    Deadline next = no_deadline;
    for (Timed* timed = first_; timed != nullptr;) {
      Timed* const following = timed->next_;
      if (timed->at_ > now) {
        next = std::min(next, timed->at_);
      } else if (auto owner = timed->weak_from_this().lock()) {
        timed->watched_ = false;
        (timed->previous_ != nullptr ? timed->previous_->next_ : first_) = following;
        if (following != nullptr) following->previous_ = timed->previous_;
        due.push_back(std::move(owner));
      }
      timed = following;
    }
    armed_ = no_deadline;
    if (next != no_deadline) arm(next);
  }
  for (const auto& timed : due) timed->expired();
  rest();
}

}  // namespace kinship::mongodb
