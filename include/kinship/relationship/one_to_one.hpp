// OneToOne<T>: at most one T that refers to this owner.
// `co_await user.profile.get()`; afterwards `user.profile.loaded()` answers without the store.
#pragma once

#include <optional>
#include <type_traits>

#include <kinship/model/model.hpp>
#include <kinship/relationship/load.hpp>

namespace kinship {

template <class T>
class OneToOne : public RelationshipManager {
 public:
  OneToOne() noexcept : RelationshipManager(detail::unmapped<OneToOne>) {}

  /// The other object, or nothing. Loads for all siblings of one result together: one query for a chunk of them, none
  /// when loaded. Of several rows the first by order. Throws `unbound` on an object that was never stored or read.
  [[nodiscard("co_await it")]] awaitable<std::optional<T>> get(const char* file = __builtin_FILE(),
                                                               unsigned line = __builtin_LINE()) const {
    return get_of(detail::Handle(*this, file, line));
  }

  /// Makes `object` the one: links it (inserts it when new), and unlinks (or removes, with orphan_removal) another that
  /// was. One transaction. `object` and this must outlive the call.
  [[nodiscard("co_await it")]] awaitable<void> set(T& object) {
    return detail::add(this, detail::ObjectRef(&object, detail::model_info<T>()),
                       detail::ObjectRef(nullptr, detail::model_info<T>()));
  }
  template <class X>
  awaitable<void> set(X&&) {
    static_assert(
        std::is_lvalue_reference_v<X> && !std::is_const_v<std::remove_reference_t<X>>,
        "kinship: name the object first: set gives it an id and binds its relationships, a temporary would lose both");
    static_assert(std::is_same_v<std::remove_cvref_t<X>, T>, "kinship: wrong model: this relationship holds another type");
    return awaitable<void>();
  }
  /// Unlinks the other side; with orphan_removal removes it.
  [[nodiscard("co_await it")]] awaitable<void> unset() { return detail::clear(this); }

  /// What was loaded; null: there is none. No query; throws `not_loaded` before `get`, `with` or `batch_load`.
  T* loaded() { return first(detail::loaded_now(*this)); }
  const T* loaded() const { return first(detail::loaded_now(*this)); }

 private:
  static awaitable<std::optional<T>> get_of(detail::Handle handle) {
    detail::LoadedRange range = co_await detail::load(std::move(handle));
    std::optional<T> result;
    if (const T* object = first(range)) result = *object;
    co_return result;
  }
  static T* first(const detail::LoadedRange& range) { return range.count() == 0 ? nullptr : static_cast<T*>(range.first()); }
};

}  // namespace kinship
