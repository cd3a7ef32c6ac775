// raw() and raw_update(): the two doors by which operators come from JSON, both named so that they can be searched for.
// On their own, because nlohmann's header is heavy.
#include <kinship/error.hpp>
#include <kinship/query/update.hpp>
#include <kinship/value/json.hpp>

namespace kinship {

namespace {

bson::Document object_of(const json& value, const char* what) {
  if (value.is_object()) return from_extended_json(value);
  throw error(errc::invalid_query,
              std::string(what) + " takes a JSON object in MongoDB's language, not a JSON " + value.type_name());
}

}  // namespace

Condition raw(const nlohmann::ordered_json& filter) { return Condition::from_filter(object_of(filter, "raw()")); }
Update raw_update(const nlohmann::ordered_json& update) { return Update::from_document(object_of(update, "raw_update()")); }

namespace detail {
Condition raw_unordered(const nlohmann::json& filter) { return raw(to_ordered(filter)); }
Update raw_update_unordered(const nlohmann::json& update) { return raw_update(to_ordered(update)); }
}  // namespace detail

}  // namespace kinship
