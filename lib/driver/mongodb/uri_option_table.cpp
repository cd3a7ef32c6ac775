// The rows of the table, and how values are read: booleans, numbers, durations, lists.
// What a value should have been is told in words; the value itself is never repeated, it may be a secret.
#include "driver/mongodb/uri_option_table.hpp"

#include <charconv>
#include <variant>

#include "driver/mongodb/address.hpp"

namespace kinship::mongodb {
namespace {

struct Flag {
  std::optional<bool> UriOptions::*member;
};
struct Text {
  std::optional<std::string> UriOptions::*member;
  bool may_be_empty = false;
};
struct Number {
  std::optional<std::int64_t> UriOptions::*member;
  std::int64_t least = 0, most = INT64_MAX;
};
struct Duration {
  std::optional<Milliseconds> UriOptions::*member;
  std::int64_t least = 0;
};
// Reads a value; returns what it takes when the value is wrong, else nullptr.
using Special = const char* (*)(std::string_view value, UriOptions& options);

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value{};
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <class Use>
void split(std::string_view list, char separator, Use use) {
  for (;;) {
    const auto at = list.find(separator);
    use(list.substr(0, at));
    if (at == std::string_view::npos) return;
    list.remove_prefix(at + 1);
  }
}

// "a:1,b:2"; nullopt if a part has no colon. "" is the empty set.
std::optional<TagSet> pairs(std::string_view list) {
  TagSet tags;
  bool good = true;
  if (list.empty()) return tags;
  split(list, ',', [&](std::string_view part) {
    const auto colon = part.find(':');
    if (colon == std::string_view::npos || colon == 0) good = false;
    if (good) tags.emplace_back(part.substr(0, colon), part.substr(colon + 1));
  });
  return good ? std::optional(std::move(tags)) : std::nullopt;
}

const char* auth_properties(std::string_view value, UriOptions& options) {
  auto read = pairs(value);
  if (!read || read->empty()) return "pairs NAME:value, with commas between them (and none in a value)";
  options.auth_mechanism_properties = std::move(read);
  return nullptr;
}

const char* compressors(std::string_view value, UriOptions& options) {
  std::vector<std::string> names;
  bool good = true;
  split(value, ',', [&](std::string_view name) {
    if (name == "zlib" || name == "snappy" || name == "zstd")
      names.emplace_back(name);
    else
      good = false;
  });
  if (!names.empty()) options.compressors = std::move(names);
  return good ? nullptr : "zlib, snappy and zstd, with commas between them";
}

const char* compression_level(std::string_view value, UriOptions& options) {
  const auto level = number(value);
  if (!level || *level < -1 || *level > 9) return "a number from -1 to 9";
  options.zlib_compression_level = static_cast<int>(*level);
  return nullptr;
}

const char* monitoring_mode(std::string_view value, UriOptions& options) {
  if (value == "auto") return options.server_monitoring_mode = MonitoringMode::automatic, nullptr;
  if (value == "stream") return options.server_monitoring_mode = MonitoringMode::stream, nullptr;
  if (value == "poll") return options.server_monitoring_mode = MonitoringMode::poll, nullptr;
  return "auto, stream or poll";
}

const char* read_preference(std::string_view value, UriOptions& options) {
  constexpr std::pair<std::string_view, ReadPreference> modes[] = {
      {"primary", ReadPreference::primary},
      {"primarypreferred", ReadPreference::primary_preferred},
      {"secondary", ReadPreference::secondary},
      {"secondarypreferred", ReadPreference::secondary_preferred},
      {"nearest", ReadPreference::nearest}};
  const std::string wanted = lower_case(value);
  for (const auto& [name, mode] : modes)
    if (name == wanted) return options.read_preference = mode, nullptr;
  return "primary, primaryPreferred, secondary, secondaryPreferred or nearest";
}

const char* read_tags(std::string_view value, UriOptions& options) {
  auto tags = pairs(value);
  if (!tags) return "pairs name:value with commas between them, or nothing for any server";
  if (!options.read_preference_tags) options.read_preference_tags.emplace();
  options.read_preference_tags->push_back(*std::move(tags));
  return nullptr;
}

const char* write_concern(std::string_view value, UriOptions& options) {
  const auto members = number(value);
  if (value.empty() || (members && *members < 0)) return "a number from 0 up, majority, or the name of a write concern";
  options.w = std::string(value);
  return nullptr;
}

}  // namespace

struct UriOptionRow {
  std::string_view name;
  std::variant<Flag, Text, Number, Duration, Special> what;
};

namespace {

using O = UriOptions;
const UriOptionRow rows[] = {
    {"appName", Text{&O::app_name}},
    {"authMechanism", Text{&O::auth_mechanism}},
    {"authMechanismProperties", &auth_properties},
    {"authSource", Text{&O::auth_source}},
    {"compressors", &compressors},
    {"connectTimeoutMS", Duration{&O::connect_timeout}},
    {"directConnection", Flag{&O::direct_connection}},
    {"enableOverloadRetargeting", Flag{&O::enable_overload_retargeting}},
    {"heartbeatFrequencyMS", Duration{&O::heartbeat_frequency, 500}},
    {"journal", Flag{&O::journal}},
    {"loadBalanced", Flag{&O::load_balanced}},
    {"localThresholdMS", Duration{&O::local_threshold}},
    {"maxAdaptiveRetries", Number{&O::max_adaptive_retries}},
    {"maxConnecting", Number{&O::max_connecting, 1}},
    {"maxIdleTimeMS", Duration{&O::max_idle_time}},
    {"maxPoolSize", Number{&O::max_pool_size}},
    {"maxStalenessSeconds", Number{&O::max_staleness_seconds, -1}},
    {"minPoolSize", Number{&O::min_pool_size}},
    {"proxyHost", Text{&O::proxy_host}},
    {"proxyPassword", Text{&O::proxy_password, true}},
    {"proxyPort", Number{&O::proxy_port, 0, 65535}},
    {"proxyUsername", Text{&O::proxy_username, true}},
    {"readConcernLevel", Text{&O::read_concern_level}},
    {"readPreference", &read_preference},
    {"readPreferenceTags", &read_tags},
    {"replicaSet", Text{&O::replica_set}},
    {"retryReads", Flag{&O::retry_reads}},
    {"retryWrites", Flag{&O::retry_writes}},
    {"serverMonitoringMode", &monitoring_mode},
    {"serverSelectionTimeoutMS", Duration{&O::server_selection_timeout}},
    {"serverSelectionTryOnce", Flag{&O::server_selection_try_once}},
    {"socketTimeoutMS", Duration{&O::socket_timeout}},
    {"srvAllowedHostsSuffix", Text{&O::srv_allowed_hosts_suffix}},
    {"srvMaxHosts", Number{&O::srv_max_hosts}},
    {"srvServiceName", Text{&O::srv_service_name}},
    {"ssl", Flag{&O::tls}},
    {"timeoutMS", Duration{&O::timeout}},
    {"tls", Flag{&O::tls}},
    {"tlsAllowInvalidCertificates", Flag{&O::tls_allow_invalid_certificates}},
    {"tlsAllowInvalidHostnames", Flag{&O::tls_allow_invalid_hostnames}},
    {"tlsCAFile", Text{&O::tls_ca_file}},
    {"tlsCertificateKeyFile", Text{&O::tls_certificate_key_file}},
    {"tlsCertificateKeyFilePassword", Text{&O::tls_certificate_key_file_password, true}},
    {"tlsDisableCertificateRevocationCheck", Flag{&O::tls_disable_certificate_revocation_check}},
    {"tlsDisableOCSPEndpointCheck", Flag{&O::tls_disable_ocsp_endpoint_check}},
    {"tlsInsecure", Flag{&O::tls_insecure}},
    {"w", &write_concern},
    {"waitQueueTimeoutMS", Duration{&O::wait_queue_timeout}},
    {"wTimeoutMS", Duration{&O::w_timeout}},
    {"zlibCompressionLevel", &compression_level},
};

// What the option takes, if the value is not that; "" if it is.
struct Read {
  std::string_view value;
  UriOptions& options;

