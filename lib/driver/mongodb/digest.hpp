// Digests by OpenSSL as strings of bytes, for SCRAM.
// Failures are OpenSSL's own (no memory, a digest switched off) and become `kinship::error`.
#pragma once

#include <string>
#include <string_view>

#include "driver/mongodb/scram.hpp"

namespace kinship::mongodb {

std::string digest(ScramHash hash, std::string_view bytes);
std::string hmac(ScramHash hash, std::string_view key, std::string_view bytes);
std::string pbkdf2(ScramHash hash, std::string_view secret, std::string_view salt, int iterations);
/// As 32 hexadecimal digits.
std::string md5_hex(std::string_view bytes);
/// In a time that does not tell where they differ.
bool same_bytes(std::string_view a, std::string_view b) noexcept;

}  // namespace kinship::mongodb
