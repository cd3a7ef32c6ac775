// Takes a connection string apart by the specification "Connection string".
// Errors speak of positions ("the 2nd host"), because what stands there may be half of an unescaped password.
#include "driver/mongodb/uri.hpp"

#include <algorithm>

#include "driver/mongodb/percent.hpp"
#include "driver/mongodb/refuse.hpp"
#include "driver/mongodb/uri_check.hpp"

namespace kinship::mongodb {
namespace {

constexpr char encode_hint[] =
    "; in a user name or password write % as %25, : as %3A, / as %2F, ? as %3F, # as %23, @ as %40";

[[noreturn]] void wrong(const std::string& what) { refuse(errc::invalid_query, "the MongoDB URI is not valid: " + what); }

std::string decoded(std::string_view text, const char* what) {
  auto out = percent_decode(text);
  if (!out) wrong(std::string(what) + " holds a % that is not followed by two hexadecimal digits" + encode_hint);
  return *std::move(out);
}

void read_userinfo(std::string_view info, MongoUri& uri) {
  if (info.find('@') != std::string_view::npos)
    wrong(std::string("there is an unescaped @ before the last one") + encode_hint);
  if (info.find_first_of("#[]") != std::string_view::npos)
    wrong(std::string("there is an unescaped # or bracket before the @") + encode_hint + ", [ as %5B, ] as %5D");
  const auto colon = info.find(':');
  if (colon == 0 || info.empty()) wrong("the user name before the @ is empty; leave out the @ or write user:password@");
  if (colon != std::string_view::npos && info.find(':', colon + 1) != std::string_view::npos)
    wrong(std::string("there are two unescaped : before the @") + encode_hint);
  uri.username = decoded(info.substr(0, colon), "the user name");
  if (colon != std::string_view::npos) uri.password = decoded(info.substr(colon + 1), "the password");
}

std::uint16_t port_of(std::string_view text, const std::string& which) {
  const auto port = parse_port(text);
  if (!port) wrong(which + " has a port that is not a number from 1 to 65535" + encode_hint);
  return *port;
}

Address read_host(std::string_view text, const std::string& which) {
  if (text.empty()) wrong(which + " is missing; write mongodb://host:port");
  if (text.front() == '[') {
    const auto end = text.find(']');
    if (end == std::string_view::npos || end == 1) wrong(which + " begins with [ but is no IPv6 address such as [::1]");
    Address address{lower_case(decoded(text.substr(1, end - 1), which.c_str()))};
    const std::string_view rest = text.substr(end + 1);
    if (address.is_unix() || (!rest.empty() && rest.front() != ':'))
      wrong(which + " goes on after its ]; write [::1]:27017");
    if (!rest.empty()) address.port = port_of(rest.substr(1), which);
    return address;
  }
  std::string whole = decoded(text, which.c_str());
  if (whole.find('\0') != std::string::npos) wrong(which + " holds a NUL byte");
  if (whole.find('/') != std::string::npos) return Address{std::move(whole), 0};
  const auto colon = text.find(':');
  if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos)
    wrong(which + " has more than one colon; write an IPv6 address in brackets: [::1]:27017");
  Address address{lower_case(decoded(text.substr(0, colon), which.c_str()))};
  if (address.host.empty()) wrong(which + " is missing before its port");
  if (address.host.find_first_of(" \t\r\n@[]\\\"<>") != std::string::npos)
    wrong(which + " holds a character that no host name has" + encode_hint);
  if (colon != std::string_view::npos) address.port = port_of(text.substr(colon + 1), which);
  return address;
}

void read_hosts(std::string_view list, MongoUri& uri) {
  for (std::size_t number = 1;; ++number) {
    const auto comma = list.find(',');
    uri.hosts.push_back(read_host(list.substr(0, comma), "host number " + std::to_string(number)));
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
}

// Of mongodb+srv there is one name, which DNS is asked about.
void check_name(std::string_view list, MongoUri& uri) {
  if (!uri.srv) return;
  if (uri.hosts.size() != 1 || uri.hosts[0].is_unix() || list.find(':') != std::string_view::npos)
    wrong("mongodb+srv:// takes one host name without a port; its SRV records name the servers");
  uri.srv_name = uri.hosts[0].host;
  while (uri.srv_name.ends_with('.')) uri.srv_name.pop_back();
}

}  // namespace

std::string MongoUri::text() const {
  std::string out = srv ? "mongodb+srv://" : "mongodb://";
  if (srv) return out + srv_name + "/" + database;
  for (std::size_t i = 0; i < hosts.size(); ++i) out += (i ? "," : "") + hosts[i].text();
  return out + "/" + database;
}

MongoUri parse_uri(std::string_view text) {
  MongoUri uri;
  constexpr std::string_view plain = "mongodb://", srv = "mongodb+srv://";
  uri.srv = text.starts_with(srv);
  if (!uri.srv && !text.starts_with(plain)) wrong("it begins with neither mongodb:// nor mongodb+srv://");
  text.remove_prefix(uri.srv ? srv.size() : plain.size());

  std::string_view query;
  if (const auto mark = text.find('?'); mark != std::string_view::npos) {
    query = text.substr(mark + 1);
    text = text.substr(0, mark);
  }
  std::string_view database;
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    database = text.substr(slash + 1);
    text = text.substr(0, slash);
  }
  const auto at = text.rfind('@');
  if (at != std::string_view::npos) read_userinfo(text.substr(0, at), uri);
  const std::string_view hosts = at == std::string_view::npos ? text : text.substr(at + 1);
  read_hosts(hosts, uri);
  uri.database = decoded(database, "the database name");
  if (uri.database.find_first_of(std::string_view("/\\ \"$\0", 6)) != std::string::npos)
    wrong(std::string("the database name holds one of / \\ space \" $") + encode_hint);
  // With no @ before the hosts, one in the query may belong to a password that broke off at an unescaped "?".
  const bool quote_names = uri.username || query.find('@') == std::string_view::npos;
  read_uri_options(query, uri.options, uri.warnings, quote_names);
  check_name(hosts, uri);
  check_options_together(uri);
  return uri;
}

}  // namespace kinship::mongodb
