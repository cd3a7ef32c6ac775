// See collection_fields.hpp.
#include "collection_fields.hpp"

#include <string>

#include <kinship/driver/extras.hpp>
#include <kinship/error.hpp>

#include "collection_json.hpp"

namespace kinship::detail {

void set_field(std::shared_ptr<const OperationExtras>& extras, std::string_view name, const json& value) {
  auto changed = extras ? std::make_shared<OperationExtras>(*extras) : std::make_shared<OperationExtras>();
  if (name != "maxTimeMS") {
    changed->fields = with_field(changed->fields, name, value);
  } else {
    if (!value.is_number_integer())
      throw error(errc::invalid_query, "maxTimeMS is a JSON " + std::string(value.type_name()) + "; pass milliseconds");
    changed->max_time = std::chrono::milliseconds(value.get<std::int64_t>());
  }
  extras = std::move(changed);
}

bson::Document with_field(const bson::Document& document, std::string_view name, const json& value) {
  bson::Builder out;
  for (const auto& field : document.view())
    if (field.name != name) out.append(field.name, field.value);
  return out.append(name, value_from_json(value).view()).finish();
}

bson::Document json_change(const json& change, WriteKind kind, bool& pipeline) {
  pipeline = change.is_array() && kind != WriteKind::replace_one;
  if (pipeline) return json_array(change, "update");
  return json_document(change, kind == WriteKind::replace_one ? "replacement" : "update");
}

}  // namespace kinship::detail
