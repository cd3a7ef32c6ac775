// $push with its clauses, and $addToSet.
#include <algorithm>
#include <optional>

#include "array_updates.hpp"
#include "compare.hpp"
#include "query_error.hpp"

namespace kinship::sqlite {

using bson::Type;
using bson::ValueView;

namespace {

class PushOperator final : public UpdateOperator {
 public:
  PushOperator(std::string_view path, ValueView operand) {
    const bool clauses = operand.is(Type::document) && !operand.as_document().find("$each").missing();
    if (!clauses) {
      values_.push_back(operand);
      return;
    }
    for (const auto& [name, value] : operand.as_document()) parse_clause(path, name, value);
  }

  void change(UpdateContext& context, MutableValue& target) const override {
    Elements elements = array_elements(context, target, "$push", 2);
    if (values_.empty() && !order_ && !slice_) return;
    add(elements);
    set_array(context, target, elements);
  }

  bool create(UpdateContext& context, MutableValue& target) const override {
    Elements elements;
    add(elements);
    set_array(context, target, elements);
    return true;
  }

 private:
  void parse_clause(std::string_view path, std::string_view name, ValueView value) {
    if (name == "$each") {
      if (!value.is(Type::array)) {
        fail(2, "The argument to $each in $push must be an array but it was of type: " +
                    std::string(bson::type_name(value.type())) + " for " + quoted(path));
      }
      values_ = elements_of(value);
    } else if (name == "$slice") {
      slice_ = integer_clause(name, value);
    } else if (name == "$position") {
      position_ = integer_clause(name, value);
    } else if (name == "$sort") {
      order_.emplace(value);
    } else {
      fail(2, "Unrecognized clause in $push: " + std::string(name) + "; known are $each, $position, $slice and $sort");
    }
  }

  void add(Elements& elements) const {
    const auto size = static_cast<std::int64_t>(elements.size());
    std::int64_t at = position_;
    if (at < 0) at = at < -size ? 0 : size + at;
    elements.insert(elements.begin() + std::min(at, size), values_.begin(), values_.end());
    if (order_) order_->sort(elements);
    if (!slice_) return;
    const auto count = static_cast<std::int64_t>(elements.size());
    if (*slice_ >= 0) {
      elements.resize(static_cast<std::size_t>(std::min(*slice_, count)));
    } else if (*slice_ > -count) {
      elements.erase(elements.begin(), elements.begin() + (count + *slice_));
    }
  }

  Elements values_;
  std::int64_t position_{INT64_MAX};
  std::optional<std::int64_t> slice_;
  std::optional<ElementOrder> order_;
};

class AddToSetOperator final : public UpdateOperator {
 public:
  AddToSetOperator(std::string_view path, ValueView operand) {
    const bool each =
        operand.is(Type::document) && !operand.as_document().empty() && operand.as_document().begin()->name == "$each";
    if (!each) {
      values_.push_back(operand);
      return;
    }
    const ValueView list = operand.as_document().begin()->value;
    if (!list.is(Type::array)) {
      fail(14,
           "The argument to $each in $addToSet must be an array but it was of type " +
               std::string(bson::type_name(list.type())) + " for " + quoted(path),
           errc::type_mismatch);
    }
    for (const auto& element : operand.as_document()) {
      if (element.name != "$each") fail(2, "Found unexpected fields after $each in $addToSet: " + quoted(element.name));
    }
    for (const ValueView value : elements_of(list)) add(values_, value);
  }

  void change(UpdateContext& context, MutableValue& target) const override {
    Elements elements = array_elements(context, target, "$addToSet", 2);
    bool added = false;
    for (const ValueView value : values_) added |= add(elements, value);
    if (added) set_array(context, target, elements);
  }

  bool create(UpdateContext& context, MutableValue& target) const override {
    set_array(context, target, values_);
    return true;
  }

 private:
  static bool add(Elements& elements, ValueView value) {
    for (const ValueView known : elements) {
      if (compare(known, value) == 0) return false;
    }
    elements.push_back(value);
    return true;
  }

  Elements values_;
};

}  // namespace

OperatorPointer make_array_operator(std::string_view name, std::string_view path, ValueView operand) {
  if (name == "$push") return std::make_unique<PushOperator>(path, operand);
  if (name == "$addToSet") return std::make_unique<AddToSetOperator>(path, operand);
  return nullptr;
}

}  // namespace kinship::sqlite
