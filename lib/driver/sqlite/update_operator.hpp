// What one operator of an update does to one value. Operators are immutable and borrow from the update's bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "update_document.hpp"

namespace kinship::sqlite {

/// One application of an update.
struct UpdateContext {
  UpdateDocument& document;
  std::int64_t now_ms{};
  bool is_insert{};
  std::string_view path;  // concrete, of the value being changed: for messages
};

class UpdateOperator {
 public:
  virtual ~UpdateOperator() = default;

  /// Changes the value at the path.
  virtual void change(UpdateContext& context, MutableValue& target) const = 0;
  /// Makes the value of a path that is not there; false: leaves it absent.
  virtual bool create(UpdateContext&, MutableValue&) const { return false; }

  /// Takes the value away instead of changing it ($unset); nothing to take is no error, blocked path or not.
  virtual bool removes() const noexcept { return false; }
  /// The path the value comes from ($rename); empty: none.
  virtual std::string_view source() const noexcept { return {}; }
  virtual bool only_on_insert() const noexcept { return false; }
};

using OperatorPointer = std::unique_ptr<UpdateOperator>;

/// $set, $inc, ... applied to `path` with `operand`; an unknown operator is code 9.
OperatorPointer make_operator(std::string_view name, std::string_view path, bson::ValueView operand);

// One maker for each family; null for a name that belongs to another.
OperatorPointer make_simple_operator(std::string_view name, std::string_view path, bson::ValueView operand);
OperatorPointer make_arithmetic_operator(std::string_view name, std::string_view path, bson::ValueView operand);
OperatorPointer make_array_operator(std::string_view name, std::string_view path, bson::ValueView operand);
OperatorPointer make_removal_operator(std::string_view name, std::string_view path, bson::ValueView operand);

}  // namespace kinship::sqlite
