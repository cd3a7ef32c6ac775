// Wiring: which thread a job goes to, what happens when it is late, and how everything ends.
// Nothing here blocks the caller, except for short locks.
#include "store.hpp"

#include <unistd.h>

#include <filesystem>
#include <thread>

#include "extras.hpp"

namespace kinship::sqlite {
namespace {

unsigned reader_count(unsigned asked) {
  return asked != 0 ? asked : std::clamp(std::thread::hardware_concurrency(), 2u, 4u);
}

std::exception_ptr closed() {
  return std::make_exception_ptr(error(errc::unavailable, "The database is closed: open it again with connect()"));
}

void too_late(Job& job) {
  job.stop(errc::timeout, "The operation did not end before its deadline: allow it more time, or ask for less");
}

}  // namespace

Store::Store(SqliteOptions options)
    : options_(std::move(options)),
      path_(options_.path),
      timekeeper_([this](const std::shared_ptr<Job>& job) { late(job); }),
      writer_(*this) {}

Store::~Store() { shut_down(); }

ConnectionOptions Store::connection_options(bool writable) const {
  ConnectionOptions options;
  options.path = path_;
  options.writable = writable;
  options.durability = options_.memory                                          ? Durability::off
                       : options_.durability == SqliteOptions::Durability::full ? Durability::full
                                                                                : Durability::normal;
  options.secure_delete = options_.secure_delete;
  options.busy_timeout = options_.busy_timeout;
  return options;
}

void Store::start(std::shared_ptr<Job> opening, std::unique_ptr<Completion> completion) {
  opening->store_ = this;
  opening->completion_ = std::move(completion);
  job_begun();
  timekeeper_.add(opening, opening->context().deadline);
  writer_.start(std::move(opening));
}

void Store::choose_path() {
  if (!options_.memory) return;
  std::error_code none;
  std::string folder = (std::filesystem::temp_directory_path(none) / "kinship-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr)
    throw error(errc::unavailable, "No temporary folder can be made as " + folder + ": set TMPDIR to a writable folder");
  path_ = folder + "/memory.db";
}

void Store::hide_path() noexcept {
  std::error_code ignored;
  if (options_.memory) std::filesystem::remove_all(std::filesystem::path(path_).parent_path(), ignored);
}

void Store::open_readers() {
  std::vector<std::unique_ptr<Connection>> readers;
  for (unsigned i = 0; i < reader_count(options_.readers); ++i) {
    readers.push_back(std::make_unique<Connection>(connection_options(false)));
    readers.back()->refresh();
  }
  cursors_.start(connection_options(false), options_.cursors, options_.memory);
  readers_.start(std::move(readers));
}

void Store::submit(std::shared_ptr<Job> job, std::unique_ptr<Completion> completion) {
  job->store_ = this;
  job->completion_ = std::move(completion);
  job_begun();
  const auto* session = dynamic_cast<const SqliteSession*>(job->context().session.get());
  if (abandoned() || (closing_ && session == nullptr)) return job->finish(closed());
  const bool wants_session = job->context().session != nullptr || job->ending() != Ending::none;
  if (wants_session && (session == nullptr || session->store().get() != this))
    return job->finish(std::make_exception_ptr(
        error(errc::transaction_aborted,
              "The transaction belongs to another database: use the handle that transaction() gave you")));
  // What is refused here goes to its transaction all the same, which any failure dooms.
  if (job->context().extras) {
    try {
      check_extras(job->context());
    } catch (const error&) {
      job->finish(std::current_exception());
    }
  }
  if (!job->context().collation.empty())
    job->finish(std::make_exception_ptr(
        error(errc::unsupported,
              "The embedded store compares strings by their bytes: leave the collation out, or store a folded copy")));
  const Deadline deadline = job->context().deadline;
  if (deadline != no_deadline && std::chrono::steady_clock::now() >= deadline && job->ending() == Ending::none)
    too_late(*job);
  if (job->state() == Job::State::finished && session == nullptr) return;
  timekeeper_.add(job, deadline);
  if (session != nullptr)
    writer_.submit(session->lease(), std::move(job));
  else if (job->writes())
    writer_.submit(std::move(job));
  else
    readers_.submit(std::move(job));
}

void Store::late(const std::shared_ptr<Job>& job) {
  const auto deadline = job->context().deadline;
  if (std::chrono::steady_clock::now() >= deadline) return too_late(*job);
  writer_.waited_too_long(*job);
  timekeeper_.add(job, deadline);
}

void Store::job_ended() noexcept {
  if (live_.fetch_sub(1) > 2 || !closing_) return;
  const std::lock_guard lock(ended_mutex_);
  ended_.notify_all();
}

void Store::close(std::shared_ptr<Job> closing, std::unique_ptr<Completion> completion) {
  closing->store_ = this;
  closing->completion_ = std::move(completion);
  closing_ = true;
  live_.fetch_add(1);
  auto finish = [self = shared_from_this(), closing = std::move(closing)]() mutable {
    {
      std::unique_lock lock(self->ended_mutex_);
      auto only_this = [&] { return self->live_ <= 1; };
      const Deadline deadline = closing->context().deadline;
      if (deadline == no_deadline)
        self->ended_.wait(lock, only_this);
      else
        self->ended_.wait_until(lock, deadline, only_this);
    }
    self->abandoned_ = true;
    self->shut_down();
    closing->finish(nullptr);
  };
  std::thread(std::move(finish)).detach();
}

void Store::abandon() {
  closing_ = true;
  abandoned_ = true;
  std::thread([self = shared_from_this()] { self->shut_down(); }).detach();
}

void Store::shut_down() {
  auto everything = [this] {
    readers_.stop();
    writer_.stop();
    timekeeper_.stop();
    cursors_.stop();
  };
  std::call_once(shut_down_, everything);
}

}  // namespace kinship::sqlite
