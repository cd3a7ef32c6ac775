// Equality gives points, comparisons give a range inside their type's bracket.
// null, arrays and regular expressions match more than their own key and are treated with care.
#include "ranges.hpp"

#include "compare.hpp"
#include "key_encoding.hpp"

namespace kinship::sqlite {
namespace {

constexpr char after = '\xff';  // sorts after every continuation of a key

bool has_exact_key(bson::Type type) noexcept {
  switch (type) {
    case bson::Type::double_:
    case bson::Type::string:
    case bson::Type::binary:
    case bson::Type::object_id:
    case bson::Type::boolean:
    case bson::Type::date:
    case bson::Type::int32:
    case bson::Type::timestamp:
    case bson::Type::int64:
    case bson::Type::decimal128:
      return true;
    default:
      return false;
  }
}

/// The first key after all that begin with `prefix`.
std::string successor(std::string prefix) {
  while (!prefix.empty() && prefix.back() == after) prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(prefix.back() + 1);
  return prefix;
}

bool add_equal(FieldRanges& out, bson::ValueView value, std::uint32_t origin, bool descending, bool sparse) {
  if (has_exact_key(value.type())) {
    FieldRange point{{}, {}, origin};
    append_key(point.low, value, descending);
    out.ranges.push_back(std::move(point));
    return true;
  }
  if (value.is(bson::Type::null)) {
    if (sparse) return false;
    // undefined is also the key of [], which the matcher then refuses
    for (const bson::Type type : {bson::Type::undefined, bson::Type::null}) {
      FieldRange range{std::string(1, bracket_begin(type, descending)), std::string(1, bracket_end(type, descending)),
                       origin};
      out.ranges.push_back(std::move(range));
    }
    out.points = out.exact = false;
    return true;
  }
  if (value.is(bson::Type::document)) {
    FieldRange point{{}, {}, origin};
    append_key(point.low, value, descending);
    out.ranges.push_back(std::move(point));
    out.exact = false;
    return true;
  }
  return false;
}

std::optional<FieldRanges> comparison(const Bound& bound, bool descending) {
  const bson::Type type = bound.value.type();
  if (!has_exact_key(type) || is_nan(bound.value)) return std::nullopt;
  const bool above = bound.op == BoundOp::gt || bound.op == BoundOp::gte;
  const bool inclusive = bound.op == BoundOp::gte || bound.op == BoundOp::lte;
  std::string key;
  append_key(key, bound.value, descending);
  FieldRange range{std::string(1, bracket_begin(type, descending)), std::string(1, bracket_end(type, descending)), 0};
  if (above != descending) {  // towards larger keys
    range.low = std::move(key);
    if (!inclusive) range.low += after;
  } else {
    range.high = std::move(key);
    if (inclusive) range.high += after;
  }
  FieldRanges out;
  out.ranges.push_back(std::move(range));
  out.points = false;
  out.exact = above || !bound.value.is_number();  // NaN sorts below the numbers and is not less than any
  return out;
}

}  // namespace

std::optional<FieldRanges> ranges_of(const Bound& bound, bool descending, bool sparse) {
  FieldRanges out;
  switch (bound.op) {
    case BoundOp::eq:
      if (!add_equal(out, bound.value, 0, descending, sparse)) return std::nullopt;
      return out;
    case BoundOp::in: {
      std::uint32_t origin = 0;
      for (const auto& element : bound.value.as_document())
        if (!add_equal(out, element.value, origin++, descending, sparse)) return std::nullopt;
      return out;
    }
    case BoundOp::regex_prefix: {
      if (bound.prefix.empty()) return std::nullopt;
      FieldRange range;
      append_string_prefix(range.low, bound.prefix, descending);
      range.high = successor(range.low);
      FieldRange itself;  // the expression as a stored value
      append_key(itself.low, bound.value, descending);
      itself.high = itself.low + after;
      out.ranges.push_back(std::move(itself));
      out.ranges.push_back(std::move(range));
      out.points = out.exact = false;
      return out;
    }
    case BoundOp::exists:
      return std::nullopt;
    default:
      return comparison(bound, descending);
  }
}

}  // namespace kinship::sqlite
