// Updates as plain data: what to change in the documents that match, built before any store is spoken to.
// Values stay values, as in conditions: a document that looks like a modifier is stored as it is.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <concepts>
#include <iosfwd>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <kinship/query/condition.hpp>
#include <kinship/query/update_checks.hpp>

namespace kinship {

namespace detail {
struct UpdateEntry;
}

enum class PopEnd : bool { first, last };

/// Changes, in the order they were given. Immutable: every call returns an update with one change more; copies share their
/// parts. Fields are named as in a Condition, and checked like them when the update is resolved against its model. One
/// field may be changed once per update (stores refuse the rest, code 40). Methods with a member as template argument also
/// check the value's type when compiled.
class Update {
 public:
  /// Changes nothing; resolving it is `invalid_query`.
  Update() = default;
  /// An update in MongoDB's language, {"$set": {...}}, with stored names; see `kinship::raw_update`.
  static Update from_document(bson::Document update);

  bool empty() const noexcept { return entries_.empty(); }

  /// Null unsets an optional field.
  Update set(std::string field, Value value) const;
  /// Only when an upsert inserts.
  Update set_on_insert(std::string field, Value value) const;
  Update unset(std::string field) const;
  Update inc(std::string field, Value by = 1) const;
  Update mul(std::string field, Value by) const;
  /// Keeps the smaller of the stored and the given value.
  Update min(std::string field, Value value) const;
  /// Keeps the larger of the stored and the given value.
  Update max(std::string field, Value value) const;
  /// Appends one element to an array.
  Update push(std::string field, Value element) const;
  Update push_all(std::string field, const std::vector<Value>& elements) const;
  /// Appends the element unless the array holds it.
  Update add_to_set(std::string field, Value element) const;
  Update add_all_to_set(std::string field, const std::vector<Value>& elements) const;
  /// Removes every element that equals the given one.
  Update pull(std::string field, Value element) const;
  Update pull_all(std::string field, const std::vector<Value>& elements) const;
  /// Removes every element that satisfies the condition (as in `Condition::elem_match`).
  Update pull_where(std::string field, Condition condition) const;
  Update pop(std::string field, PopEnd end = PopEnd::last) const;
  Update rename(std::string field, std::string to) const;
  /// The store's clock, as a date.
  Update current_date(std::string field) const;
  /// All changes of `other` after these.
  Update and_then(const Update& other) const;

  template <auto... Path, class X>
    requires(sizeof...(Path) > 0)
  Update set(const X& value) const {
    return set(detail::path_name<Path...>(), detail::assigned<Path...>(value));
  }
  template <auto... Path, class X>
    requires(sizeof...(Path) > 0)
  Update set_on_insert(const X& value) const {
    return set_on_insert(detail::path_name<Path...>(), detail::assigned<Path...>(value));
  }
  template <auto... Path>
    requires(sizeof...(Path) > 0)
  Update unset() const {
    return unset(detail::path_name<Path...>());
  }
  template <auto... Path, class X = int>
    requires(sizeof...(Path) > 0)
  Update inc(const X& by = 1) const {
    return inc(detail::path_name<Path...>(), detail::amount<Path...>(by));
  }
  template <auto... Path, class X>
    requires(sizeof...(Path) > 0)
  Update mul(const X& by) const {
    return mul(detail::path_name<Path...>(), detail::amount<Path...>(by));
  }
  template <auto... Path, class X>
    requires(sizeof...(Path) > 0)
  Update min(const X& value) const {
    return min(detail::path_name<Path...>(), detail::assigned<Path...>(value));
  }
  template <auto... Path, class X>
    requires(sizeof...(Path) > 0)
  Update max(const X& value) const {
    return max(detail::path_name<Path...>(), detail::assigned<Path...>(value));
  }
  template <auto... Path, class X>
    requires(sizeof...(Path) > 0)
  Update push(const X& element) const {
    return push(detail::path_name<Path...>(), detail::one_element<Path...>(element));
  }
  template <auto... Path, class Range>
    requires(sizeof...(Path) > 0)
  Update push_all(const Range& elements) const {
    return push_all(detail::path_name<Path...>(), detail::elements<Path...>(elements));
  }
  template <auto... Path, class X>
    requires(sizeof...(Path) > 0)
  Update add_to_set(const X& element) const {
    return add_to_set(detail::path_name<Path...>(), detail::one_element<Path...>(element));
  }
  template <auto... Path, class Range>
    requires(sizeof...(Path) > 0)
  Update add_all_to_set(const Range& elements) const {
    return add_all_to_set(detail::path_name<Path...>(), detail::elements<Path...>(elements));
  }
  template <auto... Path, class X>
    requires(sizeof...(Path) > 0)
  Update pull(const X& element) const {
    return pull(detail::path_name<Path...>(), detail::one_element<Path...>(element));
  }
  template <auto... Path, class Range>
    requires(sizeof...(Path) > 0)
  Update pull_all(const Range& elements) const {
    return pull_all(detail::path_name<Path...>(), detail::elements<Path...>(elements));
  }
  template <auto... Path>
    requires(sizeof...(Path) > 0)
  Update pull_where(Condition condition) const {
    detail::require_array<Path...>();
    return pull_where(detail::path_name<Path...>(), std::move(condition));
  }
  template <auto... Path>
    requires(sizeof...(Path) > 0)
  Update pop(PopEnd end = PopEnd::last) const {
    detail::require_array<Path...>();
    return pop(detail::path_name<Path...>(), end);
  }
  template <auto... Path>
    requires(sizeof...(Path) > 0)
  Update current_date() const {
    detail::require_date<Path...>();
    return current_date(detail::path_name<Path...>());
  }

  const std::vector<std::shared_ptr<const detail::UpdateEntry>>& entries() const noexcept { return entries_; }

 private:
  Update with(detail::UpdateEntry entry) const;

  std::vector<std::shared_ptr<const detail::UpdateEntry>> entries_{};
};

/// An update in MongoDB's language with stored names, passed on as it is; never hand user input to it. Throws
/// `invalid_query` if it is not an object of operators. Callers include <kinship/value/json.hpp>.
Update raw_update(const nlohmann::ordered_json& update);
namespace detail {
Update raw_update_unordered(const nlohmann::json& update);
}
template <class Json>
  requires std::same_as<Json, nlohmann::json>
Update raw_update(const Json& update) {
  return detail::raw_update_unordered(update);
}

/// The update as text for messages, with names as they were given; very long ones are cut off.
std::string to_string(const Update& update);
std::ostream& operator<<(std::ostream& out, const Update& update);

}  // namespace kinship

#include <kinship/query/update_starters.hpp>
