// Threads that run reads, each with a connection of its own. A thread takes a share of what is queued and runs it under one
// BEGIN that comes after the taking, so that a job sees everything that was committed before it was queued.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "connection.hpp"
#include "job.hpp"

namespace kinship::sqlite {

class ReaderPool {
 public:
  struct Statistics {
    std::size_t readers{}, idle{}, queued{};
    bool stopped{};
  };

  ~ReaderPool() { stop(); }

  void start(std::vector<std::unique_ptr<Connection>> connections);
  void submit(std::shared_ptr<Job> job);
  /// Joins the threads; jobs still queued end with `unavailable`.
  void stop();
  Statistics statistics() const;

 private:
  void loop(Connection& connection);
  bool take(std::vector<std::shared_ptr<Job>>& jobs);
  void run_read(Connection& connection, Job& job, bool last);

  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::deque<std::shared_ptr<Job>> queue_;
  // Readers that have answered and will look at the queue in a moment: no other needs to be woken for what they will find.
  std::atomic<std::size_t> settling_{};
  std::size_t started_{}, idle_{};
  bool stopping_{};
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::thread> threads_;
};

}  // namespace kinship::sqlite
