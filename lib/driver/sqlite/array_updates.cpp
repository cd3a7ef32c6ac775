// See array_updates.hpp.
#include "array_updates.hpp"

#include <algorithm>

#include "compare.hpp"
#include "number.hpp"
#include "path.hpp"
#include "query_error.hpp"

namespace kinship::sqlite {

using bson::Type;
using bson::ValueView;

Elements elements_of(ValueView array) {
  Elements out;
  for (const auto& element : array.as_document()) out.push_back(element.value);
  return out;
}

Elements array_elements(UpdateContext& context, const MutableValue& target, std::string_view name, int code) {
  if (!target.is(Type::array)) {
    fail(code,
         "Cannot apply " + std::string(name) + " to the field " + quoted(context.path) +
             ": it must be an array but is of type " + std::string(bson::type_name(target.type())),
         code == 14 ? errc::type_mismatch : errc::invalid_query);
  }
  return elements_of(context.document.view(target));
}

void set_array(UpdateContext& context, MutableValue& target, const Elements& elements) {
  bson::Builder out;
  out.begin_array("");
  for (const ValueView element : elements) out.append("", element);
  out.end();
  target.set(context.document.keep(out.finish()));
}

std::int64_t integer_clause(std::string_view clause, ValueView value) {
  const auto number = value.is_number() ? exact_int64(value) : std::nullopt;
  if (!number) {
    fail(2, "The value for " + std::string(clause) +
                " must be an integer value but was given type: " + std::string(bson::type_name(value.type())));
  }
  return *number;
}

namespace {

int direction(ValueView value) {
  const auto number = value.is_number() ? exact_int64(value) : std::nullopt;
  if (number != 1 && number != -1) fail(2, "The $sort element value must be either 1 or -1");
  return static_cast<int>(*number);
}

ValueView sort_value(ValueView element, const Path& path) {
  if (path.text().empty()) return element;
  return element.is(Type::document) ? value_at(element.as_document(), path) : ValueView{};
}

}  // namespace

ElementOrder::ElementOrder(ValueView specification) {
  if (specification.is_number()) {
    fields_.emplace_back(std::string(), direction(specification));
    return;
  }
  if (!specification.is(Type::document)) {
    fail(2, "The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields");
  }
  for (const auto& [name, value] : specification.as_document()) {
    const Path path(name);
    for (std::size_t i = 0; i < path.size(); ++i) {
      if (path[i].empty()) fail(2, "The $sort field " + quoted(name) + " is empty or has an empty part");
    }
    fields_.emplace_back(name, direction(value));
  }
  if (fields_.empty()) fail(2, "The $sort pattern is empty when it should be a set of fields.");
}

void ElementOrder::sort(Elements& elements) const {
  std::vector<std::pair<Path, int>> keys;
  for (const auto& [name, sign] : fields_) keys.emplace_back(Path(name), sign);
  std::stable_sort(elements.begin(), elements.end(), [&keys](ValueView a, ValueView b) {
    for (const auto& [path, sign] : keys) {
      if (const int found = compare(sort_value(a, path), sort_value(b, path))) return found * sign < 0;
    }
    return false;
  });
}

}  // namespace kinship::sqlite
