// The open store: options, threads and connections, and the way of a job from an awaiter to a thread.
// Writes go to the one writer, reads to the pool, operations of a transaction to the writer that it leases.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "cursor_pool.hpp"
#include "driver.hpp"
#include "job.hpp"
#include "reader_pool.hpp"
#include "timekeeper.hpp"
#include "writer.hpp"

namespace kinship::sqlite {

class Store final : public std::enable_shared_from_this<Store>, public StopFlag {
 public:
  explicit Store(SqliteOptions options);
  ~Store();

  const SqliteOptions& options() const noexcept { return options_; }
  Timekeeper& timekeeper() noexcept { return timekeeper_; }
  Writer& writer() noexcept { return writer_; }
  CursorPool& cursors() noexcept { return cursors_; }
  const ReaderPool& readers() const noexcept { return readers_; }
  ConnectionOptions connection_options(bool writable) const;

  /// Starts the writer thread, which opens the file and then completes `opening`.
  void start(std::shared_ptr<Job> opening, std::unique_ptr<Completion> completion);
  // Called on the writer's thread while it opens.
  /// For a temporary database: a folder of its own.
  void choose_path();
  /// The connections besides the writer's.
  void open_readers();
  /// Removes a temporary database's names; the connections keep the files until they are closed or the process ends.
  void hide_path() noexcept;
  /// Queues a job where it belongs; `completion` is called once, from whatever thread ends it.
  void submit(std::shared_ptr<Job> job, std::unique_ptr<Completion> completion);

  /// Refuses new work, waits for what is under way, stops the rest at the deadline, frees everything, completes. Does the
  /// waiting on a thread of its own, which keeps the store alive.
  void close(std::shared_ptr<Job> closing, std::unique_ptr<Completion> completion);
  /// The last handle is gone: as close with a deadline in the past, and nobody waits.
  void abandon();
  bool stop_requested() const noexcept override { return abandoned(); }
  bool abandoned() const noexcept { return abandoned_.load(std::memory_order_relaxed); }

  void job_begun() noexcept { live_.fetch_add(1); }
  void job_ended() noexcept;

 private:
  void shut_down();
  void late(const std::shared_ptr<Job>& job);

  const SqliteOptions options_;
  std::string path_;  // of the file; a temporary one for memory
  std::atomic<bool> closing_{};
  std::atomic<bool> abandoned_{};
  std::atomic<std::int64_t> live_{};  // jobs and transactions under way
  std::mutex ended_mutex_;
  std::condition_variable ended_;
  std::once_flag shut_down_;
  Timekeeper timekeeper_;
  CursorPool cursors_;
  Writer writer_;
  ReaderPool readers_;
};

/// Owns the store for a driver: when it goes, the store is shut down without waiting.
class StoreHandle {
 public:
  explicit StoreHandle(std::shared_ptr<Store> store) : store_(std::move(store)) {}
  StoreHandle(StoreHandle&&) = default;
  StoreHandle& operator=(StoreHandle&&) = delete;
  ~StoreHandle() {
    if (store_ != nullptr) store_->abandon();
  }
  const std::shared_ptr<Store>& operator*() const noexcept { return store_; }
  Store* operator->() const noexcept { return store_.get(); }

 private:
  std::shared_ptr<Store> store_;
};

}  // namespace kinship::sqlite
