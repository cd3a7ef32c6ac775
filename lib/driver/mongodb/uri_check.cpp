// Options that exclude or need each other, whichever of URI and DNS they come from.
// Those about TLS and proxies come from the URI alone and are checked where it is read.
#include "driver/mongodb/uri_check.hpp"

#include "driver/mongodb/refuse.hpp"

namespace kinship::mongodb {
namespace {

[[noreturn]] void wrong(const std::string& what) { refuse(errc::invalid_query, "the MongoDB URI is not valid: " + what); }

void check_srv(const MongoUri& uri) {
  const UriOptions& options = uri.options;
  if (!uri.srv) {
    if (options.srv_max_hosts || options.srv_service_name || options.srv_allowed_hosts_suffix)
      wrong("srvMaxHosts, srvServiceName and srvAllowedHostsSuffix belong to mongodb+srv:// URIs");
    return;
  }
  if (options.direct_connection.value_or(false))
    wrong("directConnection=true needs a mongodb:// URI with the one server to talk to");
  if (options.srv_max_hosts.value_or(0) > 0 && (options.replica_set || options.load_balanced.value_or(false)))
    wrong("srvMaxHosts above 0 is for sharded clusters: it goes with neither replicaSet nor loadBalanced=true");
}

}  // namespace

void check_options_together(const MongoUri& uri) {
  check_srv(uri);
  const UriOptions& options = uri.options;
  const bool direct = options.direct_connection.value_or(false);
  if (direct && uri.hosts.size() > 1) wrong("directConnection=true talks to one server: name one host, or leave it out");
  if (!options.load_balanced.value_or(false)) return;
  if (uri.hosts.size() > 1) wrong("loadBalanced=true goes with one host, that of the load balancer");
  if (direct) wrong("loadBalanced=true and directConnection=true exclude each other");
  if (options.replica_set) wrong("loadBalanced=true and replicaSet exclude each other");
}

bool only_text_options(std::string_view query) {
  for (;;) {
    const auto end = query.find('&');
    const std::string name = lower_case(query.substr(0, std::min(query.find('='), end)));
    if (name != "authsource" && name != "replicaset" && name != "loadbalanced") return false;
    if (end == std::string_view::npos) return true;
    query.remove_prefix(end + 1);
  }
}

}  // namespace kinship::mongodb
