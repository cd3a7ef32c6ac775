// Codecs of single values: bool, numbers, strings, enums, ids, dates, decimals, binaries.
// Thin: what can fail or is long stands in lib/value/codec.cpp.
#pragma once

#include <kinship/value/binary.hpp>
#include <kinship/value/bson.hpp>
#include <kinship/value/datetime.hpp>
#include <kinship/value/decimal128.hpp>
#include <kinship/value/decode_site.hpp>
#include <kinship/value/enum_names.hpp>
#include <kinship/value/field_type.hpp>
#include <kinship/value/id.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace kinship {

/// How a member type is stored. Specialise it for types of your own:
///   static void encode(bson::Builder&, std::string_view name, const M&);
///   static void decode(bson::ValueView, M&, const DecodeSite&);     // never called with a missing value
///   static constexpr FieldType type();
/// and, for types that may be stored absent, also
///   static bool absent(const M&);     // true: no field is written (inside arrays and maps: null)
///   static void missing(M&);          // called when the field is missing; without it the member keeps its default
template <class M, class = void>
struct Codec;

namespace detail {

struct IntegerRange {
  std::int64_t least;
  std::int64_t most;
  const char* name;
};

std::int64_t decode_integer(bson::ValueView value, const IntegerRange& range, const DecodeSite& site);
double decode_double(bson::ValueView value, const DecodeSite& site);
bool decode_bool(bson::ValueView value, const DecodeSite& site);
void decode_string(bson::ValueView value, std::string& out, const DecodeSite& site);
std::int64_t decode_date(bson::ValueView value, const DecodeSite& site);
std::int64_t decode_enum(bson::ValueView value, std::span<const EnumName> names, const IntegerRange& range,
                         const DecodeSite& site);
void encode_enum(bson::Builder& out, std::string_view name, std::span<const EnumName> names, std::int64_t value,
                 bool narrow);
void encode_uuid(bson::Builder& out, std::string_view name, const Uuid& value);

template <integer M>
constexpr bool stored_as_int32 = sizeof(M) < 4 || (sizeof(M) == 4 && std::is_signed_v<M>);

template <integer M>
constexpr const char* integer_name() {
  constexpr const char* names[2][4] = {{"uint8", "uint16", "uint32", "uint64"}, {"int8", "int16", "int32", "int64"}};
  return names[std::is_signed_v<M>][sizeof(M) == 1 ? 0 : sizeof(M) == 2 ? 1 : sizeof(M) == 4 ? 2 : 3];
}

template <integer M>
inline constexpr IntegerRange integer_range{
    static_cast<std::int64_t>(std::numeric_limits<M>::min()),
    sizeof(M) == 8 ? INT64_MAX : static_cast<std::int64_t>(std::numeric_limits<M>::max() & INT64_MAX), integer_name<M>()};

}  // namespace detail

template <>
struct Codec<bool> {
  static void encode(bson::Builder& out, std::string_view name, bool value) { out.append_bool(name, value); }
  static void decode(bson::ValueView value, bool& out, const DecodeSite& site) { out = detail::decode_bool(value, site); }
  static constexpr FieldType type() { return {FieldKind::boolean, {}, false, "bool"}; }
};

template <class M>
  requires detail::integer<M>
struct Codec<M> {
  static void encode(bson::Builder& out, std::string_view name, M value) {
    if constexpr (detail::stored_as_int32<M>)
      out.append_int32(name, value);
    else
      out.append_int64(name, detail::to_int64(value));
  }
  static void decode(bson::ValueView value, M& out, const DecodeSite& site) {
    out = static_cast<M>(detail::decode_integer(value, detail::integer_range<M>, site));
  }
  static constexpr FieldType type() { return {FieldKind::integer, {}, false, detail::integer_name<M>()}; }
};

template <std::floating_point M>
struct Codec<M> {
  static void encode(bson::Builder& out, std::string_view name, M value) {
    out.append_double(name, static_cast<double>(value));
  }
  static void decode(bson::ValueView value, M& out, const DecodeSite& site) {
    out = static_cast<M>(detail::decode_double(value, site));
  }
  static constexpr FieldType type() { return {FieldKind::floating, {}, false, "double"}; }
};

