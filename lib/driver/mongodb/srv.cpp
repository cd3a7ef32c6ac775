// The specification "Initial DNS Seedlist Discovery": a name must stay within the domain it was asked for, else whoever
// controls the answer could point the client anywhere. Suffixes are compared whole, from dot to dot.
#include "driver/mongodb/srv.hpp"

#include <algorithm>

#include "driver/mongodb/refuse.hpp"
#include "driver/mongodb/uri_check.hpp"

namespace kinship::mongodb {
namespace {

[[noreturn]] void wrong(const std::string& what) { refuse(errc::invalid_query, what); }

std::string name_of(std::string_view text) {
  while (!text.empty() && text.back() == '.') text.remove_suffix(1);
  return lower_case(text);
}

// What names must end with: the URI's own suffix, or the domain that is asked about.
std::string allowed_suffix(const MongoUri& uri) {
  if (const auto& given = uri.options.srv_allowed_hosts_suffix) {
    std::string suffix = name_of(*given);
    if (suffix.starts_with('.')) suffix.erase(0, 1);
    if (suffix.find('.') == std::string::npos)
      wrong("srvAllowedHostsSuffix names a whole top-level domain; write at least two parts, such as example.com");
    return "." + suffix;
  }
  const bool short_name = std::count(uri.srv_name.begin(), uri.srv_name.end(), '.') < 2;
  return short_name ? "." + uri.srv_name : uri.srv_name.substr(uri.srv_name.find('.'));
}

void merge_text(MongoUri& uri, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  if (texts.size() > 1) wrong("DNS has more than one TXT record for " + uri.srv_name + "; leave one");
  UriOptions options;
  std::vector<std::string> warnings;
  read_uri_options(texts[0], options, warnings);
  if (!warnings.empty() || !only_text_options(texts[0]))
    wrong("the TXT record of " + uri.srv_name + " may hold authSource, replicaSet and loadBalanced, and nothing else");
  if (!uri.options.auth_source) uri.options.auth_source = options.auth_source;
  if (!uri.options.replica_set) uri.options.replica_set = options.replica_set;
  if (!uri.options.load_balanced) uri.options.load_balanced = options.load_balanced;
}

void keep_some(std::vector<Address>& hosts, std::size_t most, const RandomBelow& random) {
  if (most == 0 || hosts.size() <= most) return;
  for (std::size_t i = 0; i < most; ++i) std::swap(hosts[i], hosts[i + random(hosts.size() - i)]);
  hosts.resize(most);
}

}  // namespace

std::string srv_query(const MongoUri& uri) {
  return "_" + uri.options.srv_service_name.value_or("mongodb") + "._tcp." + uri.srv_name;
}

std::vector<Address> allowed_servers(const MongoUri& uri, const std::vector<SrvRecord>& records,
                                     std::vector<std::string>& warnings) {
  const std::string suffix = allowed_suffix(uri);
  std::vector<Address> servers;
  for (const SrvRecord& record : records) {
    const Address server{name_of(record.target), record.port};
    if (server.host.size() > suffix.size() && server.host.ends_with(suffix))
      servers.push_back(server);
    else
      warnings.push_back("DNS gave the server '" + server.host + "' for " + uri.srv_name + ", which is not below '" +
                         suffix.substr(1) + "'; mend the SRV record, or allow it with srvAllowedHostsSuffix");
  }
  return servers;
}

MongoUri apply_srv(MongoUri uri, const std::vector<SrvRecord>& records, const std::vector<std::string>& texts,
                   const RandomBelow& random) {
  if (records.empty())
    refuse(errc::unavailable,
           "DNS has no SRV records " + srv_query(uri) + "; check the name, or use mongodb:// with the servers");
  std::vector<std::string> outside;
  uri.hosts = allowed_servers(uri, records, outside);
  if (!outside.empty()) wrong(outside.front());
  merge_text(uri, texts);
  check_options_together(uri);
  keep_some(uri.hosts, static_cast<std::size_t>(uri.options.srv_max_hosts.value_or(0)), random);
  return uri;
}

}  // namespace kinship::mongodb
