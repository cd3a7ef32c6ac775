// One case of the suites about URIs: what must parse, with which warnings, hosts, credentials and options.
// The two suites share their format.
#pragma once

#include "driver/mongodb/uri.hpp"
#include "spec/files.hpp"

namespace kinship::spec {

void run_uri_case(const Json& test);

/// The options that were given, under their documented names, as the specification's tests write them.
Json options_as_json(const mongodb::UriOptions& options);

}  // namespace kinship::spec
