// The free functions an update begins with: `kinship::set("status", "x")`, `kinship::inc<&Post::likes>(1)`, ...
// Each is the method of the same name on an empty Update; included by update.hpp.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <kinship/query/update.hpp>

namespace kinship {

inline Update set(std::string field, Value value) { return Update().set(std::move(field), std::move(value)); }
inline Update set_on_insert(std::string field, Value value) {
  return Update().set_on_insert(std::move(field), std::move(value));
}
inline Update unset(std::string field) { return Update().unset(std::move(field)); }
inline Update inc(std::string field, Value by = 1) { return Update().inc(std::move(field), std::move(by)); }
inline Update mul(std::string field, Value by) { return Update().mul(std::move(field), std::move(by)); }
inline Update min(std::string field, Value value) { return Update().min(std::move(field), std::move(value)); }
inline Update max(std::string field, Value value) { return Update().max(std::move(field), std::move(value)); }
inline Update push(std::string field, Value element) { return Update().push(std::move(field), std::move(element)); }
inline Update push_all(std::string field, const std::vector<Value>& elements) {
  return Update().push_all(std::move(field), elements);
}
inline Update add_to_set(std::string field, Value element) {
  return Update().add_to_set(std::move(field), std::move(element));
}
inline Update add_all_to_set(std::string field, const std::vector<Value>& elements) {
  return Update().add_all_to_set(std::move(field), elements);
}
inline Update pull(std::string field, Value element) { return Update().pull(std::move(field), std::move(element)); }
inline Update pull_all(std::string field, const std::vector<Value>& elements) {
  return Update().pull_all(std::move(field), elements);
}
inline Update pull_where(std::string field, Condition condition) {
  return Update().pull_where(std::move(field), std::move(condition));
}
inline Update pop(std::string field, PopEnd end = PopEnd::last) { return Update().pop(std::move(field), end); }
inline Update rename(std::string field, std::string to) { return Update().rename(std::move(field), std::move(to)); }
inline Update current_date(std::string field) { return Update().current_date(std::move(field)); }

template <auto... Path, class X>
  requires(sizeof...(Path) > 0)
Update set(const X& value) {
  return Update().set<Path...>(value);
}
template <auto... Path, class X>
  requires(sizeof...(Path) > 0)
Update set_on_insert(const X& value) {
  return Update().set_on_insert<Path...>(value);
}
template <auto... Path>
  requires(sizeof...(Path) > 0)
Update unset() {
  return Update().unset<Path...>();
}
template <auto... Path, class X = int>
  requires(sizeof...(Path) > 0)
Update inc(const X& by = 1) {
  return Update().inc<Path...>(by);
}
template <auto... Path, class X>
  requires(sizeof...(Path) > 0)
Update mul(const X& by) {
  return Update().mul<Path...>(by);
}
template <auto... Path, class X>
  requires(sizeof...(Path) > 0)
Update min(const X& value) {
  return Update().min<Path...>(value);
}
template <auto... Path, class X>
  requires(sizeof...(Path) > 0)
Update max(const X& value) {
  return Update().max<Path...>(value);
}
template <auto... Path, class X>
  requires(sizeof...(Path) > 0)
Update push(const X& element) {
  return Update().push<Path...>(element);
}
template <auto... Path, class Range>
  requires(sizeof...(Path) > 0)
Update push_all(const Range& elements) {
  return Update().push_all<Path...>(elements);
}
template <auto... Path, class X>
  requires(sizeof...(Path) > 0)
Update add_to_set(const X& element) {
  return Update().add_to_set<Path...>(element);
}
template <auto... Path, class Range>
  requires(sizeof...(Path) > 0)
Update add_all_to_set(const Range& elements) {
  return Update().add_all_to_set<Path...>(elements);
}
template <auto... Path, class X>
  requires(sizeof...(Path) > 0)
Update pull(const X& element) {
  return Update().pull<Path...>(element);
}
template <auto... Path, class Range>
  requires(sizeof...(Path) > 0)
Update pull_all(const Range& elements) {
  return Update().pull_all<Path...>(elements);
}
template <auto... Path>
  requires(sizeof...(Path) > 0)
Update pull_where(Condition condition) {
  return Update().pull_where<Path...>(std::move(condition));
}
template <auto... Path>
  requires(sizeof...(Path) > 0)
Update pop(PopEnd end = PopEnd::last) {
  return Update().pop<Path...>(end);
}
template <auto... Path>
  requires(sizeof...(Path) > 0)
Update current_date() {
  return Update().current_date<Path...>();
}

}  // namespace kinship
