// $set, $setOnInsert, $unset, $rename, $min, $max, $currentDate.
#include "compare.hpp"
#include "query_error.hpp"
#include "update_operator.hpp"

namespace kinship::sqlite {

using bson::Type;
using bson::ValueView;

namespace {

class SetOperator final : public UpdateOperator {
 public:
  SetOperator(ValueView value, bool only_on_insert) : value_(value), only_on_insert_(only_on_insert) {}
  void change(UpdateContext&, MutableValue& target) const override { target.set(value_); }
  bool create(UpdateContext&, MutableValue& target) const override {
    target.set(value_);
    return true;
  }
  bool only_on_insert() const noexcept override { return only_on_insert_; }

 private:
  ValueView value_;
  bool only_on_insert_;
};

class UnsetOperator final : public UpdateOperator {
 public:
  void change(UpdateContext&, MutableValue&) const override {}
  bool removes() const noexcept override { return true; }
};

class RenameOperator final : public UpdateOperator {
 public:
  explicit RenameOperator(std::string_view source) : source_(source) {}
  void change(UpdateContext&, MutableValue&) const override {}
  std::string_view source() const noexcept override { return source_; }

 private:
  std::string_view source_;
};

class ExtremeOperator final : public UpdateOperator {
 public:
  ExtremeOperator(ValueView value, int sign) : value_(value), sign_(sign) {}
  void change(UpdateContext& context, MutableValue& target) const override {
    if (compare(value_, context.document.view(target)) * sign_ > 0) target.set(value_);
  }
  bool create(UpdateContext&, MutableValue& target) const override {
    target.set(value_);
    return true;
  }

 private:
  ValueView value_;
  int sign_;  // 1: the larger stays
};

class CurrentDateOperator final : public UpdateOperator {
 public:
  explicit CurrentDateOperator(bool timestamp) : timestamp_(timestamp) {}
  void change(UpdateContext& context, MutableValue& target) const override {
    bson::Builder now;
    if (timestamp_) {
      now.append_timestamp("", static_cast<std::uint64_t>(context.now_ms / 1000) << 32 | 1);
    } else {
      now.append_date("", context.now_ms);
    }
    target.set(context.document.keep(now.finish()));
  }
  bool create(UpdateContext& context, MutableValue& target) const override {
    change(context, target);
    return true;
  }

 private:
  bool timestamp_;
};

OperatorPointer make_current_date(std::string_view path, ValueView operand) {
  if (operand.is(Type::boolean)) return std::make_unique<CurrentDateOperator>(false);
  if (operand.is(Type::document)) {
    for (const auto& [name, value] : operand.as_document()) {
      if (name != "$type") fail(2, "Unrecognized $currentDate option: " + std::string(name) + "; the only one is $type");
      if (!value.is(Type::string)) break;
      if (value.as_string() == "date") return std::make_unique<CurrentDateOperator>(false);
      if (value.as_string() == "timestamp") return std::make_unique<CurrentDateOperator>(true);
      break;
    }
    fail(2, "The '$type' string field of $currentDate is required to be 'date' or 'timestamp': {" + quoted(path) +
                ": {$type: 'date'}}");
  }
  fail(2, std::string(bson::type_name(operand.type())) +
              " is not valid type for $currentDate. Use true or {$type: 'timestamp/date'} for " + quoted(path));
}

}  // namespace

OperatorPointer make_simple_operator(std::string_view name, std::string_view path, ValueView operand) {
  if (name == "$set") return std::make_unique<SetOperator>(operand, false);
  if (name == "$setOnInsert") return std::make_unique<SetOperator>(operand, true);
  if (name == "$unset") return std::make_unique<UnsetOperator>();
  if (name == "$min") return std::make_unique<ExtremeOperator>(operand, -1);
  if (name == "$max") return std::make_unique<ExtremeOperator>(operand, 1);
  if (name == "$currentDate") return make_current_date(path, operand);
  // Stands at the destination; `operand` is the source's name there (see update_compile.cpp).
  if (name == "$rename") return std::make_unique<RenameOperator>(operand.as_string());
  return nullptr;
}

OperatorPointer make_operator(std::string_view name, std::string_view path, ValueView operand) {
  for (const auto maker : {make_simple_operator, make_arithmetic_operator, make_array_operator, make_removal_operator}) {
    if (auto made = maker(name, path, operand)) return made;
  }
  fail(9, "Unknown modifier: " + std::string(name) +
              "; known are $set, $unset, $inc, $mul, $min, $max, $rename, $push, $addToSet, $pull, " +
              "$pullAll, $pop, $currentDate, $setOnInsert and $bit");
}

}  // namespace kinship::sqlite
