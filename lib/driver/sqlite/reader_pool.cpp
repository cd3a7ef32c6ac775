// The reader's loop: take, BEGIN, run each, COMMIT.
// An answer is given as soon as its job has run; the transaction around it only saves SQLite the repeated locking.
#include "reader_pool.hpp"

#include <algorithm>

namespace kinship::sqlite {

// The awaiter of the last job often asks again at once: this thread is said to be free before it is told.
void ReaderPool::run_read(Connection& connection, Job& job, bool last) {
  const bool started = job.start();
  if (!started && last) settling_.fetch_add(1);
  if (!started) return;
  connection.watch(&job);
  std::exception_ptr failure;
  try {
    if (!connection.in_transaction()) {
      connection.run(Sql::begin);
      connection.refresh();
    }
    job.run(connection);
  } catch (...) {
    failure = std::current_exception();
  }
  connection.watch(nullptr);
  if (last) settling_.fetch_add(1);
  job.finish(std::move(failure));
}

void ReaderPool::start(std::vector<std::unique_ptr<Connection>> connections) {
  const std::lock_guard lock(mutex_);
  connections_ = std::move(connections);
  started_ = connections_.size();
  for (auto& connection : connections_) threads_.emplace_back([this, &connection] { loop(*connection); });
}

void ReaderPool::submit(std::shared_ptr<Job> job) {
  {
    std::unique_lock lock(mutex_);
    if (!stopping_) {
      queue_.push_back(std::move(job));
      const bool wake = queue_.size() > settling_.load();
      lock.unlock();
      if (wake) work_.notify_one();
      return;
    }
  }
  job->finish(std::make_exception_ptr(error(errc::unavailable, "The database is closed: open it again with connect()")));
}

bool ReaderPool::take(std::vector<std::shared_ptr<Job>>& jobs) {
  std::unique_lock lock(mutex_);
  if (!jobs.empty()) settling_.fetch_sub(1);  // under the lock: whoever queues sees either this or the waiting
  jobs.clear();
  ++idle_;
  work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  --idle_;
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
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      run_read(connection, *jobs[i], i + 1 == jobs.size());
      jobs[i].reset();
    }
    try {
      if (connection.in_transaction()) connection.run(Sql::commit);
    } catch (const std::exception&) {  // a read has nothing to lose; the next BEGIN tells
      connection.forget_statements();
    }
  }
}

ReaderPool::Statistics ReaderPool::statistics() const {
  const std::lock_guard lock(mutex_);
  return {started_, idle_, queue_.size(), stopping_};
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
