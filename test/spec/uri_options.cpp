// The suite "URI options".
// Also how our options look as the JSON the suites expect.
#include "spec/suites.hpp"
#include "spec/uri_case.hpp"

namespace kinship::spec {
namespace {

Json as_json(const mongodb::TagSet& tags) {
  Json out = Json::object();
  for (const auto& [name, value] : tags) out[name] = value;
  return out;
}
Json as_json(const std::vector<mongodb::TagSet>& sets) {
  Json out = Json::array();
  for (const auto& tags : sets) out.push_back(as_json(tags));
  return out;
}
Json as_json(mongodb::Milliseconds value) { return value.count(); }
Json as_json(ReadPreference mode) {
  constexpr const char* names[] = {"primary", "primaryPreferred", "secondary", "secondaryPreferred", "nearest"};
  return names[static_cast<int>(mode)];
}
Json as_json(mongodb::MonitoringMode mode) {
  constexpr const char* names[] = {"auto", "stream", "poll"};
  return names[static_cast<int>(mode)];
}
template <class T>
Json as_json(const T& value) {
  return value;
}

}  // namespace

Json options_as_json(const mongodb::UriOptions& o) {
  Json out = Json::object();
  const auto put = [&](const char* name, const auto& option) {
    if (option) out[name] = as_json(*option);
  };
  put("appName", o.app_name);
  put("authMechanism", o.auth_mechanism);
  put("authMechanismProperties", o.auth_mechanism_properties);
  put("authSource", o.auth_source);
  put("compressors", o.compressors);
  put("connectTimeoutMS", o.connect_timeout);
  put("directConnection", o.direct_connection);
  put("enableOverloadRetargeting", o.enable_overload_retargeting);
  put("heartbeatFrequencyMS", o.heartbeat_frequency);
  put("journal", o.journal);
  put("loadBalanced", o.load_balanced);
  put("localThresholdMS", o.local_threshold);
  put("maxAdaptiveRetries", o.max_adaptive_retries);
  put("maxConnecting", o.max_connecting);
  put("maxIdleTimeMS", o.max_idle_time);
  put("maxPoolSize", o.max_pool_size);
  put("maxStalenessSeconds", o.max_staleness_seconds);
  put("minPoolSize", o.min_pool_size);
  put("proxyHost", o.proxy_host);
  put("proxyPort", o.proxy_port);
  put("proxyUsername", o.proxy_username);
  put("proxyPassword", o.proxy_password);
  put("readConcernLevel", o.read_concern_level);
  put("readPreference", o.read_preference);
  put("readPreferenceTags", o.read_preference_tags);
  put("replicaSet", o.replica_set);
  put("retryReads", o.retry_reads);
  put("retryWrites", o.retry_writes);
  put("serverMonitoringMode", o.server_monitoring_mode);
  put("serverSelectionTimeoutMS", o.server_selection_timeout);
  put("serverSelectionTryOnce", o.server_selection_try_once);
  put("socketTimeoutMS", o.socket_timeout);
  put("srvAllowedHostsSuffix", o.srv_allowed_hosts_suffix);
  put("srvMaxHosts", o.srv_max_hosts);
  put("srvServiceName", o.srv_service_name);
  put("timeoutMS", o.timeout);
  put("tls", o.tls);
  put("tlsAllowInvalidCertificates", o.tls_allow_invalid_certificates);
  put("tlsAllowInvalidHostnames", o.tls_allow_invalid_hostnames);
  put("tlsCAFile", o.tls_ca_file);
  put("tlsCertificateKeyFile", o.tls_certificate_key_file);
  put("tlsCertificateKeyFilePassword", o.tls_certificate_key_file_password);
  put("tlsDisableCertificateRevocationCheck", o.tls_disable_certificate_revocation_check);
  put("tlsDisableOCSPEndpointCheck", o.tls_disable_ocsp_endpoint_check);
  put("tlsInsecure", o.tls_insecure);
  if (o.w) out["w"] = o.w->find_first_not_of("0123456789") == std::string::npos ? Json(std::stoi(*o.w)) : Json(*o.w);
  put("waitQueueTimeoutMS", o.wait_queue_timeout);
  put("wTimeoutMS", o.w_timeout);
  put("zlibCompressionLevel", o.zlib_compression_level);
  return out;
}

void uri_options(Report& report) {
  report.suite("uri-options");
  each_file("uri_options", [&](const std::string& name, const Json& file) {
    for (const Json& test : file["tests"])
      report.run(name + ": " + test["description"].get<std::string>(), [&] { run_uri_case(test); });
  });
}

}  // namespace kinship::spec
