// See ferretdb.hpp.
// Failing to connect takes serverSelectionTimeoutMS, so that is short here.
#include "mongodb/ferretdb.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

#include "mongodb/opened.hpp"

namespace kinship::test {

bool has_ferretdb() {
  const bool there = std::getenv("KINSHIP_TEST_USERS_PORT") != nullptr;
  if (!there) MESSAGE("skipped: this is a test of logging in to FerretDB, which test/servers/ferretdb.sh starts");
  return there;
}

std::string ferretdb(const char* name) {
  const char* value = std::getenv((std::string("KINSHIP_TEST_") + name).c_str());
  REQUIRE(value != nullptr);
  return value;
}

std::string ferretdb_uri(const std::string& credential, const char* port, const std::string& options,
                         const std::string& host) {
  std::string uri = "mongodb://" + credential + (credential.empty() ? "" : "@") + host;
  if (port[0] != '\0') uri += ":" + ferretdb(port);
  return uri + "/test?directConnection=true&serverSelectionTimeoutMS=1500" + (options.empty() ? "" : "&" + options);
}

std::string failure_of(const std::string& uri, int code) {
  try {
    const Opened db(uri);
    db.command(doc("find", "c", "limit", 1));
  } catch (const error& e) {
    const std::string text = e.what();
    CHECK_MESSAGE(e.code().value() == code, text);
    for (const char* secret : {"rootpw", "hunter2", "pencil", "open sesame", "open%20sesame"})
      CHECK_MESSAGE(text.find(secret) == std::string::npos, text);
    return text;
  }
  return "";
}

}  // namespace kinship::test
