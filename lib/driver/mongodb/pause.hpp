// A wait that ends at a time or when somebody says so, whichever is first.
// For monitors between two checks, and for operations until the topology changes.
#pragma once

#include <memory>
#include <mutex>

#include "driver/completion.hpp"
#include "driver/mongodb/deadlines.hpp"

namespace kinship::mongodb {

class Pause final : public detail::LoopOperation, public Timed {
 public:
  enum class End : std::uint8_t { woken, late, cancelled };

  Pause(std::shared_ptr<Deadlines> deadlines, Deadline until) : deadlines_(std::move(deadlines)), until_(until) {}
  ~Pause() override { deadlines_->unwatch(*this); }

  /// From any thread, also before the wait began: then it ends at once.
  void wake() { end(End::woken); }
  /// How it ended.
  End result() const noexcept { return result_; }

  void start(std::unique_ptr<detail::Completion> completion) override {
    {
      const std::lock_guard lock(mutex_);
      if (!ended_) completion_ = std::move(completion);
    }
    if (completion) return completion->complete(nullptr);
    deadlines_->watch(*this, until_);
  }
  void cancel() override { end(End::cancelled); }
  void expired() override { end(End::late); }

 private:
  void end(End how) {
    std::unique_ptr<detail::Completion> completion;
    {
      const std::lock_guard lock(mutex_);
      if (ended_) return;
      ended_ = true;
      result_ = how;
      completion = std::move(completion_);
    }
    deadlines_->unwatch(*this);
    if (completion) completion->complete(nullptr);
    deadlines_->rest();
  }

  const std::shared_ptr<Deadlines> deadlines_;
  const Deadline until_;
  std::mutex mutex_;
  std::unique_ptr<detail::Completion> completion_{};
  bool ended_{};
  End result_{};
};

}  // namespace kinship::mongodb
