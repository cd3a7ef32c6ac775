// The table of URI options: each row names an option, the member it fills and what its value may be.
// Private to reading URIs (uri_options.cpp).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "driver/mongodb/uri_options.hpp"

namespace kinship::mongodb {

/// A row by any spelling of its name; null: there is no such option. `spelling` becomes the name as documented.
struct UriOptionRow;
const UriOptionRow* find_uri_option(std::string_view name, std::string_view& spelling);
std::vector<std::string_view> uri_option_names();

/// Sets the row's member. Returns what the option takes if `value` (decoded) is not that, else "".
std::string set_uri_option(const UriOptionRow& row, std::string_view value, UriOptions& options);

}  // namespace kinship::mongodb
