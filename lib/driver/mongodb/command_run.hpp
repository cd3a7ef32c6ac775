// What one command keeps from one try to the next: where it goes, what is added to it, and what becomes of a failure.
// Every decision about a try goes by the connection it was made on. For command_run.cpp alone.
#pragma once

#include <random>

#include <kinship/driver/extras.hpp>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/client.hpp"
#include "driver/mongodb/command_fields.hpp"
#include "driver/mongodb/command_watch.hpp"
#include "driver/mongodb/reply_error.hpp"
#include "driver/mongodb/retry.hpp"

namespace kinship::mongodb {

/// From this one on, MongoDB 5.0, there are snapshot reads outside of transactions.
inline constexpr int wire_with_snapshots = 13;

class CommandRun {
 public:
  CommandRun(Client& client, Command& command, MongoSession* session) : client_(client), command_(command), given_(session) {
    if (given_ != nullptr && command_.ending == Ending::none) first_in_transaction_ = given_->enter();
    if (given_ != nullptr && (command_.ending != Ending::none || given_->in_transaction())) transaction_ = given_;
    target_.writes = command_.writes && !command_.anywhere;
    if (!target_.writes) target_.read = read_selector(client_.uri(), command_.context, transaction_ != nullptr);
    silent_ = is_unacknowledged(client_.uri(), command_);
  }

  /// Where to look for a server. `tried`: known_server() gave this one, and there are no connections to it now.
  Target target(const Server* tried) const {
    Target out = target_;
    const auto pinned = command_.server || transaction_ == nullptr ? command_.server : transaction_->pinned();
    if (tried != nullptr && pinned.get() == tried) out.only = tried;
    return out;
  }
  /// Until when. Whoever ends a cursor does not wait long for a server in trouble: it forgets cursors by itself.
  Deadline selection_deadline() const {
    const Deadline deadline = command_.context.deadline;
    return command_.name == "killCursors" ? std::min(deadline, Clock::now() + std::chrono::seconds(1)) : deadline;
  }
  bool silent() const noexcept { return silent_; }

  std::shared_ptr<Server> known_server() {
    if (command_.server) return command_.server;
    if (transaction_ != nullptr) {
      auto pinned = transaction_->pinned();
      if (pinned) return pinned;
    }
    view_ = client_.deployment()->view();
    auto server = client_.deployment()->try_select(*view_, target_);
    if (!server) view_ = nullptr;  // a later one will have it
    return server;
  }

  Request request(const std::shared_ptr<Server>& server, const Connection& connection, Answer& answer) {
    wire_version_ = connection.server.max_wire;
    const auto view = view_ ? std::move(view_) : client_.deployment()->view();
    CommandFields fields = session_fields(connection, answer);
    fields.time_limit = time_limit(*server);
    if (transaction_ != nullptr && view->topology.type == TopologyType::sharded) transaction_->pin(server);
    Request out;
    const bson::Document more = command_fields(client_, command_, fields, target_.read, connection, view->topology.type);
    out.bytes = make_message(silent_ ? flag_more_to_come : 0, command_.body, more, command_.sequences);
    check_size(out.bytes.size(), connection);
    out.operation = command_.name;
    out.deadline = exchange_deadline();
    out.writes = command_.writes;
    out.silent = silent_;
    out.opens_cursor = command_.opens_cursor;
    session_ = fields.session;
    if (EventListener* const listener = client_.listener()) {
      watch_ = std::make_unique<CommandWatch>(*listener, command_.name, connection);
      watch_->started(command_.body, more, command_.sequences);
    }
    return out;
  }

