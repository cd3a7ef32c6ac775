// The suite "Connection string", and how a case about a URI is checked.
// Beside what the suite asks: no text of ours may hold a password.
#include <kinship/error.hpp>

#include "spec/suites.hpp"
#include "spec/uri_case.hpp"

namespace kinship::spec {
namespace {

void check_hosts(const Json& expected, const mongodb::MongoUri& uri) {
  expect(expected.size() == uri.hosts.size(), "wrong number of hosts: " + uri.text());
  for (std::size_t i = 0; i < uri.hosts.size(); ++i) {
    const auto& host = uri.hosts[i];
    expect(host.host == expected[i]["host"].get<std::string>(), "host is " + host.host);
    expect(host.is_unix() == (expected[i]["type"] == "unix"), "type of " + host.text());
    const Json& port = expected[i]["port"];
    if (!host.is_unix()) expect(host.port == (port.is_null() ? 27017 : port.get<int>()), "port of " + host.text());
  }
}

void check_auth(const Json& expected, const mongodb::MongoUri& uri) {
  const auto same = [](const Json& wanted, const std::optional<std::string>& got) {
    return wanted.is_null() ? !got : got && wanted == *got;
  };
  expect(same(expected["username"], uri.username), "user name is " + uri.username.value_or("absent"));
  expect(same(expected["password"], uri.password), "password is " + uri.password.value_or("absent"));
  const Json& database = expected["db"];
  expect(uri.database == (database.is_null() ? "" : database.get<std::string>()), "database is " + uri.database);
}

void check_options(const Json& expected, const mongodb::MongoUri& uri) {
  const Json given = options_as_json(uri.options);
  for (const auto& [name, value] : expected.items()) {
    const Json* found = nullptr;
    for (const auto& [ours, got] : given.items())
      if (mongodb::lower_case(ours) == mongodb::lower_case(name)) found = &got;
    expect(found != nullptr, name + " was not read");
    // Compared without regard to order: tags and properties are objects.
    expect(nlohmann::json::parse(found->dump()) == nlohmann::json::parse(value.dump()), name + " is " + found->dump());
  }
}

// A password that stands before the last @ must not appear in a text.
void check_silence(const std::string& uri, const std::string& text) {
  const auto at = uri.rfind('@'), colon = uri.find(':', uri.find("://") + 3);
  if (at == std::string::npos || colon >= at) return;
  const std::string password = uri.substr(colon + 1, at - colon - 1);
  if (password.size() > 2 && password != "password")  // which is a word of our sentences, too
    expect(text.find(password) == std::string::npos, "the text holds a password: " + text);
}

}  // namespace

void run_uri_case(const Json& test) {
  const std::string text = test["uri"];
  mongodb::MongoUri uri;
  try {
    uri = mongodb::parse_uri(text);
  } catch (const error& e) {
    check_silence(text, e.what());
    if (test["valid"] == false) return;
    throw;
  }
  expect(test["valid"] == true, "is accepted");
  for (const std::string& warning : uri.warnings) check_silence(text, warning);
  expect(uri.warnings.empty() != (test["warning"] == true),
         uri.warnings.empty() ? "a warning is missing" : "unexpected warning: " + uri.warnings[0]);
  if (const Json& hosts = member(test, "hosts"); !hosts.is_null()) check_hosts(hosts, uri);
  if (const Json& auth = member(test, "auth"); !auth.is_null()) check_auth(auth, uri);
  if (const Json& options = member(test, "options"); !options.is_null()) check_options(options, uri);
}

void connection_string(Report& report) {
  report.suite("connection-string");
  each_file("connection_string", [&](const std::string& name, const Json& file) {
    for (const Json& test : file["tests"])
      report.run(name + ": " + test["description"].get<std::string>(), [&] { run_uri_case(test); });
  });
}

}  // namespace kinship::spec
