// How notes get from the client to its observers. What they say is made in announcer_events.cpp.
// Posting under the announcer's own lock is what keeps the loop alive meanwhile: loop_gone() needs the same lock.
#include "driver/mongodb/announcer.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace kinship::mongodb {

void Announcer::keep(Note note) {
  const std::lock_guard lock(mutex_);
  if (gone_) return;
  if (notes_.size() >= most_waiting) {
    ++lost_;
    return;
  }
  notes_.push_back(std::move(note));
  if (telling_) return;
  telling_ = true;
  post();
}

void Announcer::post() {
  try {
    boost::asio::post(executor_, [self = shared_from_this()] { self->deliver(); });
  } catch (...) {  // without memory: the next event tries again
    telling_ = false;
  }
}

void Announcer::deliver() {
  std::vector<std::shared_ptr<Pause>> waiting;
  for (int told = 0;; ++told) {
    std::optional<Note> note;
    {
      const std::lock_guard lock(mutex_);
      if (notes_.empty() || gone_) {
        telling_ = false;
        waiting.swap(waiting_);
        break;
      }
      if (told == told_at_once) {
        post();
        return;
      }
      note.emplace(std::move(notes_.front()));
      notes_.pop_front();
    }
    say(*note);
  }
  for (const auto& pause : waiting) pause->wake();
}

void Announcer::say(const Note& note) const noexcept {
  std::visit(
      [&](const auto& event) {
        using E = std::decay_t<decltype(event)>;
        tell(event, note.detailed ? std::get_if<E>(&*note.detailed) : nullptr);
      },
      note.event);
}

void Announcer::loop_gone() noexcept {
  std::deque<Note> untold;
  const std::lock_guard lock(mutex_);
  gone_ = true;
  untold.swap(notes_);
}

awaitable<void> Announcer::flush(std::shared_ptr<Announcer> self, std::shared_ptr<Deadlines> deadlines, Deadline deadline) {
  const auto pause = std::make_shared<Pause>(std::move(deadlines), deadline);
  {
    const std::lock_guard lock(self->mutex_);
    if (!self->telling_ || self->gone_) co_return;
    self->waiting_.push_back(pause);
  }
  co_await kinship::detail::await_operation(pause);
}

std::uint64_t Announcer::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

}  // namespace kinship::mongodb
