// A session: what the server knows it by, what it has seen, and its transaction. Known to the seam as a kinship::Session.
// MongoDB begins a transaction with its first command, so beginning and ending an empty one costs nothing. Thread-safe.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include <kinship/driver/driver.hpp>

#include "driver/mongodb/activity.hpp"
#include "driver/mongodb/session_lease.hpp"

namespace kinship::mongodb {

class Client;
struct Server;

class MongoSession final : public Session {
 public:
  /// Of its transaction. `unknown`: its commit was sent, and nobody knows whether it was done; it may be committed again.
  /// `none`: there is none yet, or none any more.
  enum class State : std::uint8_t { starting, running, doomed, unknown, committed, aborted, none };
  /// The seam's sessions are one transaction each and refuse what comes after it; others last.
  enum class Kind : std::uint8_t { one_transaction, lasting };

  struct Settings {
    bool causal{true};  // reads see at least what the session has seen or written before, on whichever member
    bool snapshot{};    // all reads see the data of one moment, that of the first; no transactions
    std::chrono::milliseconds timeout{};  // of its transactions' ends; 0: the client's
  };
  MongoSession(std::weak_ptr<Client> client, SessionLease lease, Kind kind, Settings settings);
  /// A transaction that was not ended is rolled back on the server, without waiting.
  ~MongoSession() override;

  /// Begins a transaction; `token` lasts until it is settled. Throws `invalid_query` if one is in progress.
  void begin(Activity::Token token, std::string origin, OperationContext options);
  State state() const;
  /// Whether commands belong to a transaction now.
  bool in_transaction() const;
  /// A command is about to be sent: true for the first one of a transaction. Throws `transaction_aborted` if that has ended
  /// or something in it has failed; a lasting session goes on without it.
  bool enter();
  /// Any error ends a transaction, on every store.
  void doom();
  /// For commit and abort: the state it was in (`starting`: nothing is to be sent). `committed` again is for a commit whose
  /// result is not known. Throws `transaction_aborted` or `invalid_query` if it cannot be ended like that.
  State finish(State how);
  /// Its end was acknowledged, or given up: closing need not wait for it. `known` false: it may be committed once more.
  void settle(bool known);

  /// After each reply, errors included: its operationTime and recovery token.
  void saw(bson::DocumentView reply);
  /// What reads are to come after; nullopt: nothing, or the session is not causal.
  std::optional<std::uint64_t> read_after() const;
  bool is_snapshot() const noexcept { return settings_.snapshot; }
  /// The moment a snapshot session reads; nullopt: none yet.
  std::optional<std::uint64_t> read_at() const;
  /// What the mongos of a sharded transaction gave for its end; may be empty.
  bson::Document recovery_token() const;

  std::weak_ptr<Client> client() const { return client_; }
  ServerSession& server_session() noexcept { return *lease_.get(); }
  /// Which server its transaction runs on; null before the first command. On a sharded cluster it stays on one mongos.
  std::shared_ptr<Server> pinned() const;
  void pin(std::shared_ptr<Server> server);
  /// How long the transaction may take, its end included; zero: as long as it takes.
  std::chrono::steady_clock::duration budget() const;
  /// By when its operations must be done.
  Deadline deadline() const;
  std::chrono::milliseconds timeout() const noexcept { return settings_.timeout; }
  /// When the transaction was begun.
  std::chrono::steady_clock::time_point began() const;
  /// Concerns the transaction was begun with.
  OperationContext options() const;

 private:
  [[noreturn]] void refuse_ended(const char* what) const;
  [[noreturn]] void refuse(const char* what) const;

  const std::weak_ptr<Client> client_;
  const Kind kind_;
  const Settings settings_;
  mutable std::mutex mutex_;
  SessionLease lease_;
  std::optional<std::uint64_t> operation_time_{}, snapshot_time_{};
  // Of the transaction.
  Activity::Token token_{};
  std::string origin_{};
  OperationContext options_{};
  std::chrono::steady_clock::time_point began_{};
  std::chrono::steady_clock::duration budget_{};
  State state_{State::none};
  bool empty_{};  // ended without a command
  std::shared_ptr<Server> pinned_{};
  bson::Document recovery_token_{};
};

}  // namespace kinship::mongodb
