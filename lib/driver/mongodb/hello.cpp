// Reads a hello reply by the specification "Server Discovery and Monitoring".
// The type follows from the combination of fields; see server_type.
#include "driver/mongodb/hello.hpp"

#include <algorithm>

#include "driver/mongodb/bson_read.hpp"

namespace kinship::mongodb {
namespace {

ServerType server_type(bson::DocumentView reply) {
  if (!read_bool(reply["ok"])) return ServerType::unknown;
  if (read_bool(reply["isreplicaset"])) return ServerType::ghost;
  if (!read_text(reply["setName"]).empty()) {
    if (read_bool(reply["hidden"])) return ServerType::other;
    if (read_bool(reply["isWritablePrimary"]) || read_bool(reply["ismaster"])) return ServerType::primary;
    if (read_bool(reply["secondary"])) return ServerType::secondary;
    return read_bool(reply["arbiterOnly"]) ? ServerType::arbiter : ServerType::other;
  }
  return read_text(reply["msg"]) == "isdbgrid" ? ServerType::mongos : ServerType::standalone;
}

std::vector<Address> read_addresses(bson::ValueView value) {
  std::vector<Address> addresses;
  for (const auto& element : read_document(value))
    if (auto address = parse_address(read_text(element.value))) addresses.push_back(*std::move(address));
  return addresses;
}

std::optional<std::int64_t> read_date(bson::ValueView value) {
  if (value.is(bson::Type::date)) return value.as_int64();
  return std::nullopt;
}

int limit(bson::ValueView value, int otherwise) {
  const int given = read_int(value).value_or(otherwise);
  return given > 0 ? given : otherwise;
}

}  // namespace

bool ServerDescription::data_bearing() const noexcept { return writable() || type == ServerType::secondary; }

bool ServerDescription::writable() const noexcept {
  return type == ServerType::primary || type == ServerType::mongos || type == ServerType::standalone ||
         type == ServerType::load_balancer;
}

std::optional<TopologyVersion> read_topology_version(bson::ValueView value) {
  const bson::DocumentView document = read_document(value);
  const auto process = read_object_id(document["processId"]);
  const auto counter = read_integer(document["counter"]);
  if (!process || !counter) return std::nullopt;
  return TopologyVersion{*process, *counter};
}

ServerDescription unknown_server(Address address, std::string error, std::optional<TopologyVersion> topology_version) {
  ServerDescription server;
  server.address = std::move(address);
  server.error = std::move(error);
  server.topology_version = topology_version;
  return server;
}

ServerDescription read_hello(Address address, bson::DocumentView reply) {
  ServerDescription server;
  server.address = std::move(address);
  server.type = server_type(reply);
  server.topology_version = read_topology_version(reply["topologyVersion"]);
  if (server.type == ServerType::unknown) {
    const std::string_view why = read_text(reply["errmsg"]);
    server.error = why.empty() ? "the server's reply to hello is not ok" : "the server refused hello: " + std::string(why);
    return server;
  }
  server.min_wire = read_int(reply["minWireVersion"]).value_or(0);
  server.max_wire = read_int(reply["maxWireVersion"]).value_or(0);
  server.me = parse_address(read_text(reply["me"]));
  server.primary = parse_address(read_text(reply["primary"]));
  server.hosts = read_addresses(reply["hosts"]);
  server.passives = read_addresses(reply["passives"]);
  server.arbiters = read_addresses(reply["arbiters"]);
  server.set_name = read_text(reply["setName"]);
  server.set_version = read_integer(reply["setVersion"]);
  server.election_id = read_object_id(reply["electionId"]);
  server.logical_session_timeout_minutes = read_int(reply["logicalSessionTimeoutMinutes"]);
  for (const auto& tag : read_document(reply["tags"])) server.tags.emplace_back(tag.name, read_text(tag.value));
  server.last_write = read_date(read_document(reply["lastWrite"])["lastWriteDate"]);
  server.read_only = read_bool(reply["readOnly"]);
  server.hello_ok = read_bool(reply["helloOk"]);
  server.connection_id = read_integer(reply["connectionId"]);
  server.compression = read_texts(reply["compression"]);
  server.sasl_mechanisms = read_texts(reply["saslSupportedMechs"]);
  server.max_document = limit(reply["maxBsonObjectSize"], server.max_document);
  server.max_message = limit(reply["maxMessageSizeBytes"], server.max_message);
  server.max_write_batch = limit(reply["maxWriteBatchSize"], server.max_write_batch);
  return server;
}

bool same_state(const ServerDescription& a, const ServerDescription& b) {
  auto tags_a = a.tags, tags_b = b.tags;
  std::sort(tags_a.begin(), tags_a.end());
  std::sort(tags_b.begin(), tags_b.end());
  return a.address == b.address && a.type == b.type && a.error == b.error && a.min_wire == b.min_wire &&
         a.max_wire == b.max_wire && a.me == b.me && a.primary == b.primary && a.hosts == b.hosts &&
         a.passives == b.passives && a.arbiters == b.arbiters && a.set_name == b.set_name &&
         a.set_version == b.set_version && a.election_id == b.election_id && a.topology_version == b.topology_version &&
         a.logical_session_timeout_minutes == b.logical_session_timeout_minutes && tags_a == tags_b;
}

const char* type_name(ServerType type) noexcept {
  constexpr const char* names[] = {"Unknown",   "Standalone", "Mongos",  "RSPrimary",   "RSSecondary",
                                   "RSArbiter", "RSOther",    "RSGhost", "LoadBalancer"};
  return names[static_cast<std::size_t>(type)];
}

}  // namespace kinship::mongodb
