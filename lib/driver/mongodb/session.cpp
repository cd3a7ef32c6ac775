// The states of a transaction, by the specification "Transactions". What a doomed one is asked for is refused before
// anything is sent. The texts say what happened to it and where it was begun.
#include "driver/mongodb/session.hpp"

#include <algorithm>

#include <kinship/error.hpp>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/client.hpp"

namespace kinship::mongodb {

using Clock = std::chrono::steady_clock;

MongoSession::MongoSession(std::weak_ptr<Client> client, SessionLease lease, Kind kind, Settings settings)
    : client_(std::move(client)), kind_(kind), settings_(settings), lease_(std::move(lease)) {}

MongoSession::~MongoSession() {
  const bool open = state_ == State::running || state_ == State::doomed;
  if (!open || !lease_) return;
  if (const auto client = client_.lock()) client->abandon(std::move(lease_), std::move(pinned_));
}

void MongoSession::refuse_ended(const char* what) const {
  const std::string begun = origin_.empty() ? "" : " (it was begun at " + origin_ + ")";
  throw error(errc::transaction_aborted, std::string("The transaction ") + what + begun);
}

void MongoSession::refuse(const char* what) const { throw error(errc::invalid_query, what); }

void MongoSession::begin(Activity::Token token, std::string origin, OperationContext options) {
  if (settings_.snapshot) refuse("Transactions are not supported in snapshot sessions: begin one on another session");
  const std::lock_guard lock(mutex_);
  if (state_ == State::starting || state_ == State::running || state_ == State::doomed)
    refuse("There is a transaction already in progress on this session: commit or abort it before another one begins");
  state_ = State::starting;
  ++lease_->txn_number;
  token_ = std::move(token);
  origin_ = std::move(origin);
  options_ = std::move(options);
  options_.session.reset();
  began_ = Clock::now();
  budget_ = options_.deadline == no_deadline ? Clock::duration() : std::max(options_.deadline - began_, Clock::duration(1));
  empty_ = false;
  pinned_.reset();
  recovery_token_ = {};
}

MongoSession::State MongoSession::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

bool MongoSession::in_transaction() const {
  const std::lock_guard lock(mutex_);
  return state_ == State::starting || state_ == State::running || state_ == State::doomed;
}

bool MongoSession::enter() {
  const std::lock_guard lock(mutex_);
  const bool ended = state_ == State::unknown || state_ == State::committed || state_ == State::aborted;
  if (kind_ == Kind::lasting && ended) state_ = State::none;
  switch (state_) {
    case State::starting:
      state_ = State::running;
      return true;
    case State::doomed:
      refuse_ended("is to be rolled back, because something in it failed: run it again from its beginning");
    case State::unknown:
    case State::committed:
      refuse_ended("was committed already: begin another one");
    case State::aborted:
      refuse_ended("was rolled back already: begin another one");
    default:
      return false;
  }
}

void MongoSession::doom() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::starting || state_ == State::running) state_ = State::doomed;
}

MongoSession::State MongoSession::finish(State how) {
  const std::lock_guard lock(mutex_);
  if (state_ == State::none) refuse("No transaction started on this session: begin one first");
  if (state_ == State::committed || state_ == State::unknown) {
    if (how == State::aborted) refuse_ended("was committed: cannot call abortTransaction after calling commitTransaction");
    if (state_ == State::committed && kind_ == Kind::one_transaction)
      refuse_ended("was committed already: begin another one");
    state_ = State::committed;
    return empty_ ? State::starting : State::committed;
  }
  if (state_ == State::aborted && how == State::committed)
    refuse_ended("was rolled back: cannot call commitTransaction after calling abortTransaction");
  if (state_ == State::aborted && kind_ == Kind::lasting)
    refuse_ended("was rolled back: cannot call abortTransaction twice");
  if (state_ == State::doomed && how == State::committed)
    refuse_ended("cannot be committed, because something in it failed: run it again");
  empty_ = state_ == State::starting;
  return std::exchange(state_, how);
}

void MongoSession::settle(bool known) {
  SessionLease lease;
  Activity::Token token;
  const std::lock_guard lock(mutex_);
  if (!known) state_ = State::unknown;
  token = std::move(token_);
  if (kind_ == Kind::one_transaction && known) lease = std::move(lease_);
}

// Of a find or an aggregation inside its cursor.
static std::optional<std::uint64_t> snapshot_time_of(bson::DocumentView reply) {
  bson::ValueView time = read_document(reply["cursor"])["atClusterTime"];
  if (time.missing()) time = reply["atClusterTime"];
  if (!time.is(bson::Type::timestamp)) return std::nullopt;
  return static_cast<std::uint64_t>(time.as_int64());
}

void MongoSession::saw(bson::DocumentView reply) {
  const auto time = operation_time_of(reply);
  const bson::DocumentView token = read_document(reply["recoveryToken"]);
  const auto snapshot = settings_.snapshot ? snapshot_time_of(reply) : std::nullopt;
  const std::lock_guard lock(mutex_);
  if (!snapshot_time_) snapshot_time_ = snapshot;
  if (time) operation_time_ = std::max(operation_time_.value_or(0), *time);
  if (!token.empty()) recovery_token_ = bson::Document(token);
}

std::optional<std::uint64_t> MongoSession::read_after() const {
  const std::lock_guard lock(mutex_);
  return settings_.causal && !settings_.snapshot ? operation_time_ : std::nullopt;
}

std::optional<std::uint64_t> MongoSession::read_at() const {
  const std::lock_guard lock(mutex_);
  return snapshot_time_;
}

bson::Document MongoSession::recovery_token() const {
  const std::lock_guard lock(mutex_);
  return recovery_token_;
}

std::shared_ptr<Server> MongoSession::pinned() const {
  const std::lock_guard lock(mutex_);
  return pinned_;
}

void MongoSession::pin(std::shared_ptr<Server> server) {
  const std::lock_guard lock(mutex_);
  pinned_ = std::move(server);
}

std::chrono::steady_clock::duration MongoSession::budget() const {
  const std::lock_guard lock(mutex_);
  return budget_;
}

Deadline MongoSession::deadline() const {
  const std::lock_guard lock(mutex_);
  const bool open = state_ == State::starting || state_ == State::running;
  return open && budget_.count() > 0 ? began_ + budget_ : no_deadline;
}

std::chrono::steady_clock::time_point MongoSession::began() const {
  const std::lock_guard lock(mutex_);
  return began_;
}

OperationContext MongoSession::options() const {
  const std::lock_guard lock(mutex_);
  return options_;
}

}  // namespace kinship::mongodb
