// Logging in to a real server: both hashes, by name and by negotiation, and every way of not getting in.
// A refused log-in must be told at once, not after the time for selecting a server.
#include <doctest/doctest.h>

#include <chrono>

#include "mongodb/ferretdb.hpp"
#include "mongodb/opened.hpp"
#include "support/says.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

constexpr int unauthorized = static_cast<int>(errc::unauthorized), unavailable = static_cast<int>(errc::unavailable),
              invalid = static_cast<int>(errc::invalid_query);

/// Users of the database "test", made once; names and what they may log in with.
void make_users() {
  static const bool made = [] {
    const Opened root(ferretdb_uri("root:rootpw", "USERS_PORT", "authSource=admin"));
    root.command(doc("createUser", "old", "pwd", "pencil", "roles", array(), "mechanisms", array("SCRAM-SHA-1")));
    root.command(doc("createUser", "new", "pwd", "pencil", "roles", array(), "mechanisms", array("SCRAM-SHA-256")));
    root.command(doc("createUser", "any", "pwd", "p%/:@\xc2\xaa", "roles", array()));
    return true;
  }();
  static_cast<void>(made);
}

}  // namespace

TEST_CASE("a user gets in with either hash, and without naming one") {
  if (!has_ferretdb()) return;
  for (const char* mechanism : {"", "&authMechanism=SCRAM-SHA-1", "&authMechanism=SCRAM-SHA-256"}) {
    CAPTURE(mechanism);
    const Opened db(ferretdb_uri("root:rootpw", "USERS_PORT", std::string("authSource=admin") + mechanism));
    const bson::Document reply = db.command(doc("count", "nothing"));
    CHECK(reply["n"].as_int32() == 0);
  }
}

TEST_CASE("the hash that a user has is found out") {
  if (!has_ferretdb()) return;
  make_users();
  CHECK(failure_of(ferretdb_uri("old:pencil", "USERS_PORT"), 0) == "");
  CHECK(failure_of(ferretdb_uri("new:pencil", "USERS_PORT"), 0) == "");
  CHECK(failure_of(ferretdb_uri("old:pencil", "USERS_PORT", "authMechanism=SCRAM-SHA-1"), 0) == "");
  CHECK(failure_of(ferretdb_uri("new:pencil", "USERS_PORT", "authMechanism=SCRAM-SHA-256"), 0) == "");
  for (const char* uri : {"old:pencil SCRAM-SHA-256", "new:pencil SCRAM-SHA-1"}) {
    const std::string credential(uri, 10), mechanism(uri + 11);
    const std::string text = failure_of(ferretdb_uri(credential, "USERS_PORT", "authMechanism=" + mechanism), unauthorized);
    says(text, "leave out authMechanism");
    says(text, mechanism);
  }
}

TEST_CASE("passwords of any characters, percent-encoded and normalised") {
  if (!has_ferretdb()) return;
  make_users();
  // SASLprep makes the feminine ordinal indicator an a.
  for (const char* mechanism : {"", "authMechanism=SCRAM-SHA-256"}) {
    CHECK(failure_of(ferretdb_uri("any:p%25%2F%3A%40%C2%AA", "USERS_PORT", mechanism), 0) == "");
    CHECK(failure_of(ferretdb_uri("any:p%25%2F%3A%40a", "USERS_PORT", mechanism), 0) == "");
  }
}

TEST_CASE("a wrong password is unauthorized, at once, with host and mechanism and what to check") {
  if (!has_ferretdb()) return;
  make_users();
  const std::string host = "127.0.0.1:" + ferretdb("USERS_PORT");
  for (const char* uri : {"new:hunter2 SCRAM-SHA-256", "old:hunter2 SCRAM-SHA-1"}) {
    const std::string credential(uri, 11), mechanism(uri + 12);
    for (const std::string& options : {"authMechanism=" + mechanism, std::string("maxPoolSize=2&minPoolSize=2")}) {
      CAPTURE(options);
      const auto began = std::chrono::steady_clock::now();
      const std::string text =
          failure_of(ferretdb_uri(credential, "USERS_PORT", options + "&serverSelectionTimeoutMS=30000"), unauthorized);
      says(text, host);
      says(text, mechanism);
      says(text, "authSource");
      CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(10));
    }
  }
}

TEST_CASE("unknown users, and users of another database, are unauthorized") {
  if (!has_ferretdb()) return;
  make_users();
  says(failure_of(ferretdb_uri("nobody:hunter2", "USERS_PORT"), unauthorized), "user name or password is wrong");
  const std::string text = failure_of(ferretdb_uri("new:pencil", "USERS_PORT", "authSource=other"), unauthorized);
  says(text, "the database other");
}

TEST_CASE("who does not log in is told how, when the server wants it") {
  if (!has_ferretdb()) return;
  const std::string text = failure_of(ferretdb_uri("", "USERS_PORT"), unauthorized);
  says(text, "mongodb://user:password@");
}

TEST_CASE("over a unix socket") {
  if (!has_ferretdb()) return;
  std::string path;
  for (const char c : ferretdb("UNIX_SOCKET")) path += c == '/' ? std::string("%2F") : std::string(1, c);
  const std::string host = ferretdb("UNIX_SOCKET");
  CHECK(failure_of(ferretdb_uri("root:rootpw", "", "authSource=admin", path), 0) == "");
  says(failure_of(ferretdb_uri("root:hunter2", "", "authSource=admin", path), unauthorized), host);
  says(failure_of(ferretdb_uri("root:rootpw", "", "authSource=admin", path + "x"), unavailable), host + "x");
  says(failure_of(ferretdb_uri("root:rootpw", "", "authSource=admin&authMechanism=PLAIN", path), unauthorized), "PLAIN");
  says(failure_of(ferretdb_uri("root:rootpw", "", "tls=true", path), invalid), "unix socket");
}

TEST_CASE("a password that cannot be normalised is refused in words") {
  if (!has_ferretdb()) return;
  says(failure_of(ferretdb_uri("new:hunter2%07", "USERS_PORT", "authMechanism=SCRAM-SHA-256"), invalid), "SASLprep");
}
