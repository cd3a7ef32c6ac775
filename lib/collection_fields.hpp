// Further fields of a raw collection's operations, in MongoDB's words, and updates that are pipelines.
// See OperationExtras: shared and never changed.
#pragma once

#include <string_view>

#include <kinship/driver/driver.hpp>
#include <kinship/value/json_fwd.hpp>

namespace kinship::detail {

/// Puts changed extras in the place of those there are. maxTimeMS has a place of its own.
void set_field(std::shared_ptr<const OperationExtras>& extras, std::string_view name, const json& value);
/// The document with one field more.
bson::Document with_field(const bson::Document& document, std::string_view name, const json& value);
/// An update or, if it is an array, a pipeline.
bson::Document json_change(const json& change, WriteKind kind, bool& pipeline);

}  // namespace kinship::detail