  /// The connection failed. Throws unless it may be tried again.
  void connection_failed(const NetworkError& failure, const std::shared_ptr<Server>& server, const Lease& lease, bool sent) {
    if (sent && session_ != nullptr) session_->dirty = true;
    if (sent && watch_) watch_->failed(failure.sentence());
    const bool lost = failure.code() == errc::unavailable;
    const bool slow = failure.code() == errc::timeout && command_.context.deadline > Clock::now();  // socketTimeoutMS
    if (lease && lost) {
      OperationFailure report;
      report.address = server->address;
      report.generation = lease->generation;
      report.text = failure.sentence();
      client_.deployment()->failed(report);
    }
    if (!lost && !slow) {
      if (first_failure_ && !sent) std::rethrow_exception(first_failure_);
      throw NetworkError(failure);
    }
    const ServerError as_reply = network_error(failure.sentence(), attempt());
    const bool unsent_write = !sent && tries_ == 0 && command_.retry == Retry::as_write && transaction_ == nullptr &&
                              client_.uri().options.retry_writes.value_or(true);
    if (unsent_write || may_retry(as_reply)) return again(server, as_reply, std::make_exception_ptr(failure));
    if (first_failure_ && !sent) std::rethrow_exception(first_failure_);  // it tells more
    if (transaction_ == nullptr)
      throw CommandError(static_cast<errc>(failure.code().value()), failure.sentence(), failure.context(), as_reply);
    const Outcome outcome = command_.ending == Ending::commit && sent ? Outcome::unknown : Outcome::not_applied;
    throw to_error(as_reply, place(*server), outcome);
  }

  /// Throws what the reply says went wrong, unless it may be tried again: then false. Errors of single writes pass.
  bool accept(const Answer& answer, const std::shared_ptr<Server>& server, std::uint64_t generation) {
    if (watch_) watch_->answered(answer.body());
    client_.cluster_time().advance(answer.body()["$clusterTime"]);
    if (given_ != nullptr) given_->saw(answer.body());
    auto failure = read_error(answer.body(), attempt());
    if (!failure) return true;
    if (failure->shape != ErrorShape::write) {
      OperationFailure report;
      report.address = server->address;
      report.generation = generation;
      report.kind = OperationFailure::Kind::reply;
      report.reply = answer.body();
      client_.deployment()->failed(report);
    }
    if (may_retry(*failure)) {
      again(server, *failure, std::make_exception_ptr(error_of(*failure, *server, answer.body())));
      return false;
    }
    if (failure->shape == ErrorShape::write) return true;
    if (first_failure_ && failure->has_label("NoWritesPerformed")) std::rethrow_exception(first_failure_);
    throw error_of(*failure, *server, answer.body());
  }

  /// It is out, and no reply will come.
  void silently_sent() {
    if (watch_) watch_->sent();
  }

  void selection_failed() const {
    if (first_failure_) std::rethrow_exception(first_failure_);
  }
  std::chrono::milliseconds pause() const noexcept { return pause_; }

 private:
  Attempt attempt() const {
    Attempt out;
    out.commit = command_.ending == Ending::commit;
    out.abort = command_.ending == Ending::abort;
    out.in_transaction = transaction_ != nullptr && command_.ending == Ending::none;
    out.retryable_write = retryable_number_ != 0;
    out.wire_version = wire_version_;
    return out;
  }

  bool may_retry(const ServerError& failure) const {
    const UriOptions& options = client_.uri().options;
    if (command_.context.deadline <= Clock::now()) return false;
    if (is_overloaded(failure)) {
      const bool may_read = command_.write_concern || options.retry_reads.value_or(true);
      const bool may_write = !command_.writes || options.retry_writes.value_or(true);  // of a raw command: both
      if (command_.ending == Ending::none && !(may_read && may_write)) return false;
      return tries_ < static_cast<int>(options.max_adaptive_retries.value_or(2));
    }
    if ((unsure_ && !client_.uri().options.timeout) || silent_) return false;  // timeoutMS bounds tries by time alone
    if (command_.ending != Ending::none) return may_retry_write(failure);
    if (transaction_ != nullptr || command_.server) return false;
    if (command_.retry == Retry::as_read) return options.retry_reads.value_or(true) && may_retry_read(failure);
    return retryable_number_ != 0 && may_retry_write(failure);
  }

  void again(const std::shared_ptr<Server>& server, const ServerError& failure, std::exception_ptr raised) {
    ++tries_;
    unsure_ = unsure_ || !is_overloaded(failure);
    if (!first_failure_) first_failure_ = raised;
    target_.deprioritized.push_back(server->address);
    pause_ = std::chrono::milliseconds(0);
    if (is_overloaded(failure)) {
      thread_local std::minstd_rand random{std::random_device{}()};
      pause_ = overload_backoff(tries_, std::uniform_real_distribution<double>(0, 1)(random));
    }
    client_.tried_again({command_.name, command_.collection, tries_ + 1, &server->address, &failure, pause_});
  }

