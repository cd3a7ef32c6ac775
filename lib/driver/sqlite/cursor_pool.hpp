// Connections for open cursors: each pins one for as long as it lives, with its snapshot, so there is a bound.
// For a temporary database they are opened ahead, because its name is gone by the time a cursor wants one.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "connection.hpp"

namespace kinship::sqlite {

class CursorPool {
 public:
  void start(ConnectionOptions options, unsigned limit, bool open_all);
  /// A connection of one's own; `unavailable` when the bound is reached.
  std::unique_ptr<Connection> acquire();
  void release(std::unique_ptr<Connection> connection) noexcept;
  void stop();

 private:
  std::mutex mutex_;
  ConnectionOptions options_;
  unsigned limit_{};
  unsigned used_{};
  bool stopped_{};
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace kinship::sqlite
