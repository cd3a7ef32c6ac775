// mongodb+srv:// after the look-up: which of the names DNS gave may be used, and what its TXT record adds to the options.
// Pure: who asks DNS brings the records here, first to connect and then now and again to see who came and went.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "driver/mongodb/uri.hpp"

namespace kinship::mongodb {

struct SrvRecord {
  std::string target{};  // with or without a dot at its end
  std::uint16_t port{};
};

/// Gives a number below its argument.
using RandomBelow = std::function<std::size_t(std::size_t)>;

/// "_mongodb._tcp.cluster.example.com": whose SRV records to ask for. The TXT record is asked for by `uri.srv_name`.
std::string srv_query(const MongoUri& uri);

/// The URI with the servers as its hosts (at most srvMaxHosts, chosen at random) and the TXT record's options where it has
/// none itself. `texts`: each TXT record with its strings joined. Throws `unavailable` without records, `invalid_query` for
/// names outside of the domain, for more than one TXT record, and for what does not go together.
MongoUri apply_srv(MongoUri uri, const std::vector<SrvRecord>& records, const std::vector<std::string>& texts,
                   const RandomBelow& random);

/// For a later look-up: the servers within the domain. Names outside of it are left out and named in `warnings`.
std::vector<Address> allowed_servers(const MongoUri& uri, const std::vector<SrvRecord>& records,
                                     std::vector<std::string>& warnings);

/// How long to wait before the next look-up, given the least time to live of the records: at least a minute.
inline std::chrono::milliseconds srv_rescan(std::chrono::seconds time_to_live,
                                            std::chrono::milliseconds least = std::chrono::seconds(60)) noexcept {
  return std::max<std::chrono::milliseconds>(time_to_live, least);
}

}  // namespace kinship::mongodb
