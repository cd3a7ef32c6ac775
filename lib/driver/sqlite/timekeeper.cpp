// The alarms, ordered by time. An alarm is taken out before it is called, and never called under the lock.
// `late` may add the job again with a later time.
#include "timekeeper.hpp"

#include "job.hpp"

namespace kinship::sqlite {

void Timekeeper::add(const std::shared_ptr<Job>& job, Time time) {
  if (time == Time::max()) return;
  const std::lock_guard lock(mutex_);
  if (stopping_ || job->alarm_ <= time || job->state() == Job::State::finished) return;
  if (!thread_.joinable()) thread_ = std::thread([this] { loop(); });
  if (job->alarm_ != Time::max()) alarms_.erase({job->alarm_, job.get()});
  job->alarm_ = time;
  alarms_.emplace(std::pair(time, job.get()), job);
  // Its thread may be waiting for an alarm that was taken out: one needless waking then, instead of one for each operation.
  if (time < waits_until_) changed_.notify_one();
}

void Timekeeper::remove(Job& job) {
  std::shared_ptr<Job> keep;  // destroyed after the lock is released
  const std::lock_guard lock(mutex_);
  if (job.alarm_ == Time::max()) return;
  const auto at = alarms_.find({job.alarm_, &job});
  job.alarm_ = Time::max();
  if (at == alarms_.end()) return;
  keep = std::move(at->second);
  alarms_.erase(at);
}

void Timekeeper::loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (alarms_.empty()) {
      waits_until_ = Time::max();
      changed_.wait(lock);
      continue;
    }
    const auto first = alarms_.begin();
    if (first->first.first > std::chrono::steady_clock::now()) {
      waits_until_ = first->first.first;
      const Time until = waits_until_;
      changed_.wait_until(lock, until);
      continue;
    }
    std::shared_ptr<Job> job = std::move(first->second);
    alarms_.erase(first);
    job->alarm_ = Time::max();
    lock.unlock();
    late_(job);
    job.reset();
    lock.lock();
  }
}

void Timekeeper::stop() {
  decltype(alarms_) left;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    left.swap(alarms_);
    for (auto& [at, job] : left) job->alarm_ = Time::max();
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace kinship::sqlite
