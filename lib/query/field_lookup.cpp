// Names to stored fields: member or stored name first, then down dotted paths through nested structs and arrays.
// What the model does not have is `unknown_field`, with the nearest name there is.
#include "query/field_lookup.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <kinship/error.hpp>
#include "value/nearest.hpp"

namespace kinship {

const FieldInfo* FieldCatalog::find(std::string_view name) const noexcept {
  for (const FieldInfo& field : fields)
    if (field.member == name) return &field;
  for (const FieldInfo& field : fields)
    if (field.stored == name || (name == "id" && field.stored == "_id")) return &field;
  return nullptr;
}

std::string_view to_string(StoredKind kind) noexcept {
  switch (kind) {
    case StoredKind::any:
      return "any value";
    case StoredKind::boolean:
      return "bool";
    case StoredKind::int32:
      return "int32";
    case StoredKind::int64:
      return "int64";
    case StoredKind::floating:
      return "double";
    case StoredKind::string:
      return "string";
    case StoredKind::object_id:
      return "ObjectId";
    case StoredKind::uuid:
      return "Uuid";
    case StoredKind::date:
      return "date";
    case StoredKind::decimal128:
      return "Decimal128";
    case StoredKind::binary:
      return "binary";
    case StoredKind::enumeration:
      return "enum";
    case StoredKind::document:
      return "document";
    case StoredKind::map:
      return "map";
  }
  return "unknown";
}

namespace detail {
namespace {

[[noreturn]] void unknown(std::string sentence, const FieldCatalog& catalog) {
  throw error(errc::unknown_field, std::move(sentence), ErrorContext{.model = catalog.model});
}

[[noreturn]] void no_such_field(std::string_view name, const FieldCatalog& catalog) {
  std::string sentence = catalog.model + " has no field '" + std::string(name.substr(0, 100)) + "'";
  const std::string nearest = nearest_field(name, catalog);
  if (!nearest.empty()) {
    sentence += "; did you mean '" + nearest + "'?";
  } else {
    sentence += "; its fields are";
    const char* comma = " ";
    for (const FieldInfo& field : catalog.fields) {
      sentence += comma + field.member;
      comma = ", ";
    }
  }
  unknown(std::move(sentence), catalog);
}

bool is_index(std::string_view part) {
  return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "0", and what updates say for "the one that matched" and "each": "$", "$[]", "$[name]".
bool names_elements(std::string_view part) { return is_index(part) || (!part.empty() && part.front() == '$'); }

std::string_view take_part(std::string_view& path) {
  const std::size_t dot = path.find('.');
  const std::string_view part = path.substr(0, dot);
  path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  return part;
}

void check_parts(std::string_view name, const FieldCatalog* catalog) {
  const bool bad = name.empty() || name.front() == '.' || name.back() == '.' || name.find("..") != std::string_view::npos ||
                   name.find('\0') != std::string_view::npos;
  if (!bad && (catalog != nullptr || name.front() != '$')) return;
  throw error(errc::unknown_field,
              "'" + std::string(name.substr(0, name.find('\0')).substr(0, 100)) +
                  "' is not a field name; name a field, or a path such as address.city",
              ErrorContext{.model = catalog != nullptr ? catalog->model : std::string()});
}

}  // namespace

std::string nearest_field(std::string_view name, const FieldCatalog& catalog) {
  if (name.size() > 100) return {};
  std::vector<std::string_view> known;
  for (const FieldInfo& field : catalog.fields) known.insert(known.end(), {field.member, field.stored});
  return std::string(nearest_name(name, known));
}

ResolvedField look_up(std::string_view name, const FieldCatalog* catalog) {
  check_parts(name, catalog);
  if (catalog == nullptr) return {std::string(name), StoredType{}, nullptr};
  ResolvedField result;
  std::string_view rest = name;
  while (true) {
    const std::string_view part = take_part(rest);
    const FieldInfo* field = catalog->find(part);
    if (field == nullptr) no_such_field(part, *catalog);
    result.stored += field->stored;
    result.type = field->type;
    result.nested = field->nested;
    while (!rest.empty() && result.type.array) {
      std::string_view ahead = rest;
      const std::string_view index = take_part(ahead);
      if (!names_elements(index)) break;
      rest = ahead;
      result.stored += '.';
      result.stored += index;
      result.type.array = false;
      result.type.optional = false;
    }
    if (rest.empty()) return result;
    // Below json and map members anything goes.
    if ((result.type.kind == StoredKind::any || result.type.kind == StoredKind::map) && !result.type.reference) {
      result.stored += '.';
      result.stored += rest;
      return {std::move(result.stored), StoredType{}, nullptr};
    }
    if (result.type.reference)
      unknown(catalog->model + "." + field->member + " holds only the key of another document, so '" + std::string(name) +
                  "' cannot be asked here; query that model first and use its keys, or load it with with()",
              *catalog);
    if (result.nested == nullptr)
      unknown(catalog->model + "." + field->member + " is stored as " + std::string(to_string(result.type.kind)) +
                  " and has nothing below it, so '" + std::string(name) + "' names no field",
              *catalog);
    result.stored += '.';
    catalog = result.nested;
  }
}

}  // namespace detail

ResolvedField resolve_field(std::string_view name, const FieldCatalog& catalog) { return detail::look_up(name, &catalog); }

}  // namespace kinship
