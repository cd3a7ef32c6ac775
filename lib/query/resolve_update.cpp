// Updates to {"$set": {...}, ...} with stored names, the values as their fields store them.
// Operators come in the order of their first use; nothing a user passed as a value can become a modifier.
#include <string>
#include <utility>
#include <vector>

#include <kinship/error.hpp>
#include "query/clauses.hpp"
#include "query/coerce.hpp"
#include "query/field_lookup.hpp"
#include "query/update_entry.hpp"

namespace kinship {
namespace detail {

using bson::Type;

namespace {

// What will stand under each operator.
struct Operators {
  struct Part {
    std::string name;
    bson::Builder fields;
  };
  std::vector<Part> parts;

  bson::Builder& at(std::string_view name) {
    for (Part& part : parts)
      if (part.name == name) return part.fields;
    parts.push_back({std::string(name), {}});
    return parts.back().fields;
  }
};

FieldPlace element_place(FieldPlace place) {
  if (!place.type.array && place.type.kind != StoredKind::any)
    mismatch(place, "a change to an array", "a change that suits " + std::string(to_string(place.type.kind)));
  place.type.array = false;
  return place;
}

void set_value(Operators& out, std::string_view op, const std::string& stored, bson::ValueView value,
               const FieldPlace& place) {
  const bool null = value.is(Type::null);
  if (null && (place.type.optional || place.type.reference)) {
    // An empty optional is stored absent.
    if (op == "$set") out.at("$unset").append_string(stored, "");
    return;
  }
  if (null && place.type.kind != StoredKind::any)
    mismatch(place, "null", std::string(to_string(place.type.kind)) + "; make the member a std::optional to allow null");
  if (place.type.array && !value.is(Type::array)) mismatch(place, found(value), "an array; push() appends one element");
  coerce(out.at(op), stored, value, place, Purpose::store);
}

void amount(Operators& out, std::string_view op, const std::string& stored, bson::ValueView value, const FieldPlace& place) {
  const StoredKind kind = place.type.kind;
  const bool number = kind == StoredKind::int32 || kind == StoredKind::int64 || kind == StoredKind::floating ||
                      kind == StoredKind::decimal128 || kind == StoredKind::any;
  if (!number || place.type.array) mismatch(place, "inc() or mul()", "a change that suits " + std::string(to_string(kind)));
  if (!value.is_number()) mismatch(place, found(value), "a number to change it by");
  coerce(out.at(op), stored, value, place, Purpose::store);
}

void elements(Operators& out, std::string_view op, const UpdateEntry& entry, const std::string& stored,
              const FieldPlace& place, bool several) {
  const FieldPlace element = element_place(place);
  bson::Builder& fields = out.at(op);
  const bson::ValueView value = entry.operand[""];
  if (!several && !value.is(Type::document)) {
    coerce(fields, stored, value, element, Purpose::store);
    return;
  }
  // In $each a document is an element, whatever its keys are called.
  if (op == "$pullAll")
    fields.begin_array(stored);
  else
    fields.begin_document(stored).begin_array("$each");
  if (several)
    for (const auto& item : value.as_document()) coerce(fields, "", item.value, element, Purpose::store);
  else
    coerce(fields, "", value, element, Purpose::store);
  fields.end();
  if (op != "$pullAll") fields.end();
}

void pull_where(Operators& out, const UpdateEntry& entry, const ResolvedField& field, const FieldPlace& place,
                const FieldCatalog* catalog) {
  element_place(place);
  const Condition matching = Condition::elem_match(entry.field, entry.condition);
  ClauseScope scope;
  scope.catalog = catalog;
  std::vector<Clause> clauses;
  collect_clauses(matching, scope, false, clauses);
  out.at("$pull").append(field.stored, clauses.front().operand[""]);
}

void raw(Operators& out, const bson::Document& update) {
  for (const auto& op : update.view())
    for (const auto& field : op.value.as_document()) out.at(op.name).append(field.name, field.value);
}

void apply(Operators& out, const UpdateEntry& entry, const FieldCatalog* catalog) {
  if (entry.kind == UpdateKind::raw) return raw(out, entry.operand);
  const ResolvedField field = look_up(entry.field, catalog);
  const std::string& stored = field.stored;
  const FieldPlace place{catalog != nullptr ? std::string_view(catalog->model) : std::string_view("the update"), entry.field,
                         field.type};
  const bson::ValueView value = entry.operand[""];
  switch (entry.kind) {
    case UpdateKind::set:
      return set_value(out, "$set", stored, value, place);
    case UpdateKind::set_on_insert:
      return set_value(out, "$setOnInsert", stored, value, place);
    case UpdateKind::min:
      return set_value(out, "$min", stored, value, place);
    case UpdateKind::max:
      return set_value(out, "$max", stored, value, place);
    case UpdateKind::inc:
      return amount(out, "$inc", stored, value, place);
    case UpdateKind::mul:
      return amount(out, "$mul", stored, value, place);
    case UpdateKind::push:
      return elements(out, "$push", entry, stored, place, false);
    case UpdateKind::push_all:
      return elements(out, "$push", entry, stored, place, true);
    case UpdateKind::add_to_set:
      return elements(out, "$addToSet", entry, stored, place, false);
    case UpdateKind::add_all_to_set:
      return elements(out, "$addToSet", entry, stored, place, true);
    case UpdateKind::pull_all:
      return elements(out, "$pullAll", entry, stored, place, true);
    case UpdateKind::pull_where:
      return pull_where(out, entry, field, place, catalog);
    case UpdateKind::unset:
      out.at("$unset").append_string(stored, "");
      return;
    case UpdateKind::pop:
      element_place(place);
      out.at("$pop").append(stored, value);
      return;
    case UpdateKind::rename:
      out.at("$rename").append_string(stored, look_up(value.as_string(), catalog).stored);
      return;
    case UpdateKind::current_date:
      if (place.type.kind != StoredKind::date && place.type.kind != StoredKind::any)
        mismatch(place, "the current date", to_string(place.type.kind));
      out.at("$currentDate").append(stored, value);
      return;
    case UpdateKind::raw:
      return;
  }
}

}  // namespace

bson::Document write_update(const Update& update, const FieldCatalog* catalog) {
  Operators operators;
  for (const auto& entry : update.entries()) apply(operators, *entry, catalog);
  bson::Builder out;
  for (auto& part : operators.parts) {
    const bson::Document fields = part.fields.finish();
    out.append(part.name, fields.view());
  }
  return out.finish();
}

}  // namespace detail

bson::Document resolve_update(const Update& update, const FieldCatalog& catalog) {
  if (update.empty())
    throw error(errc::invalid_query,
                "this update changes nothing; say what to change, as in kinship::set(\"status\", \"x\")",
                ErrorContext{.model = catalog.model});
  return detail::write_update(update, &catalog);
}

}  // namespace kinship
