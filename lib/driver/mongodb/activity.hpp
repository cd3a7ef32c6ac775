// What is under way in a client, so that closing can wait for it: operations, and transactions between their operations.
// After closing has begun only what belongs to an open transaction may still start.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "driver/mongodb/pause.hpp"

namespace kinship::mongodb {

class Activity : public std::enable_shared_from_this<Activity> {
 public:
  /// Counts as long as it lives. Move-only.
  class Token {
   public:
    Token() = default;
    explicit Token(std::shared_ptr<Activity> activity) : activity_(std::move(activity)) {}
    Token(Token&&) noexcept = default;
    Token& operator=(Token&& other) noexcept {
      end();
      activity_ = std::move(other.activity_);
      return *this;
    }
    ~Token() { end(); }

   private:
    void end() noexcept {
      if (activity_) activity_->ended();
      activity_.reset();
    }
    std::shared_ptr<Activity> activity_{};
  };

  /// Throws `unavailable` when the client is closed, or closing and this is not part of a transaction.
  Token begin(bool in_transaction);
  /// From now on nothing new; `pause` is woken when nothing is left.
  void close(const std::shared_ptr<Pause>& pause);
  /// Nothing at all may start.
  void closed();
  bool is_closed() const;

 private:
  void ended();

  mutable std::mutex mutex_;
  std::size_t count_{};
  bool closing_{}, closed_{};
  std::vector<std::shared_ptr<Pause>> waiting_;
};

}  // namespace kinship::mongodb
