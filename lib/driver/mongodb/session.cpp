// The state machine of the specification "Transactions", and what sessions add to commands.
// Only the first command of a transaction carries startTransaction and the read concern.
#include "driver/mongodb/session.hpp"

#include "driver/mongodb/refuse.hpp"

namespace kinship::mongodb {
namespace {

constexpr Milliseconds default_commit_timeout(10'000);

[[noreturn]] void wrong(const char* what) { refuse(errc::invalid_query, what, "transaction"); }

}  // namespace

void ClientSession::begin(TransactionOptions options) {
  if (in_transaction()) wrong("a transaction is in progress on this session; commit or abort it before another one begins");
  if (!options.write_concern.acknowledged())
    wrong("a transaction's writes are always acknowledged; leave out w=0 for it, or write outside of a transaction");
  options_ = std::move(options);
  state_ = TransactionState::starting;
  empty_ = commit_again_ = false;
  pinned.reset();
  recovery_token = {};
  ++server_.txn_number;
}

void ClientSession::append_read_concern(bson::Builder& command, const std::string& level) const {
  const bool after = causal_ && operation_time_;
  if (level.empty() && !after) return;
  command.begin_document("readConcern");
  if (!level.empty()) command.append_string("level", level);
  if (after) command.append_timestamp("afterClusterTime", *operation_time_);
  command.end();
}

void ClientSession::append_transaction(bson::Builder& command) const {
  command.append_int64("txnNumber", server_.txn_number);
  if (state_ == TransactionState::starting) command.append_bool("startTransaction", true);
  command.append_bool("autocommit", false);
}

void ClientSession::append_to(bson::Builder& command, bool reads, const std::string& read_concern) {
  server_.append_to(command);
  if (!in_transaction()) {
    state_ = TransactionState::none;
    if (reads) append_read_concern(command, read_concern);
    return;
  }
  append_transaction(command);
  if (state_ == TransactionState::starting) append_read_concern(command, options_.read_concern);
}

ClientSession::Ending ClientSession::commit() {
  switch (state_) {
    case TransactionState::none:
      wrong("there is no transaction to commit; begin one first");
    case TransactionState::aborted:
      wrong("the transaction was aborted and cannot be committed; begin another one");
    case TransactionState::committed:
      commit_again_ = true;
      return empty_ ? Ending::nothing_to_send : Ending::send;
    default:
      break;
  }
  empty_ = state_ == TransactionState::starting;
  state_ = TransactionState::committed;
  return empty_ ? Ending::nothing_to_send : Ending::send;
}

ClientSession::Ending ClientSession::abort() {
  switch (state_) {
    case TransactionState::none:
      wrong("there is no transaction to abort; begin one first");
    case TransactionState::committed:
      wrong("the transaction was committed and cannot be aborted");
    case TransactionState::aborted:
      wrong("the transaction was aborted already");
    default:
      break;
  }
  empty_ = state_ == TransactionState::starting;
  state_ = TransactionState::aborted;
  return empty_ ? Ending::nothing_to_send : Ending::send;
}

bson::Document ClientSession::ending_command(const char* name, const WriteConcern& concern) {
  bson::Builder out;
  out.append_int32(name, 1);
  server_.append_to(out);
  append_transaction(out);
  append_write_concern(out, concern);
  if (!recovery_token.empty()) out.append("recoveryToken", recovery_token.view());
  return out.finish();
}

bson::Document ClientSession::commit_command() {
  WriteConcern concern = options_.write_concern;
  if (commit_again_) {
    concern.w = "majority";
    if (!concern.w_timeout) concern.w_timeout = default_commit_timeout;
  }
  return ending_command("commitTransaction", concern);
}

bson::Document ClientSession::abort_command() { return ending_command("abortTransaction", options_.write_concern); }

}  // namespace kinship::mongodb
