// Between kinship::json and BSON for the raw collection: documents in, rows and values out.
// Arrays of BSON are documents whose names are "0", "1", ...
#pragma once

#include <string_view>
#include <vector>

#include <kinship/driver/driver.hpp>
#include <kinship/value/json.hpp>

namespace kinship::detail {

/// `what` names the argument in the error: "filter", "update", ...
bson::Document json_document(const json& value, std::string_view what);
bson::Document json_array(const json& value, std::string_view what);

void append_rows(std::vector<json>& rows, const Batch& batch);
/// Everything, batch by batch.
awaitable<std::vector<json>> read_all(FindReply reply);

}  // namespace kinship::detail
