// The suite "Authentication: connection string": which credential a URI means, and what each mechanism takes.
// No text of ours may hold the password.
#include <kinship/error.hpp>

#include "driver/mongodb/credential.hpp"
#include "spec/files.hpp"
#include "spec/suites.hpp"

namespace kinship::spec {
namespace {

void run_case(const Json& test) {
  std::optional<mongodb::Credential> credential;
  try {
    credential = mongodb::credential_of(mongodb::parse_uri(test["uri"].get<std::string>()));
  } catch (const error& e) {
    expect(test["valid"] == false, e.what());
    return;
  }
  expect(test["valid"] == true, "is accepted");
  const Json& wanted = member(test, "credential");
  expect(credential.has_value() == !wanted.is_null(), credential ? "there is a credential" : "there is none");
  if (!credential) return;
  const auto same = [](const Json& json, const std::optional<std::string>& text) {
    return json.is_null() ? !text : text && json == *text;
  };
  expect(same(wanted["username"], credential->username), "user name");
  expect(same(wanted["password"], credential->password), "password");
  expect(wanted["source"] == credential->source, "source is " + credential->source);
  expect(wanted["mechanism"].is_null() ? credential->mechanism.empty() : wanted["mechanism"] == credential->mechanism,
         "mechanism");
  Json properties = Json::object();
  for (const auto& [name, value] : credential->properties) properties[name] = value;
  const Json& given = member(wanted, "mechanism_properties");
  expect(nlohmann::json::parse(properties.dump()) == nlohmann::json::parse(given.is_null() ? "{}" : given.dump()),
         "properties are " + properties.dump());
}

}  // namespace

void authentication(Report& report) {
  report.suite("auth/connection-string");
  each_file("auth/legacy", [&](const std::string&, const Json& file) {
    for (const Json& test : file["tests"]) report.run(test["description"].get<std::string>(), [&] { run_case(test); });
  });
}

}  // namespace kinship::spec
