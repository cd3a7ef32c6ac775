// A transaction: its session, its number, and how far it has come. Known to the seam as a kinship::Session.
// MongoDB begins one with its first command, so beginning and ending an empty one costs nothing.
#pragma once

#include <mutex>
#include <string>

#include <kinship/driver/driver.hpp>

#include "driver/mongodb/activity.hpp"
#include "driver/mongodb/session_lease.hpp"

namespace kinship::mongodb {

class Client;
struct Server;

class MongoSession final : public Session {
 public:
  /// `unknown`: its commit was sent, and nobody knows whether it was done; it may be committed again.
  enum class State : std::uint8_t { starting, running, doomed, unknown, committed, aborted };

  MongoSession(std::weak_ptr<Client> client, SessionLease lease, Activity::Token token, std::string origin,
               OperationContext options);
  /// One that was not ended is rolled back on the server, without waiting.
  ~MongoSession() override;

  State state() const;
  /// A command is about to be sent: true for the first one of the transaction. Throws `transaction_aborted` if it has ended
  /// or something in it has failed.
  bool enter();
  /// Any error ends it, on every store.
  void doom();
  /// For commit and abort: the state it was in. Throws `transaction_aborted` if it cannot be ended like that.
  State finish(State how);
  /// Its end was acknowledged, or given up: the session may be used again, and closing need not wait for it.
  void settle();
  /// Its commit may be sent again.
  void unsettled();

  std::weak_ptr<Client> client() const { return client_; }
  ServerSession& server_session() noexcept { return *lease_.get(); }
  /// Which server it runs on; null before the first command. A sharded cluster's transactions stay on one mongos.
  std::shared_ptr<Server> pinned() const;
  void pin(std::shared_ptr<Server> server);
  const std::string& origin() const noexcept { return origin_; }
  /// How long its end may take; zero: as long as it takes.
  std::chrono::steady_clock::duration budget() const noexcept { return budget_; }
  /// Concerns it was begun with.
  const OperationContext& options() const noexcept { return options_; }

 private:
  [[noreturn]] void refuse_ended(const char* what) const;

  const std::weak_ptr<Client> client_;
  mutable std::mutex mutex_;
  SessionLease lease_;
  Activity::Token token_;
  const std::string origin_;
  const OperationContext options_;
  const std::chrono::steady_clock::duration budget_;
  State state_{State::starting};
  std::shared_ptr<Server> pinned_{};
};

}  // namespace kinship::mongodb