  std::string operator()(const Flag& flag) const {
    if (value != "true" && value != "false") return "true or false";
    options.*flag.member = value == "true";
    return "";
  }
  std::string operator()(const Text& text) const {
    if (value.empty() && !text.may_be_empty) return "a text that is not empty";
    options.*text.member = std::string(value);
    return "";
  }
  std::string operator()(const Number& wanted) const {
    const auto read = number(value);
    if (!read || *read < wanted.least || *read > wanted.most)
      return "a whole number from " + std::to_string(wanted.least) + " up";
    options.*wanted.member = *read;
    return "";
  }
  std::string operator()(const Duration& wanted) const {
    const auto read = number(value);
    if (!read || *read < wanted.least || *read > INT32_MAX)
      return "a whole number of milliseconds from " + std::to_string(wanted.least) + " up";
    options.*wanted.member = Milliseconds(*read);
    return "";
  }
  std::string operator()(Special special) const {
    const char* expected = special(value, options);
    return expected ? expected : "";
  }
};

}  // namespace

const UriOptionRow* find_uri_option(std::string_view name, std::string_view& spelling) {
  const std::string wanted = lower_case(name);
  for (const UriOptionRow& row : rows)
    if (lower_case(row.name) == wanted) return spelling = row.name, &row;
  return nullptr;
}

std::vector<std::string_view> uri_option_names() {
  std::vector<std::string_view> names;
  for (const UriOptionRow& row : rows) names.push_back(row.name);
  return names;
}

std::string set_uri_option(const UriOptionRow& row, std::string_view value, UriOptions& options) {
  return std::visit(Read{value, options}, row.what);
}

}  // namespace kinship::mongodb
