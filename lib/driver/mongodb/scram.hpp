// SCRAM (RFC 5802, RFC 7677) as MongoDB's servers speak it: the client's side of the conversation, bytes in and out, no I/O.
// Deriving keys takes milliseconds by design: do it off the loop, and keep the keys in a cache.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "driver/mongodb/credential.hpp"

namespace kinship::mongodb {

enum class ScramHash : std::uint8_t { sha1, sha256 };
/// "SCRAM-SHA-1" or "SCRAM-SHA-256".
const char* mechanism_name(ScramHash hash) noexcept;

/// Everything the keys follow from.
struct ScramKeyRequest {
  ScramHash hash{};
  std::string secret{};  // the password as the hash takes it
  std::string salt{};
  int iterations{};

  friend bool operator==(const ScramKeyRequest&, const ScramKeyRequest&) = default;
};

struct ScramKeys {
  std::string client_key{}, server_key{};
};

/// PBKDF2: 4 to 19 ms at 15 000 rounds. Touches nothing shared.
ScramKeys derive_scram_keys(const ScramKeyRequest& request);

/// Keys by what they follow from, so that one pool derives them once. Thread-safe; holds a few, the oldest goes first.
class ScramKeyCache {
 public:
  std::optional<ScramKeys> find(const ScramKeyRequest& request) const;
  void store(ScramKeyRequest request, ScramKeys keys);

 private:
  static constexpr std::size_t limit = 16;
  mutable std::mutex mutex_{};
  std::vector<std::pair<ScramKeyRequest, ScramKeys>> entries_{};
};

/// 24 random bytes in base64.
std::string scram_nonce();

/// One authentication, in this order: client_first, read_server_first, client_final, check_server_final. What the server
/// sends is not trusted; errors are `unauthorized` and hold no secret.
class ScramConversation {
 public:
  /// Throws `invalid_query` without user name and password, or if SASLprep forbids the password.
  ScramConversation(ScramHash hash, const Credential& credential, std::string nonce = scram_nonce());

  ScramHash hash() const noexcept { return hash_; }
  std::string client_first() const { return "n,," + client_first_bare_; }
  /// What to derive the keys from. At least 4096 iterations are demanded.
  ScramKeyRequest read_server_first(std::string_view message);
  std::string client_final(const ScramKeys& keys);
  /// Proves that the server knows the password, too.
  void check_server_final(std::string_view message) const;

 private:
  ScramHash hash_;
  std::string secret_, nonce_, client_first_bare_;
  std::string server_first_{}, server_nonce_{}, server_signature_{};
};

}  // namespace kinship::mongodb
