// The total order; see compare.hpp.
#include "compare.hpp"

#include <cmath>
#include <cstring>
#include <string_view>

#include "number.hpp"

namespace kinship::sqlite {
namespace {

using bson::Type;
using bson::ValueView;

int order(std::string_view a, std::string_view b) noexcept {
  const std::size_t common = a.size() < b.size() ? a.size() : b.size();
  const int found = common == 0 ? 0 : std::memcmp(a.data(), b.data(), common);
  return found != 0 ? found : a.size() < b.size() ? -1 : a.size() > b.size();
}

template <class T>
int order_values(T a, T b) noexcept {
  return a < b ? -1 : a > b;
}

int order_binaries(ValueView a, ValueView b) noexcept {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return std::memcmp(a.data() + 4, b.data() + 4, a.size() - 4);
}

int order_regexes(ValueView a, ValueView b) noexcept {
  const int found = order(a.regex_pattern(), b.regex_pattern());
  return found != 0 ? found : order(a.regex_options(), b.regex_options());
}

struct CodeWithScope {
  explicit CodeWithScope(ValueView value) noexcept {
    std::uint32_t length;
    std::memcpy(&length, value.data() + 4, 4);
    code = {reinterpret_cast<const char*>(value.data()) + 8, length - 1};
    scope = bson::DocumentView(value.data() + 8 + length);
  }
  std::string_view code;
  bson::DocumentView scope;
};

int order_scoped_code(ValueView a, ValueView b) {
  const CodeWithScope x(a), y(b);
  const int found = order(x.code, y.code);
  return found != 0 ? found : compare_documents(x.scope, y.scope);
}

int compare_arrays(bson::DocumentView a, bson::DocumentView b) {
  auto x = a.begin(), y = b.begin();
  for (; x != a.end() && y != b.end(); ++x, ++y) {
    if (const int found = compare(x->value, y->value)) return found;
  }
  return static_cast<int>(x != a.end()) - static_cast<int>(y != b.end());
}

}  // namespace

std::uint8_t type_bracket(Type type) noexcept {
  switch (type) {
    case Type::min_key:
      return 0x0a;
    case Type::undefined:
      return 0x10;
    case Type::missing:
    case Type::null:
      return 0x14;
    case Type::double_:
    case Type::int32:
    case Type::int64:
    case Type::decimal128:
      return 0x20;
    case Type::string:
    case Type::symbol:
      return 0x30;
    case Type::document:
      return 0x40;
    case Type::array:
      return 0x50;
    case Type::binary:
      return 0x60;
    case Type::object_id:
      return 0x70;
    case Type::boolean:
      return 0x80;
    case Type::date:
      return 0x90;
    case Type::timestamp:
      return 0xa0;
    case Type::regex:
      return 0xb0;
    case Type::db_pointer:
      return 0xb8;
    case Type::code:
      return 0xc0;
    case Type::code_with_scope:
      return 0xc8;
    case Type::max_key:
      return 0xf0;
  }
  return 0xf4;  // unknown types do not pass validation
}

int compare(ValueView a, ValueView b) {
  if (a.type() != b.type()) {
    const int x = type_bracket(a.type()), y = type_bracket(b.type());
    if (x != y) return x - y;
    if (a.is_number()) return compare_numbers(a, b);
    if (x != type_bracket(Type::string)) return 0;
  }
  switch (a.type()) {
    case Type::double_:
    case Type::int32:
    case Type::int64:
    case Type::decimal128:
      return compare_numbers(a, b);
    case Type::string:
    case Type::symbol:
    case Type::code:
      return order(a.as_string(), b.as_string());
    case Type::document:
      return compare_documents(a.as_document(), b.as_document());
    case Type::array:
      return compare_arrays(a.as_document(), b.as_document());
    case Type::binary:
      return order_binaries(a, b);
    case Type::object_id:
      return std::memcmp(a.data(), b.data(), 12);
    case Type::boolean:
      return static_cast<int>(a.as_bool()) - static_cast<int>(b.as_bool());
    case Type::date:
      return order_values(a.as_int64(), b.as_int64());
    case Type::timestamp:
      return order_values(static_cast<std::uint64_t>(a.as_int64()), static_cast<std::uint64_t>(b.as_int64()));
    case Type::regex:
      return order_regexes(a, b);
    case Type::db_pointer:
      if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
      return std::memcmp(a.data(), b.data(), a.size());
    case Type::code_with_scope:
      return order_scoped_code(a, b);
    default:
      return 0;
  }
}

int compare_documents(bson::DocumentView a, bson::DocumentView b) {
  auto x = a.begin(), y = b.begin();
  for (; x != a.end() && y != b.end(); ++x, ++y) {
    const int brackets = type_bracket(x->value.type()) - type_bracket(y->value.type());
    if (brackets != 0) return brackets;
    if (const int names = order(x->name, y->name)) return names;
    if (const int values = compare(x->value, y->value)) return values;
  }
  return static_cast<int>(x != a.end()) - static_cast<int>(y != b.end());
}

bool is_nan(ValueView value) noexcept {
  if (value.is(Type::double_)) return std::isnan(value.as_double());
  return value.is(Type::decimal128) && decimal_parts(value.data()).kind == DecimalParts::Kind::nan;
}

}  // namespace kinship::sqlite
