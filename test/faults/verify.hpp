// Looks into a store's file without the driver and compares every index table with what its documents say it should hold.
// Used after kills, and by whoever doubts.
#pragma once

#include <string>

namespace kinship::test {

/// Empty if all is well, else what is wrong first. Also runs SQLite's own integrity check.
std::string verify_file(const std::string& path);

}  // namespace kinship::test
