// See object_fields.hpp; an absent value is kept as null, which empties optionals and references again.
// Indexes are field names in the remembered document.
#include "model/object_fields.hpp"

#include <string>

namespace kinship::detail {

std::vector<std::size_t> bookkeeping_of(const ModelInfo& model) {
  std::vector<std::size_t> fields;
  for (const std::ptrdiff_t index : {model.version_index, model.created_index, model.updated_index})
    if (index >= 0) fields.push_back(static_cast<std::size_t>(index));
  return fields;
}

bson::Document remember_fields(const ModelInfo& model, const void* object, const std::vector<std::size_t>& indexes) {
  bson::Builder fields;
  for (const std::size_t index : indexes) {
    bson::Builder one;
    model.ops.encode_field(one, "v", object, index);
    const bson::Document value = one.finish();
    const std::string name = std::to_string(index);
    if (value["v"].missing())
      fields.append_null(name);
    else
      fields.append(name, value["v"]);
  }
  return fields.finish();
}

void restore_fields(const ModelInfo& model, void* object, const bson::Document& fields) {
  for (const auto& field : fields.view())
    model.ops.decode_field(field.value, object, static_cast<std::size_t>(std::stoul(std::string(field.name))), model);
}

}  // namespace kinship::detail