template <>
struct Codec<std::string> {
  static void encode(bson::Builder& out, std::string_view name, const std::string& value) { out.append_string(name, value); }
  static void decode(bson::ValueView value, std::string& out, const DecodeSite& site) {
    detail::decode_string(value, out, site);
  }
  static constexpr FieldType type() { return {FieldKind::string, {}, false, "string"}; }
};

/// Described enums (BOOST_DESCRIBE_ENUM) are stored by name, all others as integers; both are read.
template <class M>
  requires std::is_enum_v<M>
struct Codec<M> {
  using Number = std::underlying_type_t<M>;
  // bool and char may underlie an enum but are no integers to Codec.
  static constexpr detail::IntegerRange range{
      static_cast<std::int64_t>(std::numeric_limits<Number>::min()),
      sizeof(M) == 8 ? INT64_MAX : static_cast<std::int64_t>(std::numeric_limits<Number>::max()), "enum"};

  static void encode(bson::Builder& out, std::string_view name, M value) {
    detail::encode_enum(out, name, detail::enum_names<M>(), static_cast<std::int64_t>(value), sizeof(M) <= 4);
  }
  static void decode(bson::ValueView value, M& out, const DecodeSite& site) {
    out = static_cast<M>(detail::decode_enum(value, detail::enum_names<M>(), range, site));
  }
  static constexpr FieldType type() {
    return {detail::is_described_enum<M>() ? FieldKind::string : FieldKind::integer, {}, false, "enum"};
  }
};

template <>
struct Codec<ObjectId> {
  static void encode(bson::Builder& out, std::string_view name, const ObjectId& value) {
    out.append_object_id(name, value.bytes().data());
  }
  static void decode(bson::ValueView value, ObjectId& out, const DecodeSite& site) {
    if (!value.is(bson::Type::object_id)) site.wrong_type(value, "ObjectId");
    std::memcpy(static_cast<void*>(&out), value.as_object_id(), sizeof out);
  }
  static constexpr FieldType type() { return {FieldKind::object_id, {}, false, "ObjectId"}; }
};
static_assert(sizeof(ObjectId) == 12 && std::is_trivially_copyable_v<ObjectId>);

template <>
struct Codec<Uuid> {
  static void encode(bson::Builder& out, std::string_view name, const Uuid& value) { detail::encode_uuid(out, name, value); }
  static void decode(bson::ValueView value, Uuid& out, const DecodeSite& site);
  static constexpr FieldType type() { return {FieldKind::uuid, {}, false, "Uuid"}; }
};

/// None is stored absent; null and missing read as none.
template <>
struct Codec<Id> {
  static void encode(bson::Builder& out, std::string_view name, const Id& value) {
    if (!value.is_none()) value.append_to(out, name);
  }
  static void decode(bson::ValueView value, Id& out, const DecodeSite& site);
  static bool absent(const Id& value) { return value.is_none(); }
  static void missing(Id& out) { out = Id(); }
  static constexpr FieldType type() { return {FieldKind::id, {}, true, "Id"}; }
};

template <class D>
struct Codec<std::chrono::time_point<std::chrono::system_clock, D>> {
  using Date = std::chrono::sys_time<D>;
  static void encode(bson::Builder& out, std::string_view name, const Date& value) {
    out.append_date(name, to_milliseconds(value));
  }
  static void decode(bson::ValueView value, Date& out, const DecodeSite& site) {
    const auto date = from_milliseconds<D>(detail::decode_date(value, site));
    if (!date) site.wrong_value(value, "a date in the member's range; std::chrono::sys_time<milliseconds> holds every date");
    out = *date;
  }
  static constexpr FieldType type() { return {FieldKind::date, {}, false, "date"}; }
};

/// Whole numbers of other types are read too.
template <>
struct Codec<Decimal128> {
  static void encode(bson::Builder& out, std::string_view name, const Decimal128& value) {
    out.append_decimal128(name, value.bytes().data());
  }
  static void decode(bson::ValueView value, Decimal128& out, const DecodeSite& site);
  static constexpr FieldType type() { return {FieldKind::decimal128, {}, false, "Decimal128"}; }
};

template <>
struct Codec<Binary> {
  static void encode(bson::Builder& out, std::string_view name, const Binary& value) {
    out.append_binary(name, value.subtype(), value.text());
  }
  static void decode(bson::ValueView value, Binary& out, const DecodeSite& site);
  static constexpr FieldType type() { return {FieldKind::binary, {}, false, "Binary"}; }
};

}  // namespace kinship
