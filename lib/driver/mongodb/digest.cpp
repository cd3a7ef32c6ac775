// The few calls of OpenSSL that SCRAM needs.
// MD5 is MongoDB's way to store SCRAM-SHA-1 passwords, not a choice of ours.
#include "driver/mongodb/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "driver/mongodb/refuse.hpp"
#include "value/hex.hpp"

namespace kinship::mongodb {
namespace {

const EVP_MD* method(ScramHash hash) noexcept { return hash == ScramHash::sha1 ? EVP_sha1() : EVP_sha256(); }

const unsigned char* bytes_of(std::string_view text) noexcept { return reinterpret_cast<const unsigned char*>(text.data()); }

void check(bool good) {
  if (!good)
    refuse(errc::unauthorized,
           "OpenSSL refuses a digest that this authentication needs (a FIPS policy?); use authMechanism=SCRAM-SHA-256");
}

std::string digest_with(const EVP_MD* method, std::string_view bytes) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  check(EVP_Digest(bytes.data(), bytes.size(), out, &size, method, nullptr) == 1);
  return {reinterpret_cast<const char*>(out), size};
}

}  // namespace

std::string digest(ScramHash hash, std::string_view bytes) { return digest_with(method(hash), bytes); }

std::string hmac(ScramHash hash, std::string_view key, std::string_view bytes) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  check(HMAC(method(hash), key.data(), static_cast<int>(key.size()), bytes_of(bytes), bytes.size(), out, &size) != nullptr);
  return {reinterpret_cast<const char*>(out), size};
}

std::string pbkdf2(ScramHash hash, std::string_view secret, std::string_view salt, int iterations) {
  std::string out(static_cast<std::size_t>(EVP_MD_get_size(method(hash))), '\0');
  check(PKCS5_PBKDF2_HMAC(secret.data(), static_cast<int>(secret.size()), bytes_of(salt), static_cast<int>(salt.size()),
                          iterations, method(hash), static_cast<int>(out.size()),
                          reinterpret_cast<unsigned char*>(out.data())) == 1);
  return out;
}

std::string md5_hex(std::string_view bytes) {
  const std::string raw = digest_with(EVP_md5(), bytes);
  return detail::to_hex(bytes_of(raw), raw.size());
}

bool same_bytes(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace kinship::mongodb
