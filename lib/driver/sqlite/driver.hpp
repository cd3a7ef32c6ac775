// The embedded store: the seam over an SQLite file in WAL mode, with a writer thread and a pool of readers.
// What is done where: FACTS in short comments of store.hpp, writer.hpp and reader_pool.hpp.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <kinship/driver/driver.hpp>

namespace kinship {

struct SqliteOptions {
  enum class Durability { normal, full };

  std::string path{};
  /// A private temporary database instead of `path`; gone when it is closed, or when the process ends in whatever way.
  bool memory{};
  /// normal: a power failure may lose the last commits, never corrupt; full: a commit is on the disk when it is
  /// acknowledged.
  Durability durability{Durability::normal};
  /// Reader threads; 0: by the number of cores, two to four.
  unsigned readers{};
  /// Cursors that may be open at once (each pins a connection and a snapshot).
  unsigned cursors{8};
  /// How long a write waits behind an interactive transaction.
  std::chrono::milliseconds lease_timeout{5000};
  /// How long a transaction may stay without an operation before it is rolled back; 0: for ever.
  std::chrono::milliseconds idle_transaction_limit{60000};
  /// How long to wait for another process's write transaction.
  std::chrono::milliseconds busy_timeout{5000};
  /// Overwrite deleted content with zeros.
  bool secure_delete{};
};

/// Opens, and makes the file if there is none. All file work happens on the store's own thread. Errors: `unavailable`
/// (folder missing or not writable), `store` (not a database), `unsupported` (written by a newer Kinship), `timeout`
/// (locked).
awaitable<std::shared_ptr<Driver>> open_sqlite(SqliteOptions options);

}  // namespace kinship
