// What of a URI does not go together, checked when it is read and again when DNS has added to it.
// Private to uri.cpp and srv.cpp.
#pragma once

#include "driver/mongodb/uri.hpp"

namespace kinship::mongodb {

/// Throws `invalid_query` naming the options.
void check_options_together(const MongoUri& uri);

/// Whether "a=b&c=d" names only what a TXT record may: authSource, replicaSet, loadBalanced.
bool only_text_options(std::string_view query);

}  // namespace kinship::mongodb
