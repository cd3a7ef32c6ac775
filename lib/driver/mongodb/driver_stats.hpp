// What a client counts, as `Database::stats` gives it out: its connections, its servers, its retries.
// A look at a moment; every pool is locked for a few instructions.
#pragma once

#include <kinship/options.hpp>

namespace kinship::mongodb {

class Client;
void add_stats(const Client& client, Stats& stats);

}  // namespace kinship::mongodb
