// $pop, $pull and $pullAll.
#include <algorithm>

#include "array_updates.hpp"
#include "compare.hpp"
#include "matcher.hpp"
#include "matcher_parse.hpp"
#include "number.hpp"
#include "query_error.hpp"

namespace kinship::sqlite {

using bson::Type;
using bson::ValueView;

namespace {

class PopOperator final : public UpdateOperator {
 public:
  PopOperator(std::string_view path, ValueView operand) {
    const auto number = operand.is_number() ? exact_int64(operand) : std::nullopt;
    if (number != 1 && number != -1) fail(9, "$pop expects 1 (the last element) or -1 (the first) for " + quoted(path));
    first_ = *number < 0;
  }

  void change(UpdateContext& context, MutableValue& target) const override {
    Elements elements = array_elements(context, target, "$pop", 14);
    if (elements.empty()) return;
    elements.erase(first_ ? elements.begin() : elements.end() - 1);
    set_array(context, target, elements);
  }

 private:
  bool first_{};
};

// Removes the elements a subclass picks.
class CullOperator : public UpdateOperator {
 public:
  void change(UpdateContext& context, MutableValue& target) const final {
    Elements elements = array_elements(context, target, name(), 2);
    const auto kept = std::remove_if(elements.begin(), elements.end(), [this](ValueView value) { return picks(value); });
    if (kept == elements.end()) return;
    elements.erase(kept, elements.end());
    set_array(context, target, elements);
  }

 private:
  virtual bool picks(ValueView element) const = 0;
  virtual std::string_view name() const noexcept = 0;
};

class PullAllOperator final : public CullOperator {
 public:
  PullAllOperator(std::string_view path, ValueView operand) {
    if (!operand.is(Type::array)) {
      fail(2, "$pullAll requires an array argument but was given a " + std::string(bson::type_name(operand.type())) +
                  " for " + quoted(path));
    }
    values_ = elements_of(operand);
  }

 private:
  bool picks(ValueView element) const override {
    return std::any_of(values_.begin(), values_.end(), [element](ValueView value) { return compare(value, element) == 0; });
  }
  std::string_view name() const noexcept override { return "$pullAll"; }

  Elements values_;
};

class PullEqualOperator final : public CullOperator {
 public:
  explicit PullEqualOperator(ValueView value) : value_(value) {}

 private:
  bool picks(ValueView element) const override { return compare(value_, element) == 0; }
  std::string_view name() const noexcept override { return "$pull"; }

  ValueView value_;
};

/// {$pull: {a: {b: 1}}}: a filter on elements that are documents; {$pull: {a: {$gt: 5}}}: operators on each element.
class PullMatchingOperator final : public CullOperator {
 public:
  PullMatchingOperator(ValueView condition, bool wrapped) : matcher_(compile(condition, wrapped)), wrapped_(wrapped) {}

 private:
  static Matcher compile(ValueView condition, bool wrapped) {
    if (!wrapped) return Matcher::compile(condition.as_document());
    bson::Builder filter;
    filter.append("", condition);
    return Matcher::compile(filter.finish());
  }

  bool picks(ValueView element) const override {
    if (!wrapped_) return element.is(Type::document) && matcher_.matches(element.as_document());
    bson::Builder wrapper;
    wrapper.append("", element);
    return matcher_.matches(wrapper.finish());
  }
  std::string_view name() const noexcept override { return "$pull"; }

  Matcher matcher_;
  bool wrapped_;
};

OperatorPointer make_pull(ValueView operand) {
  if (operand.is(Type::regex)) return std::make_unique<PullMatchingOperator>(operand, true);
  if (!operand.is(Type::document)) return std::make_unique<PullEqualOperator>(operand);
  const bool operators = is_operator_document(operand) && !is_top_level_operator(operand.as_document().begin()->name);
  return std::make_unique<PullMatchingOperator>(operand, operators);
}

}  // namespace

OperatorPointer make_removal_operator(std::string_view name, std::string_view path, ValueView operand) {
  if (name == "$pop") return std::make_unique<PopOperator>(path, operand);
  if (name == "$pull") return make_pull(operand);
  if (name == "$pullAll") return std::make_unique<PullAllOperator>(path, operand);
  return nullptr;
}

}  // namespace kinship::sqlite
