// The reader's loop: take, BEGIN, run each, COMMIT.
// An answer is given as soon as its job has run; the transaction around it only saves SQLite the repeated locking.
#include "reader_pool.hpp"

#include <algorithm>

namespace kinship::sqlite {
namespace {

void run_read(Connection& connection, Job& job) {
  if (!job.start()) return;
  connection.watch(&job);
  try {
    if (!connection.in_transaction()) {
      connection.run(Sql::begin);
      connection.refresh();
    }
    job.run(connection);
  } catch (...) {
    connection.watch(nullptr);
    job.finish(std::current_exception());
    return;
  }
  connection.watch(nullptr);
  job.finish(nullptr);
}

}  // namespace

void ReaderPool::start(std::vector<std::unique_ptr<Connection>> connections) {
  const std::lock_guard lock(mutex_);
  connections_ = std::move(connections);
  for (auto& connection : connections_) threads_.emplace_back([this, &connection] { loop(*connection); });
}

void ReaderPool::submit(std::shared_ptr<Job> job) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      queue_.push_back(std::move(job));
      work_.notify_one();
      return;
    }
  }
  job->finish(std::make_exception_ptr(error(errc::unavailable, "The database is closed: open it again with connect()")));
}

bool ReaderPool::take(std::vector<std::shared_ptr<Job>>& jobs) {
  std::unique_lock lock(mutex_);
  work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  if (stopping_) return false;
  const std::size_t share = std::clamp<std::size_t>(queue_.size() / threads_.size(), 1, 64);
  for (std::size_t i = 0; i < share; ++i) {
    jobs.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return true;
}

void ReaderPool::loop(Connection& connection) {
  std::vector<std::shared_ptr<Job>> jobs;
  while (take(jobs)) {
    for (auto& job : jobs) {
      run_read(connection, *job);
      job.reset();
    }
    jobs.clear();
    try {
      if (connection.in_transaction()) connection.run(Sql::commit);
    } catch (const std::exception&) {  // a read has nothing to lose; the next BEGIN tells
      connection.forget_statements();
    }
  }
}

void ReaderPool::stop() {
  std::deque<std::shared_ptr<Job>> left;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    left.swap(queue_);
    work_.notify_all();
  }
  for (auto& job : left)
    job->finish(std::make_exception_ptr(error(errc::unavailable, "The database was closed before this operation ran")));
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  connections_.clear();
}

}  // namespace kinship::sqlite
