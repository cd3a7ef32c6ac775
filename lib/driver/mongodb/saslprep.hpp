// SASLprep (RFC 4013) of passwords for SCRAM-SHA-256, by libidn.
// ASCII without control characters passes unchanged and touches no library.
#pragma once

#include <string>
#include <string_view>

namespace kinship::mongodb {

/// Throws `invalid_query` for a password that SASLprep forbids (control characters, mixed writing directions, bad UTF-8);
/// the text does not repeat it.
std::string saslprep(std::string_view password);

}  // namespace kinship::mongodb
