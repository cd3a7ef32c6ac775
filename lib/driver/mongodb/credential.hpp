// Who a URI says we are: mechanism, source and user, checked by the specification "Authentication".
// Also what of a URI this driver refuses to do, in words, before anything is sent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "driver/mongodb/uri.hpp"

namespace kinship::mongodb {

/// Holds a password: no text is ever made of one.
struct Credential {
  std::string mechanism{};  // "": SCRAM, negotiated with the server
  std::string source{};     // the database the user belongs to
  std::optional<std::string> username{};
  std::optional<std::string> password{};
  TagSet properties{};

  bool scram() const noexcept { return mechanism.empty() || mechanism.starts_with("SCRAM-"); }
};

/// Nullopt if the URI asks for no authentication. Throws `invalid_query` for what a mechanism lacks or does not take.
std::optional<Credential> credential_of(const MongoUri& uri);

/// Throws `unsupported` for what this driver does not speak (GSSAPI, MONGODB-AWS, MONGODB-OIDC, load balancers,
/// proxies), `invalid_query` for what cannot work: a credential that lacks something, a password sent in the clear, TLS on a
/// unix socket. Each sentence says what to do instead.
void refuse_unsupported(const MongoUri& uri);

/// The URI's warnings and those about options that are understood and without effect, such as compressors.
std::vector<std::string> connect_warnings(const MongoUri& uri);

}  // namespace kinship::mongodb
