// One client session as plain data: its server session, what it has seen (for causal consistency), and its transaction's
// state. Used by one operation at a time; nothing here sends anything.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include <kinship/value/bson.hpp>

#include "driver/mongodb/address.hpp"
#include "driver/mongodb/concern.hpp"
#include "driver/mongodb/selection.hpp"
#include "driver/mongodb/session_pool.hpp"

namespace kinship::mongodb {

struct TransactionOptions {
  std::string read_concern{};  // a level; "": the server's default
  WriteConcern write_concern{};
  ReadSelector read_selector{};  // of the whole transaction; servers take primary only
  std::optional<Milliseconds> max_commit_time{};
};

enum class TransactionState : std::uint8_t { none, starting, in_progress, committed, aborted };

class ClientSession {
 public:
  /// What a call for commit or abort comes to.
  enum class Ending : std::uint8_t { send, nothing_to_send };

  explicit ClientSession(ServerSession server, bool causal = true) : server_(server), causal_(causal) {}

  ServerSession& server() noexcept { return server_; }
  const ServerSession& server() const noexcept { return server_; }
  TransactionState state() const noexcept { return state_; }
  bool in_transaction() const noexcept {
    return state_ == TransactionState::starting || state_ == TransactionState::in_progress;
  }
  const TransactionOptions& options() const noexcept { return options_; }

  /// Throws `invalid_query` if one is in progress, or if its writes would not be acknowledged.
  void begin(TransactionOptions options);
  /// The number of the next retryable write; the same number goes with its retry.
  std::int64_t next_txn_number() noexcept { return ++server_.txn_number; }

  /// Appends lsid, and inside a transaction its fields; `read_concern` is the operation's own level, for commands that read
  /// outside of transactions. A transaction that was committed or aborted is left by this.
  void append_to(bson::Builder& command, bool reads, const std::string& read_concern = {});
  /// The first command of the transaction was sent (or was to be sent, and it is not known).
  void sent() noexcept {
    if (state_ == TransactionState::starting) state_ = TransactionState::in_progress;
  }

  /// Both throw `invalid_query` without a transaction to end. A commit may be asked for again; nothing was sent in a
  /// transaction without operations, so nothing is to be sent for its end.
  Ending commit();
  Ending abort();
  /// To send after `send`. Call `commit_retried()` before the command is built for a second time: then it asks for a
  /// majority, because the first one may have been done by a primary that is none any more.
  bson::Document commit_command();
  bson::Document abort_command();
  void commit_retried() noexcept { commit_again_ = true; }

  /// After each reply, errors included.
  void saw(std::optional<std::uint64_t> operation_time) noexcept {
    if (operation_time) operation_time_ = std::max(operation_time_.value_or(0), *operation_time);
  }
  std::optional<std::uint64_t> operation_time() const noexcept { return operation_time_; }

  /// In a sharded cluster a transaction stays with one mongos, and carries what it gave for its recovery.
  std::optional<Address> pinned{};
  bson::Document recovery_token{};

 private:
  void append_read_concern(bson::Builder& command, const std::string& level) const;
  void append_transaction(bson::Builder& command) const;
  bson::Document ending_command(const char* name, const WriteConcern& concern);

  ServerSession server_;
  bool causal_;
  std::optional<std::uint64_t> operation_time_{};
  TransactionOptions options_{};
  TransactionState state_{TransactionState::none};
  bool empty_{};  // committed or aborted without operations
  bool commit_again_{};
};

}  // namespace kinship::mongodb
