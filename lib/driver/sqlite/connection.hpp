// One SQLite connection with what it caches: prepared statements and the catalogue as of its last transaction.
// Used by one thread at a time; what it runs can be stopped from others through the job's flag.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "catalog.hpp"
#include "statements.hpp"

namespace kinship::sqlite {

enum class Durability : std::uint8_t { off, normal, full };

struct ConnectionOptions {
  std::string path;
  bool writable{};
  Durability durability{Durability::normal};
  bool secure_delete{};
  std::chrono::milliseconds busy_timeout{5000};
};

/// Asked by a running statement, from its thread, whether to stop.
class StopFlag {
 public:
  virtual bool stop_requested() const noexcept = 0;

 protected:
  ~StopFlag() = default;
};

class Connection {
 public:
  /// Opens and sets the file up for use, without looking into it. Throws in words.
  explicit Connection(const ConnectionOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  sqlite3* handle() const noexcept { return db_; }
  /// Runs SQL that is not worth caching; several statements, if need be.
  void execute(const std::string& sql);
  /// Runs one statement that is: BEGIN, COMMIT and their like.
  void run(Sql kind) { statement(kind).run(); }
  Statement prepare_once(const std::string& sql);
  Statement statement(Sql kind, std::int64_t collection = 0, std::int64_t index = 0);
  bool in_transaction() const noexcept;

  /// Reads the catalogue's generation, which also takes the snapshot, and the catalogue if it changed.
  void refresh();
  Catalog& catalog() noexcept { return catalog_; }
  const Catalog& catalog() const noexcept { return catalog_; }
  /// After a rollback that took catalogue changes back, or before tables go.
  void forget_catalog();
  void forget_statements();

  /// What stops the statements run from now on; null: nothing.
  void watch(const StopFlag* flag) noexcept { flag_ = flag; }
  /// Throws `cancelled` when a stop was asked for; for loops outside SQLite.
  void check() const;

 private:
  void use_wal(const std::string& path);
  static int on_progress(void* self);
  static int on_busy(void* self, int count);

  sqlite3* db_{};
  std::unordered_map<std::uint64_t, sqlite3_stmt*> statements_;
  std::unordered_map<std::string, sqlite3_stmt*> texts_;
  Catalog catalog_;
  const StopFlag* flag_{};
  std::chrono::milliseconds busy_timeout_;
  std::chrono::steady_clock::time_point busy_since_{};
};

}  // namespace kinship::sqlite
