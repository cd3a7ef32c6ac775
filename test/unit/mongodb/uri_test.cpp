// Connection strings beside what the specification's suite asks: silence about secrets, SRV, hostile input.
#include <doctest/doctest.h>

#include <kinship/error.hpp>

#include "driver/mongodb/uri.hpp"

namespace kinship::mongodb {
namespace {

std::string failure(std::string_view uri) {
  try {
    parse_uri(uri);
  } catch (const error& e) {
    CHECK(e.code() == errc::invalid_query);
    return e.what();
  }
  return "";
}

TEST_CASE("a URI is taken apart") {
  const MongoUri uri =
      parse_uri("mongodb://al%40ice:p%2F%3A@A.example,[::1]:5,%2Ftmp%2Fm.sock/shop?retryWrites=false&w=majority");
  CHECK(uri.hosts == std::vector<Address>{{"a.example", 27017}, {"::1", 5}, {"/tmp/m.sock", 0}});
  CHECK(uri.username == "al@ice");
  CHECK(uri.password == "p/:");
  CHECK(uri.database == "shop");
  CHECK(uri.options.retry_writes == false);
  CHECK(uri.options.w == "majority");
  CHECK(uri.warnings.empty());
  CHECK_FALSE(uri.srv);
  CHECK_FALSE(uri.tls());
  CHECK(uri.text() == "mongodb://a.example:27017,[::1]:5,/tmp/m.sock/shop");
}

TEST_CASE("mongodb+srv implies TLS unless it is turned off") {
  const MongoUri uri = parse_uri("mongodb+srv://user:secret@Cluster.example.com/db");
  CHECK(uri.srv);
  CHECK(uri.tls());
  CHECK(uri.text() == "mongodb+srv://cluster.example.com/db");
  CHECK_FALSE(parse_uri("mongodb+srv://cluster.example.com/?tls=false").tls());
  CHECK_FALSE(parse_uri("mongodb+srv://cluster.example.com/?ssl=false").tls());
  CHECK(failure("mongodb+srv://a.b.c,d.e.f").find("one host name") != std::string::npos);
  CHECK(failure("mongodb+srv://a.b.c:27017").find("without a port") != std::string::npos);
  CHECK(failure("mongodb+srv://%2Ftmp%2Fa.sock").find("one host name") != std::string::npos);
  CHECK(failure("mongodb+srv://[::1]").find("one host name") != std::string::npos);
  CHECK(failure("mongodb+srv://a.b.c/?directConnection=true").find("mongodb://") != std::string::npos);
}

TEST_CASE("no part of a badly written password gets into an error or a warning") {
  for (const char* uri :
       {"mongodb://alice:hunter/zwei@host/db", "mongodb://alice:hunter?zwei@host/db",
        "mongodb://alice:hunter?zwei=x@host/db", "mongodb://alice:hunter#zwei@host", "mongodb://alice:hunter@zwei@host",
        "mongodb://alice:hunter:zwei@host", "mongodb://alice:hunter%zwei@host", "mongodb://alice:hunter[zwei@host:x",
        "mongodb://alice:hunter zwei@host:99999", "mongodb://hunter,zwei:x@", "mongo://alice:hunter@host",
        "mongodb://alice:1/hunter?zwei@host", "mongodb://alice:1?hunter=zwei@host"}) {
    CAPTURE(uri);
    std::string text;
    try {
      for (const std::string& warning : parse_uri(uri).warnings) text += warning;
      CHECK_FALSE(text.empty());
    } catch (const error& e) {
      text = e.what();
    }
    CHECK(text.find("hunter") == std::string::npos);
    CHECK(text.find("zwei") == std::string::npos);
  }
}

TEST_CASE("values of options stay out of warnings") {
  const MongoUri uri = parse_uri("mongodb://h/?authMechanismProperties=hunter2&journal=hunter2&hunterx=hunter2&w=-3");
  REQUIRE(uri.warnings.size() == 4);
  for (const std::string& warning : uri.warnings) CHECK(warning.find("hunter2") == std::string::npos);
  CHECK(uri.warnings[2].find("hunterx") != std::string::npos);
}

TEST_CASE("errors say how to write it") {
  CHECK(failure("mongodb://::1").find("[::1]:27017") != std::string::npos);
  CHECK(failure("mongodb://h:port").find("1 to 65535") != std::string::npos);
  CHECK(failure("mongodb://a,,b").find("host number 2") != std::string::npos);
  CHECK(failure("mongodb://u:p@q@h").find("%40") != std::string::npos);
  CHECK(failure("mongodb://h/a%2Fb").find("database") != std::string::npos);
  CHECK(failure("mongodb://h/a b").find("database") != std::string::npos);
  CHECK(failure("mongodb://h/%00").find("database") != std::string::npos);
  CHECK(failure("postgres://h").find("mongodb://") != std::string::npos);
}

TEST_CASE("hostile bytes end in an error or a value") {
  const std::string seed = "mongodb://u%41:p@[::1]:27017,h%2F.sock/d?readPreferenceTags=a:b,c:d&tls=true&w=1";
  for (std::size_t i = 0; i < seed.size(); ++i) {
    for (const char c : {'\0', '%', '@', ':', '/', '?', '&', '=', ',', '[', ']', '\xff'}) {
      std::string changed = seed, cut = seed.substr(0, i) + c;
      changed[i] = c;
      for (const std::string& text : {changed, cut}) {
        try {
          const MongoUri uri = parse_uri(text);
          CHECK_FALSE(uri.hosts.empty());
        } catch (const error& e) {
          CHECK(e.code() == errc::invalid_query);
        }
      }
    }
  }
}

}  // namespace
}  // namespace kinship::mongodb
