// The messages of a SCRAM conversation.
// "biws" is base64 of "n,,": no channel binding, as MongoDB has it.
#include "driver/mongodb/scram.hpp"

#include <charconv>

#include "driver/mongodb/digest.hpp"
#include "driver/mongodb/refuse.hpp"
#include "driver/mongodb/saslprep.hpp"
#include "value/base64.hpp"

namespace kinship::mongodb {
namespace {

constexpr int least_iterations = 4096, most_iterations = 1'000'000;

[[noreturn]] void failed(const std::string& what) {
  refuse(errc::unauthorized, "the server's part of the SCRAM authentication is wrong: " + what, "authenticate");
}

std::string escaped(std::string_view name) {
  std::string out;
  for (const char c : name) out += c == '=' ? "=3D" : c == ',' ? "=2C" : std::string(1, c);
  return out;
}

// The value after "x=" at the front of the message, which is cut off with its comma.
std::string_view take(std::string_view& message, char name) {
  if (message.size() < 2 || message[0] != name || message[1] != '=') failed(std::string("it has no ") + name + "=");
  const auto comma = message.find(',');
  const std::string_view value = message.substr(2, comma == std::string_view::npos ? comma : comma - 2);
  message = comma == std::string_view::npos ? std::string_view() : message.substr(comma + 1);
  return value;
}

std::string decoded(std::string_view base64, const char* what) {
  const auto bytes = detail::from_base64(base64);
  if (!bytes || bytes->empty()) failed(std::string(what) + " is no base64");
  return {bytes->begin(), bytes->end()};
}

std::string exclusive_or(std::string a, std::string_view b) {
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) a[i] = static_cast<char>(a[i] ^ b[i]);
  return a;
}

}  // namespace

ScramConversation::ScramConversation(ScramHash hash, const Credential& credential, std::string nonce)
    : hash_(hash), nonce_(std::move(nonce)) {
  if (!credential.username || credential.username->empty() || !credential.password)
    refuse(errc::invalid_query, "SCRAM needs a user name and a password; write mongodb://user:password@host");
  const std::string& name = *credential.username;
  secret_ = hash == ScramHash::sha1 ? md5_hex(name + ":mongo:" + *credential.password) : saslprep(*credential.password);
  client_first_bare_ = "n=" + escaped(name) + ",r=" + nonce_;
}

ScramKeyRequest ScramConversation::read_server_first(std::string_view message) {
  server_first_ = message;
  server_nonce_ = take(message, 'r');
  if (!server_nonce_.starts_with(nonce_) || server_nonce_.size() == nonce_.size()) failed("its nonce does not extend ours");
  const std::string salt = decoded(take(message, 's'), "its salt");
  const std::string_view count = take(message, 'i');
  int iterations = 0;
  const auto [end, status] = std::from_chars(count.data(), count.data() + count.size(), iterations);
  if (status != std::errc() || end != count.data() + count.size()) failed("its iteration count is no number");
  if (iterations < least_iterations || iterations > most_iterations)
    failed(
        "its iteration count is not between 4096 and 1000000; set scramIterationCount on the server and store the password "
        "anew");
  return {hash_, secret_, salt, iterations};
}

std::string ScramConversation::client_final(const ScramKeys& keys) {
  const std::string without_proof = "c=biws,r=" + server_nonce_;
  const std::string signed_message = client_first_bare_ + "," + server_first_ + "," + without_proof;
  server_signature_ = hmac(hash_, keys.server_key, signed_message);
  const std::string signature = hmac(hash_, digest(hash_, keys.client_key), signed_message);
  return without_proof + ",p=" + detail::to_base64(exclusive_or(keys.client_key, signature));
}

void ScramConversation::check_server_final(std::string_view message) const {
  if (message.starts_with("e=")) failed("it ends with an error");
  if (server_signature_.empty()) failed("it ends before it began");
  if (!same_bytes(decoded(take(message, 'v'), "its signature"), server_signature_))
    failed("it does not know this user's password; is this the server you meant?");
}

}  // namespace kinship::mongodb
