// The options of a MongoDB URI, as the specification "URI options" lists them; one that was not given is nullopt.
// Defaults are in the comments: whoever reads an option says `.value_or(...)`.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <kinship/driver/read_preference.hpp>

namespace kinship::mongodb {

using Milliseconds = std::chrono::milliseconds;
/// Tags in the order given; an empty set matches every server.
using TagSet = std::vector<std::pair<std::string, std::string>>;

enum class MonitoringMode : std::uint8_t { automatic, stream, poll };

struct UriOptions {
  // Authentication; see credential.hpp for what follows from them.
  std::optional<std::string> auth_mechanism{};
  std::optional<TagSet> auth_mechanism_properties{};
  std::optional<std::string> auth_source{};

  // Connecting
  std::optional<std::string> app_name{};
  std::optional<std::vector<std::string>> compressors{};
  std::optional<int> zlib_compression_level{};    // -1 to 9; -1
  std::optional<Milliseconds> connect_timeout{};  // 10 s; 0: none
  std::optional<Milliseconds> socket_timeout{};   // none
  std::optional<bool> direct_connection{};        // false
  std::optional<bool> load_balanced{};            // false
  std::optional<std::string> replica_set{};

  // The pool
  std::optional<std::int64_t> max_pool_size{};       // 100; 0: no limit
  std::optional<std::int64_t> min_pool_size{};       // 0
  std::optional<std::int64_t> max_connecting{};      // 2
  std::optional<Milliseconds> max_idle_time{};       // 0: no limit
  std::optional<Milliseconds> wait_queue_timeout{};  // none

  // Monitoring and selection
  std::optional<Milliseconds> heartbeat_frequency{};       // 10 s, at least 500 ms
  std::optional<Milliseconds> local_threshold{};           // 15 ms
  std::optional<Milliseconds> server_selection_timeout{};  // 30 s
  std::optional<bool> server_selection_try_once{};         // of single-threaded drivers: read and not used
  std::optional<MonitoringMode> server_monitoring_mode{};  // automatic

  // Operations
  std::optional<Milliseconds> timeout{};  // of a whole operation; 0: none
  std::optional<bool> retry_reads{};      // true
  std::optional<bool> retry_writes{};     // true
  std::optional<std::int64_t> max_adaptive_retries{};
  std::optional<bool> enable_overload_retargeting{};
  std::optional<ReadPreference> read_preference{};  // primary
  std::optional<std::vector<TagSet>> read_preference_tags{};
  std::optional<std::int64_t> max_staleness_seconds{};  // -1: none
  std::optional<std::string> read_concern_level{};
  std::optional<std::string> w{};  // a number of members, "majority", or a name from the set's configuration
  std::optional<Milliseconds> w_timeout{};
  std::optional<bool> journal{};

  // TLS
  std::optional<bool> tls{};  // false; true for mongodb+srv
  std::optional<std::string> tls_ca_file{};
  std::optional<std::string> tls_certificate_key_file{};
  std::optional<std::string> tls_certificate_key_file_password{};
  std::optional<bool> tls_allow_invalid_certificates{};
  std::optional<bool> tls_allow_invalid_hostnames{};
  std::optional<bool> tls_insecure{};  // both of the above
  std::optional<bool> tls_disable_certificate_revocation_check{};
  std::optional<bool> tls_disable_ocsp_endpoint_check{};

  // mongodb+srv
  std::optional<std::int64_t> srv_max_hosts{};    // 0: all
  std::optional<std::string> srv_service_name{};  // mongodb
  std::optional<std::string> srv_allowed_hosts_suffix{};

  // A SOCKS5 proxy
  std::optional<std::string> proxy_host{};
  std::optional<std::int64_t> proxy_port{};
  std::optional<std::string> proxy_username{};
  std::optional<std::string> proxy_password{};
};

/// Reads "a=b&c=d" (percent-encoded) into `options`. What is unknown or has a wrong value is left out and leaves a warning.
/// Throws `invalid_query` for what is malformed or contradicts itself. Neither text ever holds a value from the URI; names
/// of unknown options are quoted only if `quote_names`.
void read_uri_options(std::string_view query, UriOptions& options, std::vector<std::string>& warnings,
                      bool quote_names = true);

}  // namespace kinship::mongodb
