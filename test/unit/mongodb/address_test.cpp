// Addresses: what servers call each other, normalised.
#include <doctest/doctest.h>

#include "driver/mongodb/address.hpp"

namespace kinship::mongodb {
namespace {

TEST_CASE("addresses are read as servers write them") {
  CHECK(parse_address("a:27018") == Address{"a", 27018});
  CHECK(parse_address("A.Example.COM") == Address{"a.example.com", 27017});
  CHECK(parse_address("[FE80::1]:5") == Address{"fe80::1", 5});
  CHECK(parse_address("[::1]") == Address{"::1", 27017});
  CHECK(parse_address("/tmp/Mongo.sock") == Address{"/tmp/Mongo.sock", 0});
}

TEST_CASE("what is no address is none") {
  for (const char* text :
       {"", ":1", "a:", "a:0", "a:65536", "a:1x", "a:123456", "[::1", "[]:1", "[::1]x", "[::1]:", "::1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_address(text));
  }
}

TEST_CASE("addresses as text can be read again") {
  for (const char* text : {"a:27018", "[::1]:27017", "/tmp/a.sock"}) CHECK(parse_address(text)->text() == text);
  CHECK(Address{"::1"}.text() == "[::1]:27017");
  CHECK(Address{"/a/b", 0}.is_unix());
  CHECK_FALSE(Address{"a"}.is_unix());
}

}  // namespace
}  // namespace kinship::mongodb
