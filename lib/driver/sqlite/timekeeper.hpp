// One thread that wakes at the earliest deadline of the jobs under way and ends those that are late.
// A thread and not a timer on the awaiter's loop: jobs are late while they run here, whatever that loop does.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace kinship::sqlite {

class Job;

class Timekeeper {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Late = std::function<void(const std::shared_ptr<Job>&)>;

  explicit Timekeeper(Late late) : late_(std::move(late)) {}
  ~Timekeeper() { stop(); }

  /// Calls `late(job)` at `time`, from the timekeeper's thread. A job has one alarm; an earlier one replaces it.
  void add(const std::shared_ptr<Job>& job, Time time);
  void remove(Job& job);
  void stop();

 private:
  void loop();

  Late late_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::pair<Time, Job*>, std::shared_ptr<Job>> alarms_;
  std::thread thread_;  // started by the first alarm
  Time waits_until_{Time::max()};
  bool stopping_{};
};

}  // namespace kinship::sqlite
