// Values of every type, near each other on purpose, for the properties of compare() and of key encoding.
#pragma once

#include <kinship/value/bson.hpp>
#include <vector>

namespace kinship::sqlite::test {

/// Holds the bytes of many values; views live as long as the pool.
class ValuePool {
 public:
  ValuePool();
  const std::vector<bson::ValueView>& values() const { return values_; }
  const std::vector<bson::ValueView>& numbers() const { return numbers_; }

 private:
  bson::Document all_;
  bson::Document all_numbers_;
  std::vector<bson::ValueView> values_;
  std::vector<bson::ValueView> numbers_;
};

/// Decimal128 bytes of coefficient x 10^exponent.
void append_decimal(bson::Builder& builder, const char* name, std::uint64_t coefficient, int exponent,
                    bool negative = false);

}  // namespace kinship::sqlite::test
