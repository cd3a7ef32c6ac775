// The matching rules of the unified test format.
// One function an operator; what is no operator is compared by its shape.
#include "spec/unified/match.hpp"

#include <kinship/error.hpp>
#include <optional>
#include <stdexcept>

#include "value/extended_json_types.hpp"
#include "value/hex.hpp"

namespace kinship::spec {
namespace {

using bson::Type;
using bson::ValueView;

struct Match {
  const UnifiedValues& known;
  std::string path;

  std::string no(const std::string& why) const { return (path.empty() ? "the value" : "'" + path + "'") + " " + why; }
  Match at(std::string_view name) const {
    return {known, path.empty() ? std::string(name) : path + "." + std::string(name)};
  }

  std::string value(const Json& expected, ValueView actual, bool root) const;
  std::string special(const std::string& name, const Json& operand, ValueView actual, bool root) const;
  std::string document(const Json& expected, bson::DocumentView actual, bool root) const;
  std::string array(const Json& expected, bson::DocumentView actual, bool root) const;
  std::string scalar(ValueView expected, ValueView actual) const;
};

bool is_special(const Json& expected) {
  return expected.is_object() && expected.size() == 1 && expected.begin().key().starts_with("$$");
}

std::optional<long double> number(ValueView value) {
  if (value.is(Type::int32)) return value.as_int32();
  if (value.is(Type::int64)) return value.as_int64();
  if (value.is(Type::double_)) return value.as_double();
  return std::nullopt;
}

bool is_of_type(ValueView actual, const std::string& name) {
  return name == "number" ? actual.is_number() : bson::type_name(actual.type()) == name;
}

std::string Match::scalar(ValueView expected, ValueView actual) const {
  const auto wanted = number(expected), got = number(actual);
  if (wanted && got ? *wanted == *got : expected == actual) return "";
  return no("is " + describe(actual) + ", should be " + describe(expected));
}

std::string Match::array(const Json& expected, bson::DocumentView actual, bool root) const {
  std::size_t i = 0;
  for (const auto& element : actual) {
    if (i >= expected.size()) return no("has more than " + std::to_string(expected.size()) + " elements");
    if (auto why = at(element.name).value(expected[i++], element.value, root); !why.empty()) return why;
  }
  return i == expected.size() ? ""
                              : no("has " + std::to_string(i) + " elements, should have " + std::to_string(expected.size()));
}

std::string Match::document(const Json& expected, bson::DocumentView actual, bool root) const {
  for (const auto& [name, wanted] : expected.items()) {
    const ValueView got = actual[name];
    if (got.missing() && !is_special(wanted)) return at(name).no("is missing");
    if (auto why = at(name).value(wanted, got, false); !why.empty()) return why;
  }
  if (!root)
    for (const auto& element : actual)
      if (!expected.contains(std::string(element.name))) return at(element.name).no("should not be there");
  return "";
}

std::string Match::value(const Json& expected, ValueView actual, bool root) const {
  if (is_special(expected)) return special(expected.begin().key(), expected.begin().value(), actual, root);
  if (actual.missing()) return no("is missing");
  if (expected.is_array()) return actual.is(Type::array) ? array(expected, actual.as_document(), root) : no("is no array");
  if (expected.is_object() && !detail::is_typed(expected))
    return actual.is(Type::document) ? document(expected, actual.as_document(), root)
                                     : no("is " + describe(actual) + ", no document");
  const Value wanted = value_from_json(expected);
  return scalar(wanted.view(), actual);
}

std::string Match::special(const std::string& name, const Json& operand, ValueView actual, bool root) const {
  if (name == "$$exists") {
    if (actual.missing() != operand.get<bool>()) return "";
    return no(actual.missing() ? "is missing" : "should not be there, but is " + describe(actual));
  }
  if (name == "$$unsetOrMatches") return actual.missing() ? "" : value(operand, actual, root);
  if (actual.missing()) return no("is missing");
  if (name == "$$type") {
    const Json names = operand.is_array() ? operand : Json::array({operand});
    for (const Json& one : names)
      if (is_of_type(actual, one.get<std::string>())) return "";
    return no("is of type " + std::string(bson::type_name(actual.type())) + ", should be " + operand.dump());
  }
  if (name == "$$matchesEntity") {
    const auto entity = known.values.find(operand.get<std::string>());
    return entity == known.values.end() ? no("is compared with an entity nobody saved")
                                        : scalar(entity->second.view(), actual);
  }
  if (name == "$$sessionLsid") {
    const auto lsid = known.lsids.find(operand.get<std::string>());
    if (lsid == known.lsids.end()) return no("is compared with a session nobody started");
    return actual.is(Type::document) && actual.as_document() == lsid->second.view() ? "" : no("is not the session's id");
  }
  if (name == "$$matchesHexBytes") {
    const bool same =
        actual.is(Type::binary) && detail::to_hex(reinterpret_cast<const std::uint8_t*>(actual.binary_bytes().data()),
                                                  actual.binary_bytes().size()) == operand.get<std::string>();
    return same ? "" : no("is not the bytes " + operand.get<std::string>());
  }
  if (name == "$$lte") {
    const Value most = value_from_json(operand);
    const auto got = number(actual), limit = number(most.view());
    return got && limit && *got <= *limit ? "" : no("is " + describe(actual) + ", more than " + describe(most.view()));
  }
  if (name == "$$matchAsDocument") {
    if (!actual.is(Type::string)) return no("is no text");
    const bson::Document document = from_extended_json(Json::parse(actual.as_string()));
    return value(operand, Value(document).view(), false);
  }
  if (name == "$$matchAsRoot") return value(operand, actual, true);
  throw std::runtime_error("the operator " + name + " of the unified test format is not known");
}

}  // namespace

std::string mismatch(const Json& expected, ValueView actual, const UnifiedValues& known, bool root) {
  return Match{known, ""}.value(expected, actual, root);
}

std::string mismatch(const Json& expected, bson::DocumentView actual, const UnifiedValues& known) {
  return mismatch(expected, ValueView(Type::document, actual.data(), actual.size()), known);
}

}  // namespace kinship::spec
