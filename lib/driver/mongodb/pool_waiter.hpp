// Somebody who waits for a connection of a pool.
// Served, refused, cancelled or too late: the pool's mutex decides which, once.
#pragma once

#include <memory>
#include <string>

#include "driver/completion.hpp"
#include "driver/mongodb/pool.hpp"

namespace kinship::mongodb {

class PoolWaiter final : public detail::LoopOperation, public Timed {
 public:
  PoolWaiter(std::shared_ptr<Pool> pool, std::string operation, Deadline deadline)
      : pool_(std::move(pool)), operation_(std::move(operation)), deadline_(deadline) {}
  ~PoolWaiter() override;

  void start(std::unique_ptr<detail::Completion> completion) override;
  void cancel() override;
  void expired() override;
  const std::string& operation() const noexcept { return operation_; }

  Lease lease{};

 private:
  friend class Pool;
  /// Without a lock: tells the awaiter.
  void end();
  void give_up(errc code, const std::string& why);

  const std::shared_ptr<Pool> pool_;
  const std::string operation_;
  const Deadline deadline_;
  Deadline began_{};
  // Guarded by the pool's mutex.
  std::unique_ptr<detail::Completion> completion_{};
  std::exception_ptr failure_{};
  bool waiting_{};
};

}  // namespace kinship::mongodb
