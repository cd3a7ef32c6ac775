// Acquire and release of cursor connections.
// Opening happens outside the lock: it may touch the disk.
#include "cursor_pool.hpp"

#include <kinship/error.hpp>

namespace kinship::sqlite {

void CursorPool::start(ConnectionOptions options, unsigned limit, bool open_all) {
  options_ = std::move(options);
  limit_ = limit;
  while (open_all && idle_.size() < limit_) {
    idle_.push_back(std::make_unique<Connection>(options_));
    idle_.back()->refresh();
  }
}

std::unique_ptr<Connection> CursorPool::acquire() {
  {
    const std::lock_guard lock(mutex_);
    if (used_ == limit_ || stopped_)
      throw error(errc::unavailable,
                  "All " + std::to_string(limit_) +
                      " cursors are open: read some to their end or drop them, or raise SqliteOptions::cursors");
    ++used_;
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  try {
    return std::make_unique<Connection>(options_);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    --used_;
    throw;
  }
}

void CursorPool::release(std::unique_ptr<Connection> connection) noexcept {
  connection->watch(nullptr);
  try {
    if (connection->in_transaction()) connection->run(Sql::commit);
  } catch (const std::exception&) {
    connection->forget_statements();
  }
  const std::lock_guard lock(mutex_);
  --used_;
  if (!stopped_) idle_.push_back(std::move(connection));
}

void CursorPool::stop() {
  std::vector<std::unique_ptr<Connection>> idle;
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  idle.swap(idle_);
}

}  // namespace kinship::sqlite
