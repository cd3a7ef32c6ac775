// The writer's part for interactive transactions: from BEGIN until commit, abort, a failure, or silence beyond the limit.
// A failure rolls back at once and frees the writer; what the transaction sends afterwards is refused with the reason.
#include "lease.hpp"

#include "store.hpp"
#include "writer.hpp"

namespace kinship::sqlite {
namespace {

std::exception_ptr aborted(const std::string& reason) {
  return std::make_exception_ptr(
      error(errc::transaction_aborted, "The transaction is over (" + reason + "): nothing of it was kept, run it again"));
}

std::string text_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const error& e) {
    return e.sentence();
  } catch (const std::exception& e) {
    return e.what();
  }
}

}  // namespace

SqliteSession::~SqliteSession() { store_->writer().drop(*lease_); }

void Writer::drop(Lease& lease) noexcept {
  const std::lock_guard lock(mutex_);
  lease.dropped = true;
  work_.notify_all();
}

void Writer::submit(const std::shared_ptr<Lease>& lease, std::shared_ptr<Job> job) {
  std::string reason;
  {
    const std::lock_guard lock(mutex_);
    if (lease->phase == Lease::Phase::active && lease_ == lease && !stopping_) {
      lease->jobs.push_back(std::move(job));
      work_.notify_all();
      return;
    }
    reason = lease->reason;
  }
  // Aborting what is already undone succeeds.
  job->finish(job->ending() == Ending::abort && reason != "it was committed" ? nullptr : aborted(reason));
}

void Writer::hold_lease(std::shared_ptr<Job> begin) {
  if (!begin->start()) return;
  const std::shared_ptr<Lease> lease = static_cast<BeginJob&>(*begin).session->lease();
  try {
    this->begin();
  } catch (...) {
    roll_back();
    return begin->finish(std::current_exception());
  }
  std::deque<std::shared_ptr<Job>> waiting;
  {
    const std::lock_guard lock(mutex_);
    lease_ = lease;
    waiting = queue_;
  }
  store_.job_begun();
  const auto until = std::chrono::steady_clock::now() + store_.options().lease_timeout;
  for (const auto& job : waiting) store_.timekeeper().add(job, until);
  waiting.clear();
  begin->finish(nullptr);
  begin.reset();  // if nobody waited for the session any more, it goes here and the transaction with it
  while (const auto job = next_of(*lease))
    if (!run_in_lease(*lease, *job)) break;
  store_.job_ended();
}

std::shared_ptr<Job> Writer::next_of(Lease& lease) {
  std::unique_lock lock(mutex_);
  auto ready = [&] { return stopping_ || lease.dropped || !lease.jobs.empty(); };
  const auto limit = store_.options().idle_transaction_limit;
  bool idle = false;
  if (limit.count() == 0)
    work_.wait(lock, ready);
  else
    idle = !work_.wait_for(lock, limit, ready);
  if (!idle && !stopping_ && !lease.jobs.empty()) {
    auto job = std::move(lease.jobs.front());
    lease.jobs.pop_front();
    return job;
  }
  const char* reason = idle        ? "it was idle for longer than idle_transaction_limit"
                       : stopping_ ? "the database was closed"
                                   : "it was dropped without a commit";
  lock.unlock();
  end_lease(lease, reason);
  return nullptr;
}

bool Writer::run_in_lease(Lease& lease, Job& job) {
  if (!job.start()) {
    end_lease(lease, "an operation was cancelled or late before it ran");
    return false;
  }
  connection_->watch(&job);
  std::exception_ptr failure;
  const Ending ending = job.ending();
  try {
    if (ending == Ending::none) job.run(*connection_);
    if (!job.apply()) throw error(errc::cancelled, "an operation was cancelled or late");
    connection_->watch(nullptr);
    if (ending == Ending::commit) commit();
  } catch (...) {
    failure = std::current_exception();
  }
  connection_->watch(nullptr);
  const bool over = failure != nullptr || ending != Ending::none || job.failed_in_part();
  if (over)
    end_lease(lease, failure != nullptr         ? "an operation failed: " + text_of(failure)
                     : ending == Ending::commit ? "it was committed"
                     : ending == Ending::abort  ? "it was aborted"
                                                : "a write had errors");
  job.finish(failure);
  return !over;
}

void Writer::end_lease(Lease& lease, std::string reason) {
  if (connection_->in_transaction()) roll_back();
  std::deque<std::shared_ptr<Job>> left;
  {
    const std::lock_guard lock(mutex_);
    lease.phase = Lease::Phase::ended;
    lease.reason = reason;
    lease_.reset();
    left.swap(lease.jobs);
  }
  for (auto& job : left) job->finish(job->ending() == Ending::abort ? nullptr : aborted(reason));
}

void Writer::waited_too_long(Job& job) {
  std::string origin;
  {
    const std::lock_guard lock(mutex_);
    if (lease_ == nullptr || job.state() != Job::State::queued) return;
    origin = lease_->origin;
  }
  job.stop(errc::timeout, "This write waited in vain for the transaction begun at " + origin +
                              ": inside a transaction use tx, the database handed to it, and keep transactions short");
}

}  // namespace kinship::sqlite
