// The tables of codes behind retries.
// Names of the codes: 6 HostUnreachable, 7 HostNotFound, 89 NetworkTimeout, 91 ShutdownInProgress, 134
// ReadConcernMajorityNotAvailableYet, 189 PrimarySteppedDown, 262 ExceededTimeLimit, 9001 SocketException; others are the
// state codes.
#include "driver/mongodb/retry.hpp"

#include <algorithm>
#include <cmath>

#include "driver/mongodb/bson_read.hpp"

namespace kinship::mongodb {
namespace {

bool one_of(int code, std::initializer_list<int> codes) noexcept {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

void add(ServerError& error, std::string_view label) {
  if (!error.has_label(label)) error.labels.emplace_back(label);
}

bool is_state_change(const ServerError& error) noexcept { return is_not_primary(error) || is_recovering(error); }

bool retryable_code(const ServerError& error) noexcept {
  return is_state_change(error) || one_of(error.code, {6, 7, 89, 9001, 262});
}

// Servers from wire version 9 on set the label themselves, and only where a retry helps.
void label_retryable_write(ServerError& error, const Attempt& attempt) {
  if (!attempt.retryable_write && !attempt.commit && !attempt.abort) return;
  const bool network = error.shape == ErrorShape::network;
  const bool old_server = attempt.wire_version < 9 && error.shape != ErrorShape::write && retryable_code(error);
  if (network || old_server) add(error, retryable_write_error);
}

// Whether the transaction was committed is not known: a commit may be sent again, and tells.
void label_commit(ServerError& error) {
  const bool not_satisfiable = one_of(error.code, {79, 100});  // such a write concern never is
  const bool concern = error.shape == ErrorShape::write_concern && !not_satisfiable;
  if (error.has_label(retryable_write_error) || concern || error.code == 50 || error.shape == ErrorShape::network)
    add(error, unknown_commit_result);
}

ServerError labelled(ServerError error, const Attempt& attempt) {
  label_retryable_write(error, attempt);
  if (attempt.commit) label_commit(error);
  if (attempt.in_transaction && !attempt.commit && !attempt.abort && error.shape == ErrorShape::network)
    add(error, transient_transaction_error);
  return error;
}

}  // namespace

std::optional<ServerError> read_error(bson::DocumentView reply, const Attempt& attempt) {
  auto error = read_error(reply);
  if (!error) return error;
  // Beside write errors there may be a write concern error that says the server is no primary any more: it decides on a
  // retry.
  if (error->shape == ErrorShape::write)
    if (auto state = read_state_error(reply); state && is_state_change(*state)) error = std::move(state);
  return labelled(*std::move(error), attempt);
}

ServerError network_error(std::string message, const Attempt& attempt) {
  ServerError error;
  error.shape = ErrorShape::network;
  error.message = std::move(message);
  return labelled(std::move(error), attempt);
}

bool may_retry_read(const ServerError& error) noexcept {
  if (error.shape == ErrorShape::network) return true;
  return error.shape == ErrorShape::command && (retryable_code(error) || error.code == 134 || is_overloaded(error));
}

bool may_retry_write(const ServerError& error) noexcept {
  return error.has_label(retryable_write_error) || is_overloaded(error);
}

bool is_overloaded(const ServerError& error) noexcept {
  return error.has_label(system_overloaded_error) && error.has_label(retryable_error);
}

bool is_connection_lost(const ServerError& error) noexcept {
  return error.shape == ErrorShape::network || is_state_change(error);
}

std::chrono::milliseconds overload_backoff(int attempt, double jitter, std::chrono::milliseconds base) noexcept {
  constexpr double most = 10'000;
  const double doubled = static_cast<double>(base.count()) * std::exp2(std::clamp(attempt, 1, 30) - 1);
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::clamp(jitter, 0.0, 1.0) * std::min(doubled, most)));
}

}  // namespace kinship::mongodb