  CommandFields session_fields(const Connection& connection, Answer& answer) {
    CommandFields fields;
    fields.repeated_commit = command_.ending == Ending::commit && (unsure_ || command_.repeated);
    if (given_ != nullptr && connection.server.type != ServerType::standalone) fields.read_after = given_->read_after();
    if (given_ != nullptr && given_->is_snapshot()) {
      if (connection.server.max_wire < wire_with_snapshots)
        throw error(errc::unsupported, "Snapshot reads require MongoDB 5.0 or later: read without, or upgrade the server");
      if (!command_.server) fields.snapshot = given_;  // a cursor goes on in its own
    }
    if (transaction_ != nullptr) {
      fields.transaction = transaction_;
      fields.session = &transaction_->server_session();
      fields.transaction_number = fields.session->txn_number;
      fields.first_in_transaction = first_in_transaction_;
      return fields;
    }
    if (command_.session != nullptr) {
      fields.session = command_.session;
      return fields;
    }
    const auto minutes = connection.server.logical_session_timeout_minutes;
    if (given_ == nullptr && (!minutes || silent_)) return fields;
    if (given_ == nullptr && !answer.session) answer.session = SessionLease(client_.sessions(), minutes);
    fields.session = given_ != nullptr ? &given_->server_session() : answer.session.get();
    const bool numbered = command_.retry == Retry::as_write && connection.server.type != ServerType::standalone &&
                          client_.uri().options.retry_writes.value_or(true);
    if (numbered && retryable_number_ == 0) retryable_number_ = ++fields.session->txn_number;
    fields.transaction_number = numbered ? retryable_number_ : 0;
    return fields;
  }

  std::int64_t time_limit(const Server& server) const {
    const Deadline deadline = command_.context.deadline;
    if (!command_.time_limit) return 0;
    if (deadline == no_deadline) return command_.context.extras ? command_.context.extras->max_time.count() : 0;
    const auto left = deadline - Clock::now() - server.monitor->least_round_trip();
    if (left <= Clock::duration())
      throw NetworkError(errc::timeout, command_.name + " was not sent: its deadline comes before an answer of " +
                                            server.address.text() + " can");
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(left).count();
    if (milliseconds > INT32_MAX) return 0;
    return std::max<std::int64_t>(milliseconds, 1);
  }

  Deadline exchange_deadline() const {
    const auto limit = client_.uri().options.socket_timeout.value_or(std::chrono::milliseconds(0));
    return limit.count() == 0 || command_.context.deadline != no_deadline ? command_.context.deadline : Clock::now() + limit;
  }

  void check_size(std::size_t bytes, const Connection& connection) const {
    const auto most = static_cast<std::size_t>(std::max(connection.server.max_message, 0));
    if (bytes <= most) return;
    ErrorContext context;
    context.operation = command_.name;
    throw error(errc::invalid_query,
                command_.name + " is too large for one message (" + std::to_string(bytes) + " of " + std::to_string(most) +
                    " bytes): ask for fewer keys or documents at once",
                std::move(context));
  }

  CommandError error_of(const ServerError& failure, const Server& server, bson::DocumentView reply) const {
    CommandError out = to_error(failure, place(server));
    out.reply = bson::Document(reply);
    return out;
  }

  ErrorPlace place(const Server& server) const {
    ErrorPlace out;
    out.operation = command_.name;
    out.collection = command_.collection;
    out.server = server.address.text();
    return out;
  }

  Client& client_;
  Command& command_;
  MongoSession* const given_;    // the caller's session, if there is one
  MongoSession* transaction_{};  // the same, if the command belongs to its transaction
  Target target_;
  std::shared_ptr<const View> view_{};  // that the server was found in, until the command is made for it
  bool first_in_transaction_{}, silent_{};
  bool unsure_{};  // a try failed that the server may have done
  int tries_{}, wire_version_{};
  std::int64_t retryable_number_{};
  ServerSession* session_{};
  std::exception_ptr first_failure_{};
  std::unique_ptr<CommandWatch> watch_{};  // of this try, if anybody listens
  std::chrono::milliseconds pause_{0};
};

}  // namespace kinship::mongodb
