// The suite "Initial DNS Seedlist Discovery", with DNS as a table: the zone the specification's suite was written for.
// Nothing is looked up and nothing is connected to; `hosts` and `ping` of the cases speak of servers and are left out.
#include <kinship/error.hpp>
#include <map>
#include <set>

#include "driver/mongodb/srv.hpp"
#include "spec/suites.hpp"
#include "spec/uri_case.hpp"

namespace kinship::spec {
namespace {

using namespace mongodb;

constexpr char local[] = "localhost.test.build.10gen.cc.";

struct Zone {
  std::map<std::string, std::vector<SrvRecord>> srv;
  std::map<std::string, std::vector<std::string>> txt;
};

const Zone& zone() {
  static const Zone zone = [] {
    Zone z;
    const auto name = [](int n) { return "test" + std::to_string(n) + ".test.build.10gen.cc"; };
    const auto add = [&](int n, const char* target, std::uint16_t port) {
      z.srv["_mongodb._tcp." + name(n)].push_back({target, port});
    };
    for (const int n : {1, 3, 5, 6, 7, 8, 10, 11, 19, 20, 21}) add(n, local, 27017);
    add(1, local, 27018);
    add(2, local, 27018);
    add(2, local, 27019);
    add(12, "localhost.build.10gen.cc.", 27017);
    add(13, "test.build.10gen.cc.", 27017);
    add(14, "localhost.not-test.build.10gen.cc.", 27017);
    add(15, "localhost.test.not-build.10gen.cc.", 27017);
    add(16, "localhost.test.build.not-10gen.cc.", 27017);
    add(17, "localhost.test.build.10gen.not-cc.", 27017);
    add(18, "localhost.sub.test.build.10gen.cc.", 27017);
    add(19, "localhost.evil.build.10gen.cc.", 27017);
    add(23, local, 8000);
    add(24, local, 8000);
    z.srv["_customname._tcp." + name(22)] = {{local, 27017}, {local, 27018}};
    z.srv["_mongodb._tcp.test.build.10gen.cc"] = {{"test.build.10gen.cc.", 27017}};
    z.srv["_mongodb._tcp.build.10gen.cc"] = {{"build.10gen.cc.", 27017}};
    z.txt[name(5)] = {"replicaSet=repl0&authSource=thisDB"};
    z.txt[name(6)] = {"replicaSet=repl0", "authSource=otherDB"};
    z.txt[name(7)] = {"ssl=false"};
    z.txt[name(8)] = {"authSource"};
    z.txt[name(10)] = {"socketTimeoutMS=500"};
    z.txt[name(11)] = {"replicaSet=repl0"};
    z.txt[name(20)] = {"loadBalanced=true"};
    z.txt[name(21)] = {"loadBalanced=false"};
    z.txt[name(24)] = {"loadBalanced=true"};
    return z;
  }();
  return zone;
}

template <class T>
std::vector<T> look_up(const std::map<std::string, std::vector<T>>& records, const std::string& name) {
  const auto found = records.find(name);
  return found == records.end() ? std::vector<T>() : found->second;
}

MongoUri resolve(const std::string& text) {
  MongoUri uri = parse_uri(text);
  const auto records = look_up(zone().srv, srv_query(uri));
  const auto texts = look_up(zone().txt, uri.srv_name);
  return apply_srv(std::move(uri), records, texts, [](std::size_t below) { return below - 1; });
}

void check_options(const Json& expected, const MongoUri& uri) {
  const Json given = options_as_json(uri.options);
  for (const auto& [name, value] : expected.items()) {
    if (name == "ssl")
      expect(uri.tls() == value.get<bool>(), "TLS");
    else
      expect(member(given, name) == value, name + " is " + member(given, name).dump());
  }
}

void check_parts(const Json& expected, const MongoUri& uri) {
  const std::map<std::string, std::string> parts{{"user", uri.username.value_or("")},
                                                 {"password", uri.password.value_or("")},
                                                 {"db", uri.database},
                                                 {"defaultDatabase", uri.database},
                                                 {"auth_database", uri.database}};
  for (const auto& [name, value] : expected.items())
    expect(parts.at(name) == value.get<std::string>(), name + " is " + parts.at(name));
}

void run_case(const Json& test) {
  MongoUri uri;
  try {
    uri = resolve(test["uri"]);
  } catch (const error& e) {
    expect(test.value("error", false), e.what());
    return;
  }
  expect(!test.value("error", false), "is accepted: " + uri.text());
  std::set<std::string> hosts;
  for (const Address& host : uri.hosts) hosts.insert(host.text());
  if (test.contains("numSeeds")) expect(hosts.size() == test["numSeeds"].get<std::size_t>(), "number of seeds");
  if (test.contains("seeds")) expect(hosts == test["seeds"].get<std::set<std::string>>(), "seeds: " + Json(hosts).dump());
  check_options(test.contains("options") ? test["options"] : Json::object(), uri);
  check_parts(test.contains("parsed_options") ? test["parsed_options"] : Json::object(), uri);
}

}  // namespace

void srv_seedlist(Report& report) {
  report.suite("initial-dns-seedlist-discovery");
  each_file("srv_seedlist", [&](const std::string& name, const Json& file) { report.run(name, [&] { run_case(file); }); });
}

}  // namespace kinship::spec
