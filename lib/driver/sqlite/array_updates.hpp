// Shared by the operators on arrays: reading elements, writing an array back, refusing what is no array.
#pragma once

#include <vector>

#include "update_operator.hpp"

namespace kinship::sqlite {

using Elements = std::vector<bson::ValueView>;

Elements elements_of(bson::ValueView array);
/// The elements of the array at the path; `code` otherwise, naming the operator.
Elements array_elements(UpdateContext& context, const MutableValue& target, std::string_view name, int code);
void set_array(UpdateContext& context, MutableValue& target, const Elements& elements);

/// An integer operand such as that of $slice; code 2 otherwise.
std::int64_t integer_clause(std::string_view clause, bson::ValueView value);

/// The $sort of $push: 1, -1 or {field: 1}; sorts stably.
class ElementOrder {
 public:
  explicit ElementOrder(bson::ValueView specification);
  void sort(Elements& elements) const;

 private:
  std::vector<std::pair<std::string, int>> fields_;  // one with an empty path: whole elements
};

}  // namespace kinship::sqlite
