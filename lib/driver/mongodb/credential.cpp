// The rules for each mechanism, and the refusals.
// No sentence here repeats a user name, a password or a property's value.
#include "driver/mongodb/credential.hpp"

#include <algorithm>

#include "driver/mongodb/refuse.hpp"

namespace kinship::mongodb {
namespace {

constexpr char external[] = "$external";

[[noreturn]] void wrong(const std::string& what) { refuse(errc::invalid_query, "the MongoDB URI is not valid: " + what); }

const std::string* property(const Credential& credential, std::string_view name) {
  for (const auto& [key, value] : credential.properties)
    if (key == name) return &value;
  return nullptr;
}

void only_external(const Credential& credential) {
  if (credential.source != external) wrong("authMechanism=" + credential.mechanism + " takes no authSource but $external");
}

void needs_user(const Credential& credential) {
  if (credential.username.value_or("").empty())
    wrong("authMechanism=" + credential.mechanism + " needs a user; write mongodb://user:password@host");
}

void no_password(const Credential& credential) {
  if (credential.password) wrong("authMechanism=" + credential.mechanism + " takes no password");
}

void check_gssapi(Credential& credential) {
  only_external(credential);
  needs_user(credential);
  if (property(credential, "SERVICE_NAME") == nullptr) credential.properties.emplace_back("SERVICE_NAME", "mongodb");
  const std::string* canonicalize = property(credential, "CANONICALIZE_HOST_NAME");
  constexpr std::string_view values[] = {"none", "forward", "forwardAndReverse", "true", "false"};
  if (canonicalize && std::find(std::begin(values), std::end(values), *canonicalize) == std::end(values))
    wrong("CANONICALIZE_HOST_NAME takes none, forward or forwardAndReverse");
}

void check_oidc(const Credential& credential) {
  only_external(credential);
  no_password(credential);
  for (const auto& [name, value] : credential.properties)
    if (name != "ENVIRONMENT" && name != "TOKEN_RESOURCE")
      wrong("authMechanism=MONGODB-OIDC takes ENVIRONMENT and TOKEN_RESOURCE");
  const std::string* environment = property(credential, "ENVIRONMENT");
  constexpr std::string_view values[] = {"azure", "gcp", "k8s", "test"};
  if (environment == nullptr || std::find(std::begin(values), std::end(values), *environment) == std::end(values))
    wrong("authMechanism=MONGODB-OIDC needs ENVIRONMENT: azure, gcp, k8s or test");
  const bool cloud = *environment == "azure" || *environment == "gcp";
  if (cloud != (property(credential, "TOKEN_RESOURCE") != nullptr))
    wrong("TOKEN_RESOURCE belongs to ENVIRONMENT:azure and ENVIRONMENT:gcp");
  if (*environment != "azure" && credential.username) wrong("only ENVIRONMENT:azure takes a user name");
}

void check(Credential& credential) {
  const std::string& mechanism = credential.mechanism;
  if (mechanism == "GSSAPI") return check_gssapi(credential);
  if (mechanism == "MONGODB-OIDC") return check_oidc(credential);
  if (mechanism == "MONGODB-X509") {
    only_external(credential);
    return no_password(credential);
  }
  if (mechanism == "MONGODB-AWS") {
    only_external(credential);
    if (credential.username && !credential.password) wrong("authMechanism=MONGODB-AWS needs a password with the user name");
    return;
  }
  constexpr std::string_view known[] = {"", "SCRAM-SHA-1", "SCRAM-SHA-256", "PLAIN"};
  if (std::find(std::begin(known), std::end(known), mechanism) == std::end(known))
    wrong("authMechanism is none that MongoDB has; leave it out, and the server's best is taken");
  needs_user(credential);
}

// The mechanisms whose users are known to something else than a database.
bool is_external(std::string_view mechanism) {
  return mechanism == "GSSAPI" || mechanism == "MONGODB-X509" || mechanism == "MONGODB-AWS" || mechanism == "MONGODB-OIDC";
}

}  // namespace

std::optional<Credential> credential_of(const MongoUri& uri) {
  const UriOptions& options = uri.options;
  if (!uri.username && !options.auth_mechanism) return std::nullopt;
  Credential credential;
  credential.mechanism = options.auth_mechanism.value_or("");
  credential.username = uri.username;
  credential.password = uri.password;
  credential.properties = options.auth_mechanism_properties.value_or(TagSet{});
  if (options.auth_source)
    credential.source = *options.auth_source;
  else if (is_external(credential.mechanism))
    credential.source = external;
  else if (!uri.database.empty())
    credential.source = uri.database;
  else
    credential.source = credential.mechanism == "PLAIN" ? external : "admin";
  check(credential);
  return credential;
}

void refuse_unsupported(const MongoUri& uri) {
  const auto credential = credential_of(uri);
  const std::string mechanism = credential ? credential->mechanism : "";
  if (mechanism == "GSSAPI" || mechanism == "MONGODB-AWS" || mechanism == "MONGODB-OIDC")
    refuse(errc::unsupported, "Kinship does not speak authMechanism=" + mechanism +
                                  "; give the application a user with a password (SCRAM-SHA-256) or a client certificate "
                                  "(MONGODB-X509)");
  if (credential && credential->scram() && !credential->password)
    wrong("the user has no password; write mongodb://user:password@host");
  if (mechanism == "PLAIN" && !credential->password) wrong("authMechanism=PLAIN needs a password");
  const auto is_unix = [](const Address& host) { return host.is_unix(); };
  if (mechanism == "PLAIN" && !uri.tls() && !std::all_of(uri.hosts.begin(), uri.hosts.end(), is_unix))
    wrong("authMechanism=PLAIN sends the password as it is, so it needs tls=true");
  if (uri.tls() && std::any_of(uri.hosts.begin(), uri.hosts.end(), is_unix))
    wrong("a unix socket takes no TLS; leave out tls=true, its bytes do not leave the machine");
  if (mechanism == "MONGODB-X509" && (!uri.tls() || !uri.options.tls_certificate_key_file))
    wrong("authMechanism=MONGODB-X509 needs tls=true and tlsCertificateKeyFile=FILE with certificate and key");
  if (uri.options.load_balanced.value_or(false))
    refuse(errc::unsupported,
           "Kinship does not speak to load balancers; leave out loadBalanced and name the servers behind it");
  if (uri.options.proxy_host)
    refuse(errc::unsupported,
           "Kinship does not connect through SOCKS5 proxies; leave out proxyHost and forward a port instead");
}

std::vector<std::string> connect_warnings(const MongoUri& uri) {
  std::vector<std::string> warnings = uri.warnings;
  const UriOptions& options = uri.options;
  if (options.compressors)
    warnings.push_back("the MongoDB URI asks for compressors, which Kinship has none of: messages are sent as they are");
  if (options.server_selection_try_once)
    warnings.push_back(
        "serverSelectionTryOnce is for drivers of one thread and has no effect; use serverSelectionTimeoutMS");
  if (options.tls_disable_ocsp_endpoint_check || options.tls_disable_certificate_revocation_check)
    warnings.push_back("Kinship asks nobody whether certificates were revoked; the options about that have no effect");
  return warnings;
}

}  // namespace kinship::mongodb
