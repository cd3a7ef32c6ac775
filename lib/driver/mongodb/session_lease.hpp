// A server session on loan from its pool, for one operation or as long as a cursor or a transaction.
// Given back when it is destroyed.
#pragma once

#include <memory>
#include <optional>

#include "driver/mongodb/session_pool.hpp"

namespace kinship::mongodb {

class SessionLease {
 public:
  SessionLease() = default;
  SessionLease(std::shared_ptr<ServerSessionPool> pool, std::optional<int> timeout_minutes)
      : pool_(std::move(pool)), minutes_(timeout_minutes), session_(pool_->acquire(Clock::now(), minutes_)) {}
  SessionLease(SessionLease&& other) noexcept { swap(other); }
  SessionLease& operator=(SessionLease&& other) noexcept {
    SessionLease old(std::move(other));
    swap(old);
    return *this;
  }
  ~SessionLease() {
    if (pool_) pool_->release(session_, Clock::now(), minutes_);
  }

  explicit operator bool() const noexcept { return pool_ != nullptr; }
  ServerSession* operator->() noexcept { return &session_; }
  ServerSession* get() noexcept { return pool_ ? &session_ : nullptr; }

 private:
  void swap(SessionLease& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(minutes_, other.minutes_);
    std::swap(session_, other.session_);
  }

  std::shared_ptr<ServerSessionPool> pool_{};
  std::optional<int> minutes_{};
  ServerSession session_{};
};

}  // namespace kinship::mongodb
