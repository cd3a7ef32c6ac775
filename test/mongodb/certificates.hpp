// The certificates that test/servers/test_ca.sh made, for tests that run behind certificates.sh or ferretdb.sh.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

namespace kinship::test {

/// False where the tests run without them: then each says that it is skipped.
inline bool has_certificates() {
  const bool there = std::getenv("KINSHIP_TEST_CERTIFICATES") != nullptr;
  if (!there) MESSAGE("skipped: test/servers/certificates.sh makes the certificates of this test");
  return there;
}

inline std::string certificate(const char* name) {
  const char* directory = std::getenv("KINSHIP_TEST_CERTIFICATES");
  REQUIRE(directory != nullptr);
  return std::string(directory) + "/" + name;
}

}  // namespace kinship::test
