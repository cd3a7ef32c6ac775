// The states of a transaction. What a doomed one is asked for is refused before anything is sent.
// The texts say what happened to it and where it was begun.
#include "driver/mongodb/transaction.hpp"

#include <kinship/error.hpp>

#include "driver/mongodb/client.hpp"

namespace kinship::mongodb {
namespace {

std::chrono::steady_clock::duration budget_of(const OperationContext& options) {
  if (options.deadline == no_deadline) return {};
  return std::max(options.deadline - std::chrono::steady_clock::now(), std::chrono::steady_clock::duration(1));
}

}  // namespace

MongoSession::MongoSession(std::weak_ptr<Client> client, SessionLease lease, Activity::Token token, std::string origin,
                           OperationContext options)
    : client_(std::move(client)),
      lease_(std::move(lease)),
      token_(std::move(token)),
      origin_(std::move(origin)),
      options_(std::move(options)),
      budget_(budget_of(options_)) {}

MongoSession::~MongoSession() {
  const bool open = state_ == State::running || state_ == State::doomed;
  if (!open || !lease_) return;
  if (const auto client = client_.lock()) client->abandon(std::move(lease_), std::move(pinned_));
}

MongoSession::State MongoSession::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void MongoSession::refuse_ended(const char* what) const {
  const std::string begun = origin_.empty() ? "" : " (it was begun at " + origin_ + ")";
  throw error(errc::transaction_aborted, std::string("The transaction ") + what + begun);
}

bool MongoSession::enter() {
  const std::lock_guard lock(mutex_);
  switch (state_) {
    case State::starting:
      state_ = State::running;
      return true;
    case State::running:
      return false;
    case State::doomed:
      refuse_ended("is to be rolled back, because something in it failed: run it again from its beginning");
    case State::unknown:
    case State::committed:
      refuse_ended("was committed already: begin another one");
    case State::aborted:
      refuse_ended("was rolled back already: begin another one");
  }
  return false;
}

void MongoSession::doom() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::starting || state_ == State::running) state_ = State::doomed;
}

MongoSession::State MongoSession::finish(State how) {
  const std::lock_guard lock(mutex_);
  if (state_ == State::committed || (state_ == State::unknown && how == State::aborted))
    refuse_ended(how == State::committed ? "was committed already: begin another one"
                                         : "was committed: cannot call abortTransaction after calling commitTransaction");
  if (how == State::committed) {
    if (state_ == State::doomed) refuse_ended("cannot be committed, because something in it failed: run it again");
    if (state_ == State::aborted)
      refuse_ended("was rolled back: cannot call commitTransaction after calling abortTransaction");
  }
  return std::exchange(state_, how);
}

void MongoSession::settle() {
  SessionLease lease;
  Activity::Token token;
  const std::lock_guard lock(mutex_);
  lease = std::move(lease_);
  token = std::move(token_);
}

void MongoSession::unsettled() {
  Activity::Token token;
  const std::lock_guard lock(mutex_);
  state_ = State::unknown;
  token = std::move(token_);
}

std::shared_ptr<Server> MongoSession::pinned() const {
  const std::lock_guard lock(mutex_);
  return pinned_;
}

void MongoSession::pin(std::shared_ptr<Server> server) {
  const std::lock_guard lock(mutex_);
  pinned_ = std::move(server);
}

}  // namespace kinship::mongodb
