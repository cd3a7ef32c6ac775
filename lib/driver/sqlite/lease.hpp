// An interactive transaction: what the writer knows about it, and the token that the engine holds.
// All of the state is guarded by the writer's lock.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include <kinship/driver/driver.hpp>

#include "job.hpp"

namespace kinship::sqlite {

struct Lease {
  enum class Phase { active, ended };

  explicit Lease(std::string from) : origin(std::move(from)) {}

  const std::string origin;  // file:line of who began it
  Phase phase{Phase::active};
  std::string reason{};  // why it ended, for what comes after
  bool dropped{};        // its session was destroyed
  std::deque<std::shared_ptr<Job>> jobs{};
};

class SqliteSession final : public Session {
 public:
  SqliteSession(std::shared_ptr<Store> store, std::shared_ptr<Lease> lease)
      : store_(std::move(store)), lease_(std::move(lease)) {}
  /// Asks the writer to roll back, and does not wait for it.
  ~SqliteSession() override;

  const std::shared_ptr<Store>& store() const noexcept { return store_; }
  const std::shared_ptr<Lease>& lease() const noexcept { return lease_; }

 private:
  std::shared_ptr<Store> store_;
  std::shared_ptr<Lease> lease_;
};

/// Waits for the writer and leases it.
class BeginJob final : public Job {
 public:
  BeginJob(std::shared_ptr<Store> store, std::string origin, OperationContext context)
      : Job(std::move(context)),
        session(std::make_shared<SqliteSession>(std::move(store), std::make_shared<Lease>(std::move(origin)))) {}
  void run(Connection&) override {}
  bool writes() const noexcept override { return true; }
  bool wants_lease() const noexcept override { return true; }

  std::shared_ptr<SqliteSession> session;
};

/// Commits or aborts.
class EndJob final : public Job {
 public:
  EndJob(Ending ending, OperationContext context) : Job(std::move(context)), ending_(ending) {}
  void run(Connection&) override {}
  bool writes() const noexcept override { return true; }
  Ending ending() const noexcept override { return ending_; }

 private:
  Ending ending_;
};

}  // namespace kinship::sqlite
