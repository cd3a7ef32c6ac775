// What OneToMany and ManyToMany have in common: loading, iterating what was loaded, asking per owner, unlinking.
// Users name OneToMany and ManyToMany.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <kinship/model/model.hpp>
#include <kinship/relationship/query.hpp>

namespace kinship {

class CascadeResult;

template <class T>
class ToMany : public RelationshipManager {
 public:
  using target_type = T;

  /// All of this owner. The first call loads for all siblings of one result: one query for a chunk of owners (two through a
  /// join model), none when loaded. Cancellation is prompt and leaves siblings alone. Throws `unbound` on an object that was
  /// never stored or read, `strict_loading` where loading was forbidden.
  [[nodiscard("co_await it")]] awaitable<Rows<T>> all(const char* file = __builtin_FILE(),
                                                      unsigned line = __builtin_LINE()) const {
    return all_of(detail::Handle(*this, file, line));
  }

  // These ask the store, for this owner; concurrent ones of one shape join.
  [[nodiscard("co_await it")]] awaitable<std::optional<T>> first() const { return query().first(); }
  [[nodiscard("co_await it")]] awaitable<std::uint64_t> count() const { return query().count(); }
  [[nodiscard("co_await it")]] awaitable<bool> exists() const { return query().exists(); }
  [[nodiscard("co_await it")]] awaitable<bool> contains(const T& object) const {
    return detail::contains(detail::Handle(*this), detail::key_of(&object, detail::model_info<T>()));
  }

  Query<T> query() const { return Query<T>(detail::QueryBase(detail::Handle(*this))); }
  Query<T> where(Condition condition) const { return query().where(std::move(condition)); }
  template <auto Field>
  Query<T> order_by(int direction = 1) const {
    return query().template order_by<Field>(direction);
  }
  Query<T> order_by(std::string field, int direction = 1) const { return query().order_by(std::move(field), direction); }
  Query<T> skip(std::uint64_t count) const { return query().skip(count); }
  Query<T> limit(std::uint64_t count) const { return query().limit(count); }

  /// Unlinks `object`; with orphan_removal removes it.
  [[nodiscard("co_await it")]] awaitable<void> remove(T& object) {
    return detail::remove(this, detail::ObjectRef(&object, detail::model_info<T>()));
  }
  /// Makes exactly these the ones: links what is missing (inserts what is new), unlinks the rest. One transaction. Iteration
  /// afterwards shows copies of `objects`, with their ids.
  [[nodiscard("co_await it")]] awaitable<void> replace(std::vector<T> objects) {
    auto keep = std::make_shared<std::vector<T>>(std::move(objects));
    std::vector<detail::ObjectRef> references;
    references.reserve(keep->size());
    for (T& object : *keep) references.push_back(detail::ObjectRef(&object, detail::model_info<T>()));
    return detail::replace(this, std::move(references), std::move(keep));
  }
  /// Unlinks all; with orphan_removal removes them.
  [[nodiscard("co_await it")]] awaitable<void> clear() { return detail::clear(this); }
  /// Removes all of this owner and everything below that their mappings say.
  [[nodiscard("co_await it")]] awaitable<CascadeResult> cascade_delete() const { return query().remove_all(); }
  /// Changes all of this owner; returns how many matched.
  [[nodiscard("co_await it")]] awaitable<std::uint64_t> cascade_update(Update update) const {
    return detail::cascade_update(detail::Handle(*this), std::move(update));
  }

  // Without co_await, over what was loaded; all of these throw `not_loaded` before `all`, `with` or `batch_load`.
  T* begin() { return first_of(loaded()); }
  T* end() { return last_of(loaded()); }
  const T* begin() const { return first_of(loaded()); }
  const T* end() const { return last_of(loaded()); }
  std::size_t size() const { return loaded().count(); }
  bool empty() const { return size() == 0; }
  T& operator[](std::size_t i) { return first_of(loaded())[i]; }
  const T& operator[](std::size_t i) const { return first_of(loaded())[i]; }

 protected:
  using RelationshipManager::RelationshipManager;
  explicit ToMany(const detail::RelationshipTag& tag) noexcept : RelationshipManager(tag) {}

  awaitable<void> add_object(T& object) {
    return detail::add(this, detail::ObjectRef(&object, detail::model_info<T>()),
                       detail::ObjectRef(nullptr, detail::model_info<T>()));
  }
  template <class X>
  static constexpr void check_added() {
    static_assert(
        std::is_lvalue_reference_v<X> && !std::is_const_v<std::remove_reference_t<X>>,
        "kinship: name the object first: add gives it an id and binds its relationships, a temporary would lose both");
    static_assert(std::is_same_v<std::remove_cvref_t<X>, T>, "kinship: wrong model: this relationship holds another type");
  }

 private:
  detail::LoadedRange loaded() const { return detail::loaded_now(*this); }
  static T* first_of(const detail::LoadedRange& range) { return static_cast<T*>(range.first()); }
  static T* last_of(const detail::LoadedRange& range) { return static_cast<T*>(range.first()) + range.count(); }
  static awaitable<Rows<T>> all_of(detail::Handle handle) {
    detail::LoadedRange range = co_await detail::load(std::move(handle));
    co_return Rows<T>(range);
  }
};

}  // namespace kinship
