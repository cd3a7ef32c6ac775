// The same work by hand: sqlite3's C interface, documents as JSON text, nlohmann on both ends.
#pragma once

#include <string>

namespace bench {

int peer_insert(const std::string& file, int n);
int peer_hydrate(const std::string& file, int n);

}  // namespace bench
