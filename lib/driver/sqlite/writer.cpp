// The writer's loop and group commit.
// A job that fails gives back only its own savepoint; the others of its group are committed.
#include "writer.hpp"

#include <sqlite3.h>

#include <utility>

#include "schema.hpp"
#include "store.hpp"

namespace kinship::sqlite {
namespace {

constexpr std::size_t largest_group = 256;
constexpr auto idle_after = std::chrono::milliseconds(50);

std::exception_ptr closed() {
  return std::make_exception_ptr(error(errc::unavailable, "The database was closed before this operation ran"));
}

}  // namespace

void Writer::start(std::shared_ptr<Job> opening) {
  thread_ = std::thread([this, opening = std::move(opening)]() mutable { loop(std::move(opening)); });
}

bool Writer::open(Job& opening) {
  if (!opening.start()) return false;
  try {
    store_.choose_path();
    connection_ = std::make_unique<Connection>(store_.connection_options(true));
    connection_->watch(&opening);
    prepare_schema(*connection_, store_.options().memory ? "The temporary database" : store_.options().path);
    store_.open_readers();
    connection_->watch(nullptr);
    auto count_frames = [](void* state, sqlite3*, const char*, int frames) {
      auto& wal = *static_cast<WalState*>(state);
      if (frames < wal.frames) wal.checkpoint_at = WalState::step;  // the log began again
      wal.frames = frames;
      wal.dirty = true;
      return SQLITE_OK;
    };
    sqlite3_wal_hook(connection_->handle(), count_frames, &wal_);
  } catch (...) {
    connection_.reset();
    store_.hide_path();
    opening.finish(std::current_exception());
    return false;
  }
  store_.hide_path();
  opening.finish(nullptr);
  return true;
}

void Writer::loop(std::shared_ptr<Job> opening) {
  const bool opened = open(*opening);
  opening.reset();
  Jobs jobs;
  while (opened && take(jobs)) {
    if (jobs.front()->wants_lease())
      hold_lease(std::move(jobs.front()));
    else
      run_group(jobs);
    jobs.clear();
    if (wal_.frames >= wal_.checkpoint_at) checkpoint();
  }
}

bool Writer::take(Jobs& jobs) {
  std::unique_lock lock(mutex_);
  auto ready = [this] { return stopping_ || !queue_.empty(); };
  if (!ready() && wal_.dirty && !work_.wait_for(lock, idle_after, ready)) {
    lock.unlock();
    checkpoint();
    lock.lock();
  }
  work_.wait(lock, ready);
  if (stopping_) return false;
  do {
    jobs.push_back(std::move(queue_.front()));
    queue_.pop_front();
  } while (!jobs.back()->wants_lease() && jobs.size() < largest_group && !queue_.empty() && !queue_.front()->wants_lease());
  return true;
}

void Writer::run_group(Jobs& jobs) {
  Jobs applied;
  try {
    begin();
    for (auto& job : jobs)
      if (run_in_group(*job, jobs.size() == 1)) applied.push_back(job);
    if (connection_->in_transaction()) commit();
  } catch (...) {
    roll_back();
    const auto failure = std::current_exception();
    for (auto& job : jobs) job->finish(failure);
    return;
  }
  for (auto& job : applied) job->finish(nullptr);
}

void Writer::commit() {
  try {
    connection_->run(Sql::commit);
  } catch (const error& e) {
    // Writing the log failed half way: whether the disk has the commit shows when the file is read again.
    ErrorContext context = e.context();
    context.outcome = Outcome::unknown;
    throw error(static_cast<errc>(e.code().value()), e.sentence(), std::move(context));
  }
}

void Writer::begin() {
  connection_->watch(&store_);  // waiting for another process ends when the database is closed
  connection_->run(Sql::begin_write);
  connection_->watch(nullptr);
  connection_->refresh();
}

bool Writer::run_in_group(Job& job, bool alone) {
  if (!job.start()) return false;
  std::exception_ptr failure;
  const auto generation = connection_->catalog().generation();
  connection_->watch(&job);
  try {
    if (!alone) connection_->run(Sql::savepoint);
    job.run(*connection_);
  } catch (...) {
    failure = std::current_exception();
  }
  connection_->watch(nullptr);
  if (failure == nullptr && job.apply()) {
    if (!alone) connection_->run(Sql::release);
    return true;
  }
  if (!connection_->in_transaction()) {  // SQLite gave up the whole transaction (disk full, ...): nobody's work is kept
    connection_->forget_catalog();
    if (failure == nullptr) return false;
    std::rethrow_exception(failure);
  }
  connection_->execute(alone ? "ROLLBACK" : "ROLLBACK TO job; RELEASE job");
  if (connection_->catalog().generation() != generation) {
    connection_->forget_catalog();
    if (!alone) connection_->refresh();
  }
  if (failure != nullptr) job.finish(failure);
  return false;
}

void Writer::roll_back() noexcept {
  connection_->watch(nullptr);
  connection_->forget_catalog();
  try {
    if (connection_->in_transaction()) connection_->run(Sql::rollback);
  } catch (const std::exception&) {
    connection_->forget_statements();
  }
}

void Writer::checkpoint() noexcept {
  int in_log = 0, done = 0;
  sqlite3_wal_checkpoint_v2(connection_->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, &done);
  wal_.checkpoint_at = wal_.frames + WalState::step;
  wal_.dirty = false;
}

void Writer::submit(std::shared_ptr<Job> job) {
  bool waits = false;
  {
    std::unique_lock lock(mutex_);
    if (!stopping_) {
      waits = lease_ != nullptr;
      queue_.push_back(job);
      lock.unlock();  // what is woken needs it
      if (!waits) return work_.notify_one();
    }
  }
  if (!waits) return job->finish(closed());
  store_.timekeeper().add(job, std::chrono::steady_clock::now() + store_.options().lease_timeout);
}

void Writer::stop() {
  std::deque<std::shared_ptr<Job>> left;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    left.swap(queue_);
    work_.notify_all();
  }
  for (auto& job : left) job->finish(closed());
  if (thread_.joinable()) thread_.join();
  connection_.reset();
}

}  // namespace kinship::sqlite
