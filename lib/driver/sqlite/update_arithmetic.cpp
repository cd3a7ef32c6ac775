// $inc, $mul and $bit: int32 widens to int64, int64 overflow is an error, a double or a decimal makes the result one.
#include "decimal_arithmetic.hpp"
#include "query_error.hpp"
#include "update_operator.hpp"

namespace kinship::sqlite {

using bson::Type;
using bson::ValueView;

namespace {

bool is_integer(Type type) { return type == Type::int32 || type == Type::int64; }
std::int64_t integer(ValueView value) { return value.is(Type::int32) ? value.as_int32() : value.as_int64(); }

double to_double(ValueView value) {
  return value.is(Type::double_) ? value.as_double() : static_cast<double>(integer(value));
}

class ArithmeticOperator final : public UpdateOperator {
 public:
  ArithmeticOperator(ValueView operand, bool multiply) : operand_(operand), multiply_(multiply) {}

  void change(UpdateContext& context, MutableValue& target) const override {
    const ValueView current = context.document.view(target);
    if (!current.is_number()) {
      fail(14,
           std::string("Cannot apply ") + name() + " to a value of non-numeric type: the field " + quoted(context.path) +
               " is of type " + std::string(bson::type_name(current.type())),
           errc::type_mismatch);
    }
    compute(context, target, current);
  }

  // A missing field counts as 0 of the operand's type.
  bool create(UpdateContext& context, MutableValue& target) const override {
    const std::uint8_t zero[4] = {};
    if (multiply_) {
      compute(context, target, ValueView(Type::int32, zero, 4));
    } else {
      target.set(operand_);
    }
    return true;
  }

 private:
  const char* name() const { return multiply_ ? "$mul" : "$inc"; }

  void compute(UpdateContext& context, MutableValue& target, ValueView current) const {
    bson::Builder out;
    if (current.is(Type::decimal128) || operand_.is(Type::decimal128)) {
      const DecimalParts a = to_decimal(current), b = to_decimal(operand_);
      out.append_decimal128("", decimal_bytes(multiply_ ? multiply(a, b) : add(a, b)).data());
    } else if (current.is(Type::double_) || operand_.is(Type::double_)) {
      const double a = to_double(current), b = to_double(operand_);
      out.append_double("", multiply_ ? a * b : a + b);
    } else {
      append_integer(context, out, current);
    }
    target.set(context.document.keep(out.finish()));
  }

  void append_integer(UpdateContext& context, bson::Builder& out, ValueView current) const {
    std::int64_t result = 0;
    const bool overflow = multiply_ ? __builtin_mul_overflow(integer(current), integer(operand_), &result)
                                    : __builtin_add_overflow(integer(current), integer(operand_), &result);
    if (overflow) {
      fail(2, std::string("Failed to apply ") + name() + " operations to current value: the field " + quoted(context.path) +
                  " would leave the range of 64-bit integers; store it as a decimal or a double");
    }
    const bool narrow = current.is(Type::int32) && operand_.is(Type::int32) && result == static_cast<std::int32_t>(result);
    if (narrow) {
      out.append_int32("", static_cast<std::int32_t>(result));
    } else {
      out.append_int64("", result);
    }
  }

  ValueView operand_;
  bool multiply_;
};

class BitOperator final : public UpdateOperator {
 public:
  BitOperator(std::string_view path, ValueView operand) {
    if (!operand.is(Type::document)) fail(2, "The $bit modifier takes a document: {" + quoted(path) + ": {and: 5}}");
    for (const auto& [name, value] : operand.as_document()) {
      if (name != "and" && name != "or" && name != "xor") {
        fail(2, "The $bit modifier only supports 'and', 'or', and 'xor', not " + quoted(name));
      }
      if (!is_integer(value.type())) {
        fail(2, "The $bit modifier field must be an Integer(32/64 bit); a '" + std::string(bson::type_name(value.type())) +
                    "' is not supported for " + quoted(path));
      }
      steps_.push_back({name[0], value});
    }
    if (steps_.empty()) fail(2, "You must pass in at least one bitwise operation: {" + quoted(path) + ": {and: 5}}");
  }

  void change(UpdateContext& context, MutableValue& target) const override {
    const ValueView current = context.document.view(target);
    if (!is_integer(current.type())) {
      fail(2, "Cannot apply $bit to a value of non-integral type: the field " + quoted(context.path) + " is of type " +
                  std::string(bson::type_name(current.type())));
    }
    compute(context, target, integer(current), current.is(Type::int64));
  }

  bool create(UpdateContext& context, MutableValue& target) const override {
    compute(context, target, 0, false);
    return true;
  }

 private:
  struct Step {
    char kind;
    ValueView operand;
  };

  void compute(UpdateContext& context, MutableValue& target, std::int64_t value, bool wide) const {
    for (const Step& step : steps_) {
      const std::int64_t operand = integer(step.operand);
      wide |= step.operand.is(Type::int64);
      value = step.kind == 'a' ? value & operand : step.kind == 'o' ? value | operand : value ^ operand;
    }
    bson::Builder out;
    if (wide) {
      out.append_int64("", value);
    } else {
      out.append_int32("", static_cast<std::int32_t>(value));
    }
    target.set(context.document.keep(out.finish()));
  }

  std::vector<Step> steps_;
};

}  // namespace

OperatorPointer make_arithmetic_operator(std::string_view name, std::string_view path, ValueView operand) {
  if (name == "$bit") return std::make_unique<BitOperator>(path, operand);
  if (name != "$inc" && name != "$mul") return nullptr;
  if (!operand.is_number()) {
    fail(14,
         std::string(name == "$inc" ? "Cannot increment" : "Cannot multiply") +
             " with non-numeric argument: the operand for " + quoted(path) + " is of type " +
             std::string(bson::type_name(operand.type())),
         errc::type_mismatch);
  }
  return std::make_unique<ArithmeticOperator>(operand, name == "$mul");
}

}  // namespace kinship::sqlite
