// A count under a mutex.
// Waking is done without it.
#include "driver/mongodb/activity.hpp"

#include <kinship/error.hpp>

namespace kinship::mongodb {

Activity::Token Activity::begin(bool in_transaction) {
  const std::lock_guard lock(mutex_);
  if (closed_ || (closing_ && !in_transaction))
    throw error(errc::unavailable, "The database was closed: connect again before using it");
  ++count_;
  return Token(shared_from_this());
}

void Activity::close(const std::shared_ptr<Pause>& pause) {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    if (count_ > 0) {
      waiting_.push_back(pause);
      return;
    }
  }
  pause->wake();
}

void Activity::closed() {
  const std::lock_guard lock(mutex_);
  closing_ = closed_ = true;
}

bool Activity::is_closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

void Activity::ended() {
  std::vector<std::shared_ptr<Pause>> waiting;
  {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) waiting.swap(waiting_);
  }
  for (const auto& pause : waiting) pause->wake();
}

}  // namespace kinship::mongodb
