// Where a server listens: host and port, or the path of a unix socket. Addresses are what topologies are keyed by, so they
// are normalised: host names in lower case, IPv6 addresses without brackets.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kinship::mongodb {

struct Address {
  std::string host{};         // a name, an IPv4 or IPv6 address, or a path
  std::uint16_t port{27017};  // 0 for a unix socket

  bool is_unix() const noexcept { return host.find('/') != std::string::npos; }
  /// "host:27017", "[::1]:27017" or "/tmp/mongodb.sock".
  std::string text() const;

  friend auto operator<=>(const Address&, const Address&) = default;
};

/// A port from 1 to 65535 in decimal digits; nullopt otherwise.
std::optional<std::uint16_t> parse_port(std::string_view text) noexcept;

/// As servers name each other in `hosts` and `me`: "A:27017", "[::1]:27017", "a" (port 27017), a path. Nullopt for what is
/// none.
std::optional<Address> parse_address(std::string_view text);

/// ASCII letters in lower case.
std::string lower_case(std::string_view text);

}  // namespace kinship::mongodb
