// The parts of the codecs that are the same for every type of a kind: widening, range checks, enum names.
// Short paths first: the expected type is tested before any other.
#include <kinship/error.hpp>
#include <kinship/value/codec.hpp>

namespace kinship {
namespace detail {

std::int64_t decode_integer(bson::ValueView value, const IntegerRange& range, const DecodeSite& site) {
  std::int64_t number;
  if (value.is(bson::Type::int32)) {
    number = value.as_int32();
  } else if (value.is(bson::Type::int64)) {
    number = value.as_int64();
  } else if (value.is(bson::Type::double_)) {
    const double floating = value.as_double();
    if (!(floating >= -0x1p63 && floating < 0x1p63)) site.wrong_value(value, range.name);
    number = static_cast<std::int64_t>(floating);
    if (static_cast<double>(number) != floating) site.wrong_value(value, "a whole number");
  } else {
    site.wrong_type(value, range.name);
  }
  if (number < range.least || number > range.most)
    site.wrong_value(value, std::string("a number in the range of ") + range.name);
  return number;
}

double decode_double(bson::ValueView value, const DecodeSite& site) {
  if (value.is(bson::Type::double_)) return value.as_double();
  if (value.is(bson::Type::int32)) return value.as_int32();
  if (value.is(bson::Type::int64)) return static_cast<double>(value.as_int64());
  site.wrong_type(value, "double");
}

bool decode_bool(bson::ValueView value, const DecodeSite& site) {
  if (!value.is(bson::Type::boolean)) site.wrong_type(value, "bool");
  return value.as_bool();
}

void decode_string(bson::ValueView value, std::string& out, const DecodeSite& site) {
  if (!value.is(bson::Type::string) && !value.is(bson::Type::symbol)) site.wrong_type(value, "string");
  out.assign(value.as_string());
}

std::int64_t decode_date(bson::ValueView value, const DecodeSite& site) {
  if (!value.is(bson::Type::date)) site.wrong_type(value, "date");
  return value.as_int64();
}

std::int64_t decode_enum(bson::ValueView value, std::span<const EnumName> names, const IntegerRange& range,
                         const DecodeSite& site) {
  if (names.empty() || value.is_number()) return decode_integer(value, range, site);
  if (value.is(bson::Type::string))
    if (const EnumName* entry = find_enum_value(names, value.as_string())) return entry->value;
  std::string expected = "one of";
  for (const EnumName& entry : names) expected += (&entry == names.data() ? " \"" : ", \"") + std::string(entry.name) + "\"";
  site.wrong_type(value, expected);
}

void encode_enum(bson::Builder& out, std::string_view name, std::span<const EnumName> names, std::int64_t value,
                 bool narrow) {
  if (const char* text = find_enum_name(names, value))
    out.append_string(name, text);
  else if (narrow && value >= INT32_MIN && value <= INT32_MAX)
    out.append_int32(name, static_cast<std::int32_t>(value));
  else
    out.append_int64(name, value);
}

void encode_uuid(bson::Builder& out, std::string_view name, const Uuid& value) {
  out.append_binary(name, Uuid::binary_subtype, {reinterpret_cast<const char*>(value.bytes().data()), value.bytes().size()});
}

std::size_t count_elements(bson::DocumentView document) noexcept {
  std::size_t count = 0;
  for ([[maybe_unused]] const bson::Element& element : document) ++count;
  return count;
}

void wrong_length(bson::ValueView found, std::size_t expected, const DecodeSite& site) {
  site.wrong_value(found, "an array of " + std::to_string(expected) + " elements");
}

void require_names(std::size_t given, std::size_t described) {
  if (given != described)
    throw error(errc::invalid_model, "there must be one stored name for each described member: " + std::to_string(given) +
                                         " names for " + std::to_string(described) + " members");
}

}  // namespace detail

void Codec<Uuid>::decode(bson::ValueView value, Uuid& out, const DecodeSite& site) {
  if (!value.is(bson::Type::binary) || value.binary_subtype() != Uuid::binary_subtype || value.binary_bytes().size() != 16)
    site.wrong_type(value, "Uuid");
  Uuid::Bytes bytes;
  std::memcpy(bytes.data(), value.binary_bytes().data(), 16);
  out = Uuid(bytes);
}

void Codec<Id>::decode(bson::ValueView value, Id& out, const DecodeSite& site) {
  auto id = Id::try_from(value);
  if (!id) site.wrong_type(value, "an id (ObjectId, whole number, string or Uuid)");
  out = *std::move(id);
}

void Codec<Decimal128>::decode(bson::ValueView value, Decimal128& out, const DecodeSite& site) {
  if (value.is(bson::Type::decimal128))
    out = Decimal128::from_bytes(value.data());
  else if (value.is(bson::Type::int32))
    out = Decimal128(std::int64_t{value.as_int32()});
  else if (value.is(bson::Type::int64))
    out = Decimal128(value.as_int64());
  else
    site.wrong_type(value, "Decimal128");
}

void Codec<Binary>::decode(bson::ValueView value, Binary& out, const DecodeSite& site) {
  if (!value.is(bson::Type::binary)) site.wrong_type(value, "Binary");
  out = Binary(value.binary_bytes(), value.binary_subtype());
}

}  // namespace kinship
