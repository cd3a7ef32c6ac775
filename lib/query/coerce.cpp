// The rules by which a value becomes what its field stores.
// One switch per kind of field; null passes in comparisons, and updates decide about it before they come here.
#include "query/coerce.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include <kinship/error.hpp>
#include <kinship/value/datetime.hpp>
#include <kinship/value/decimal128.hpp>
#include <kinship/value/object_id.hpp>
#include <kinship/value/uuid.hpp>
#include <kinship/value/value.hpp>

namespace kinship::detail {

using bson::Type;
using bson::ValueView;

namespace {

bool is_integer(ValueView value) { return value.is(Type::int32) || value.is(Type::int64); }

// A double that is whole and within int64, or an integer.
bool whole(ValueView value, std::int64_t& out) {
  if (value.is(Type::int32)) return out = value.as_int32(), true;
  if (value.is(Type::int64)) return out = value.as_int64(), true;
  if (!value.is(Type::double_)) return false;
  const double number = value.as_double();
  if (!(number >= -9.2e18 && number <= 9.2e18) || number != std::floor(number)) return false;
  out = static_cast<std::int64_t>(number);
  return true;
}

double as_number(ValueView value) {
  if (value.is(Type::double_)) return value.as_double();
  return value.is(Type::int32) ? value.as_int32() : static_cast<double>(value.as_int64());
}

void store_integer(bson::Builder& out, std::string_view name, ValueView value, const FieldPlace& place) {
  std::int64_t number = 0;
  if (!whole(value, number)) mismatch(place, found(value), "a whole number");
  if (place.type.kind == StoredKind::int64) {
    out.append_int64(name, number);
    return;
  }
  if (number < std::numeric_limits<std::int32_t>::min() || number > std::numeric_limits<std::int32_t>::max())
    mismatch(place, found(value), "a number that int32 can hold");
  out.append_int32(name, static_cast<std::int32_t>(number));
}

void number(bson::Builder& out, std::string_view name, ValueView value, const FieldPlace& place, Purpose purpose) {
  if (!value.is_number()) mismatch(place, found(value), "a number");
  if (purpose == Purpose::compare)
    out.append(name, value);
  else if (place.type.kind != StoredKind::floating)
    store_integer(out, name, value, place);
  else if (value.is(Type::decimal128))
    mismatch(place, found(value), "a double");
  else
    out.append_double(name, as_number(value));
}

void decimal(bson::Builder& out, std::string_view name, ValueView value, const FieldPlace& place, Purpose purpose) {
  if (value.is(Type::decimal128) || (value.is_number() && purpose == Purpose::compare)) {
    out.append(name, value);
    return;
  }
  std::string text;
  if (value.is(Type::string))
    text = value.as_string();
  else if (is_integer(value))
    text = std::to_string(value.is(Type::int32) ? value.as_int32() : value.as_int64());
  const auto parsed = Decimal128::parse(text);
  if (!parsed) mismatch(place, found(value), "a Decimal128, or its text such as \"12.50\"");
  out.append_decimal128(name, parsed->bytes().data());
}

void expect(bson::Builder& out, std::string_view name, ValueView value, Type type, const FieldPlace& place) {
  if (!value.is(type)) mismatch(place, found(value), to_string(place.type.kind));
  out.append(name, value);
}

void scalar(bson::Builder& out, std::string_view name, ValueView value, const FieldPlace& place, Purpose purpose) {
  const auto text = [&] { return value.is(Type::string) ? value.as_string() : std::string_view(); };
  switch (place.type.kind) {
    case StoredKind::any:
    case StoredKind::document:
    case StoredKind::map:
    case StoredKind::enumeration:
      out.append(name, value);
      return;
    case StoredKind::boolean:
      expect(out, name, value, Type::boolean, place);
      return;
    case StoredKind::string:
      expect(out, name, value, Type::string, place);
      return;
    case StoredKind::int32:
    case StoredKind::int64:
    case StoredKind::floating:
      number(out, name, value, place, purpose);
      return;
    case StoredKind::decimal128:
      decimal(out, name, value, place, purpose);
      return;
    case StoredKind::object_id: {
      if (value.is(Type::object_id)) return void(out.append(name, value));
      const auto id = ObjectId::parse(text());
      if (!id) mismatch(place, found(value), "an ObjectId, or its 24 hex digits");
      out.append_object_id(name, id->bytes().data());
      return;
    }
    case StoredKind::uuid: {
      if (value.is(Type::binary)) return void(out.append(name, value));
      const auto id = Uuid::parse(text());
      if (!id) mismatch(place, found(value), "a Uuid, or its text such as \"0e37df36-f698-11e6-8dd4-cb9ced3df976\"");
      const auto& bytes = id->bytes();
      out.append_binary(name, Uuid::binary_subtype, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
      return;
    }
    case StoredKind::date: {
      if (value.is(Type::date)) return void(out.append(name, value));
      const auto time = parse_date(text());
      if (!time) mismatch(place, found(value), "a date, or its text such as \"2024-05-01T12:00:00Z\"");
      out.append_date(name, *time);
      return;
    }
    case StoredKind::binary:
      expect(out, name, value, Type::binary, place);
      return;
  }
}

}  // namespace

bool fits_as_is(ValueView value, StoredType type) noexcept {
  switch (type.kind) {
    case StoredKind::any:
      return true;
    case StoredKind::object_id:
      return value.is(Type::object_id);
    case StoredKind::string:
      return value.is(Type::string);
    case StoredKind::int32:
    case StoredKind::int64:
    case StoredKind::floating:
      return value.is_number();
    default:
      return false;
  }
}

void coerce(bson::Builder& out, std::string_view name, ValueView value, const FieldPlace& place, Purpose purpose) {
  if (value.is(Type::null) || value.missing()) {
    out.append_null(name);
    return;
  }
  if (!place.type.array) {
    // Objects and arrays stay values: they equal nothing here, but they are no error and never an operator.
    if (purpose == Purpose::compare && (value.is(Type::document) || value.is(Type::array)))
      return void(out.append(name, value));
    if (value.is(Type::regex) && purpose == Purpose::compare && place.type.kind != StoredKind::any)
      mismatch(place, "a regular expression", "a value; use matches() or Condition::regex to search text");
    return scalar(out, name, value, place, purpose);
  }
  FieldPlace element = place;
  element.type.array = false;
  if (!value.is(Type::array)) return scalar(out, name, value, element, purpose);
  out.begin_array(name);
  for (const auto& item : value.as_document()) {
    if (purpose == Purpose::store && item.value.is(Type::null))
      out.append_null("");
    else
      coerce(out, "", item.value, element, purpose);
  }
  out.end();
}

std::string found(ValueView value) {
  if (value.is(Type::null)) return "null";
  return std::string(bson::type_name(value.type())) + " " + describe(value, 40);
}

void mismatch(const FieldPlace& place, const std::string& found, std::string_view expected) {
  std::string sentence(place.model);
  sentence += '.';
  sentence += place.field;
  sentence += ": found " + found + ", expected ";
  sentence += expected;
  throw error(errc::type_mismatch, std::move(sentence), ErrorContext{.model = std::string(place.model)});
}

}  // namespace kinship::detail
