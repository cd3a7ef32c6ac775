// The one thread that writes. Jobs that wait together share one transaction (group commit) with a savepoint each, and are
// completed after its COMMIT. An interactive transaction leases the thread until it ends; others wait in order.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "connection.hpp"
#include "job.hpp"
#include "lease.hpp"

namespace kinship::sqlite {

/// What SQLite tells after each commit about the write-ahead log.
struct WalState {
  static constexpr int step = 4000;  // frames, of a page each

  int frames{};
  int checkpoint_at{step};  // under constant load; later when readers kept the last checkpoint from finishing
  bool dirty{};             // committed since the last checkpoint
};

class Writer {
 public:
  explicit Writer(Store& store) : store_(store) {}
  ~Writer() { stop(); }

  void start(std::shared_ptr<Job> opening);
  void submit(std::shared_ptr<Job> job);
  /// Within the transaction of `lease`; ended with `transaction_aborted` when that is over.
  void submit(const std::shared_ptr<Lease>& lease, std::shared_ptr<Job> job);
  void drop(Lease& lease) noexcept;
  /// The alarm of a job that waits behind a transaction.
  void waited_too_long(Job& job);
  /// Rolls a transaction back, joins the thread; jobs still queued end with `unavailable`.
  void stop();

 private:
  using Jobs = std::vector<std::shared_ptr<Job>>;

  void loop(std::shared_ptr<Job> opening);
  bool open(Job& opening);
  bool take(Jobs& jobs);
  void run_group(Jobs& jobs);
  void begin();
  bool run_in_group(Job& job, bool alone);
  void hold_lease(std::shared_ptr<Job> begin);
  void commit();
  bool run_in_lease(Lease& lease, Job& job);
  std::shared_ptr<Job> next_of(Lease& lease);
  void end_lease(Lease& lease, std::string reason);
  void roll_back() noexcept;
  void checkpoint() noexcept;

  Store& store_;
  std::unique_ptr<Connection> connection_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<std::shared_ptr<Job>> queue_;
  std::shared_ptr<Lease> lease_;
  bool stopping_{};
  WalState wal_;
  std::thread thread_;
};

}  // namespace kinship::sqlite
