// See collection_json.hpp.
#include "collection_json.hpp"

#include <string>
#include <utility>

#include <kinship/error.hpp>

namespace kinship::detail {

bson::Document json_document(const json& value, std::string_view what) {
  if (value.is_object()) return from_extended_json(value);
  throw error(errc::invalid_query, "the " + std::string(what) + " is a JSON " + value.type_name() +
                                       "; pass an object, such as {\"name\": \"x\"}");
}

bson::Document json_array(const json& value, std::string_view what) {
  if (!value.is_array())
    throw error(errc::invalid_query,
                "the " + std::string(what) + " is a JSON " + value.type_name() + "; pass an array of objects");
  bson::Builder out;
  out.begin_array("");
  for (const json& element : value) out.append("", json_document(element, what).view());
  const bson::Document whole = out.end().finish();
  return bson::Document(whole[""].as_document());
}

void append_rows(std::vector<json>& rows, const Batch& batch) {
  for (const bson::DocumentView& document : batch.documents) rows.push_back(to_extended_json(document));
}

awaitable<std::vector<json>> read_all(FindReply reply) {
  std::vector<json> rows;
  append_rows(rows, reply.first);
  while (reply.cursor != nullptr) {
    const Batch batch = co_await reply.cursor->next();
    if (batch.documents.empty()) break;
    append_rows(rows, batch);
  }
  co_return rows;
}

}  // namespace kinship::detail
