// What SCRAM computes, by OpenSSL: nonces, keys, and the cache of keys.
// Hashes and MACs that both files need are in digest.hpp.
#include <openssl/rand.h>

#include <algorithm>

#include "driver/mongodb/digest.hpp"
#include "driver/mongodb/refuse.hpp"
#include "driver/mongodb/scram.hpp"
#include "value/base64.hpp"

namespace kinship::mongodb {

const char* mechanism_name(ScramHash hash) noexcept { return hash == ScramHash::sha1 ? "SCRAM-SHA-1" : "SCRAM-SHA-256"; }

std::string scram_nonce() {
  std::string bytes(24, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1)
    refuse(errc::unavailable,
           "OpenSSL has no random numbers for a SCRAM nonce; try again when the system has gathered some");
  return detail::to_base64(bytes);
}

ScramKeys derive_scram_keys(const ScramKeyRequest& request) {
  const std::string salted = pbkdf2(request.hash, request.secret, request.salt, request.iterations);
  return {hmac(request.hash, salted, "Client Key"), hmac(request.hash, salted, "Server Key")};
}

std::optional<ScramKeys> ScramKeyCache::find(const ScramKeyRequest& request) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [known, keys] : entries_)
    if (known == request) return keys;
  return std::nullopt;
}

void ScramKeyCache::store(ScramKeyRequest request, ScramKeys keys) {
  const std::lock_guard lock(mutex_);
  const auto same = [&](const auto& entry) { return entry.first == request; };
  if (std::any_of(entries_.begin(), entries_.end(), same)) return;
  if (entries_.size() == limit) entries_.erase(entries_.begin());
  entries_.emplace_back(std::move(request), std::move(keys));
}

}  // namespace kinship::mongodb
