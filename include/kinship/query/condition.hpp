// Conditions as plain data: what a query asks for, built before any store is spoken to.
// Values stay values: no object or array that a condition compares with can become an operator.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <concepts>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <kinship/fwd.hpp>
#include <kinship/value/value.hpp>

namespace kinship {

namespace detail {
struct ConditionNode;
}

/// What documents must satisfy. Immutable and cheap to copy (a copy shares its parts); may be used from several threads.
/// Fields are named by member ("author"), as stored ("author_id"), or by a dotted path ("address.city"); names and value
/// types are checked when a query resolves the condition against its model (`unknown_field`, `type_mismatch`).
/// No member performs I/O.
class Condition {
 public:
  /// Always true.
  Condition() = default;
  /// `field` equals `value`; on an array field: one of its elements does. `where({"active", true})` is this.
  Condition(std::string field, Value value);

  static Condition eq(std::string field, Value value);
  /// Not equal, absent included; on arrays: no element is equal.
  static Condition ne(std::string field, Value value);
  static Condition gt(std::string field, Value value);
  static Condition gte(std::string field, Value value);
  static Condition lt(std::string field, Value value);
  static Condition lte(std::string field, Value value);
  /// Equals one of `values`; none given: matches nothing.
  static Condition in(std::string field, const std::vector<Value>& values);
  /// The same over keys that are BSON already (an array's bytes); what plans use for large key sets.
  static Condition in_array(std::string field, bson::Document values);
  /// Equals none of `values`; none given: matches everything.
  static Condition nin(std::string field, const std::vector<Value>& values);
  static Condition exists(std::string field, bool exists = true);
  /// `type` as MongoDB names it: "string", "objectId", "date", "number", ...
  static Condition type(std::string field, std::string type);
  /// PCRE syntax; `options` of "imsx".
  static Condition regex(std::string field, std::string pattern, std::string options = {});
  /// The array holds exactly `count` elements.
  static Condition size(std::string field, std::int64_t count);
  /// The array holds all of `values`; none given: matches nothing.
  static Condition all(std::string field, const std::vector<Value>& values);
  /// One and the same element satisfies `condition`, whose fields are those of the element (see `kinship::element` for
  /// elements that are plain values).
  static Condition elem_match(std::string field, Condition condition);
  static Condition mod(std::string field, std::int64_t divisor, std::int64_t remainder);
  /// Every one of `conditions`; none given: always true.
  static Condition all_of(std::vector<Condition> conditions);
  /// At least one of `conditions`; none given: matches nothing.
  static Condition any_of(std::vector<Condition> conditions);
  /// Matches nothing.
  static Condition never();
  /// A filter in MongoDB's language, as BSON with stored names; see `kinship::raw`.
  static Condition from_filter(bson::Document filter);

  bool is_always() const noexcept { return node_ == nullptr; }

  friend Condition operator&&(Condition a, Condition b);
  friend Condition operator||(Condition a, Condition b);
  friend Condition operator!(Condition condition);
  /// The same structure over the same values, byte for byte.
  friend bool operator==(const Condition& a, const Condition& b);

  const detail::ConditionNode* node() const noexcept { return node_.get(); }

 private:
  explicit Condition(detail::ConditionNode node);

  std::shared_ptr<const detail::ConditionNode> node_{};
};

/// A filter in MongoDB's language with stored names, passed on as it is (Extended JSON for types); the only way for
/// operators to come from JSON: never hand user input to it. Throws `invalid_query` if it is not an object.
/// Callers include <kinship/value/json.hpp>.
Condition raw(const nlohmann::ordered_json& filter);
namespace detail {
Condition raw_unordered(const nlohmann::json& filter);
}
/// The same for a plain nlohmann::json. A template, so that braces mean the ordered one.
template <class Json>
  requires std::same_as<Json, nlohmann::json>
Condition raw(const Json& filter) {
  return detail::raw_unordered(filter);
}

/// The condition as a filter, as text for messages, with names as they were given; very long ones are cut off.
std::string to_string(const Condition& condition);
std::ostream& operator<<(std::ostream& out, const Condition& condition);

}  // namespace kinship
