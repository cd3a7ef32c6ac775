// The deployment of KINSHIP_TEST_MONGODB with a database of one's own in its path.
// URIs may carry options: the name goes before them.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string>

namespace kinship::test {

/// Null: there is no MongoDB server to test on.
inline const char* mongodb_server() { return std::getenv("KINSHIP_TEST_MONGODB"); }

/// `uri` with the database `name` (it has none), and more options ("a=1&b=2"). Where KINSHIP_TEST_DATABASES is set, names
/// begin with it.
inline std::string with_database(std::string uri, std::string name, const std::string& options = "") {
  if (const char* prefix = std::getenv("KINSHIP_TEST_DATABASES")) name.insert(0, prefix);
  const bool has_options = uri.find('?') != std::string::npos;
  if (!options.empty()) uri += (has_options ? "&" : "?") + options;
  return uri.insert(std::min(uri.find('?'), uri.size()), name);
}

/// A fresh database of that server.
inline std::string mongodb_uri(const std::string& options = "") {
  static std::atomic<int> number{0};
  return with_database(mongodb_server(), "t" + std::to_string(::getpid()) + "_" + std::to_string(++number), options);
}

}  // namespace kinship::test
