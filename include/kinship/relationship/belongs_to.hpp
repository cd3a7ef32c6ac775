// BelongsTo<T>: a reference to one T; the reference is the foreign key and is stored as it.
// `post.author = user` links in memory, `save(post)` stores it, `co_await post.author.get()` reads the other object.
#pragma once

#include <cstddef>
#include <optional>
#include <type_traits>

#include <kinship/model/model.hpp>
#include <kinship/relationship/load.hpp>

namespace kinship {

namespace detail {

template <class X>
inline constexpr bool is_key_type = std::is_same_v<X, ObjectId> || std::is_same_v<X, Uuid> || std::is_same_v<X, Id> ||
                                    std::is_same_v<X, std::string> || std::is_same_v<X, std::string_view> ||
                                    std::is_same_v<X, const char*> || (std::is_integral_v<X> && !std::is_same_v<X, bool>);

template <class T>
concept has_id_member = requires(T& object) { object.id; };

/// Says in words when a key of type X cannot be the key of T (decided where T has the usual member `id`).
template <class T, class X>
constexpr bool key_fits() {
  if constexpr (!has_id_member<T> || std::is_same_v<X, Id>)
    return true;
  else {
    using Key = std::remove_cvref_t<decltype(std::declval<T&>().id)>;
    if constexpr (std::is_integral_v<Key>)
      return std::is_integral_v<X>;
    else if constexpr (std::is_same_v<Key, std::string>)
      return std::is_convertible_v<X, std::string_view>;
    else
      return std::is_same_v<Key, X> || std::is_same_v<Key, Id>;
  }
}

}  // namespace detail

template <class T>
class BelongsTo : public RelationshipManager {
 public:
  using target_type = T;

  BelongsTo() noexcept : RelationshipManager(detail::unmapped<BelongsTo>) {}
  /// Refers to `owner`; throws `unbound` when it has no id yet.
  BelongsTo(const T& owner) : BelongsTo() { key_ = owner_key(owner); }
  /// Refers to the owner of that key.
  template <class X>
    requires detail::is_key_type<std::decay_t<X>>
  BelongsTo(const X& key) : BelongsTo() {
    assign(key);
  }

  /// `= owner`, `= key`, `= nullptr` (no reference). Unloads what was loaded; stored by the next save.
  template <class X>
    requires(!std::is_same_v<X, BelongsTo>)
  BelongsTo& operator=(const X& x) {
    if constexpr (std::is_same_v<X, std::nullptr_t> || std::is_same_v<X, std::nullopt_t>) {
      set_key(Id());
    } else if constexpr (std::is_same_v<X, T>) {
      set_key(owner_key(x));
    } else if constexpr (detail::is_key_type<std::decay_t<const X>>) {
      assign(x);
    } else {
      static_assert(std::is_same_v<X, T>,
                    "kinship: wrong model: this reference belongs to another type; assign its owner or its key");
    }
    return *this;
  }

  /// The stored key; empty (`!id()`) when there is no reference.
  const Id& id() const noexcept { return key_; }

  /// The object referred to, or nothing. Loads for all siblings of one result together; no query when loaded or when
  /// there is no reference.
  [[nodiscard("co_await it")]] awaitable<std::optional<T>> get(const char* file = __builtin_FILE(),
                                                               unsigned line = __builtin_LINE()) const {
    return get_of(detail::Handle(*this, file, line));
  }

  /// What was loaded, shared by all siblings that refer to it; null: there is none. Throws `not_loaded` otherwise.
  T* loaded() { return first(detail::loaded_now(*this)); }
  const T* loaded() const { return first(detail::loaded_now(*this)); }

  /// For the codec.
  void read_key(Id key) noexcept { key_ = std::move(key); }

 private:
  static Id owner_key(const T& owner) {
    const detail::ModelInfo& model = detail::model_info<T>();
    Id key = detail::key_of(&owner, model);
    if (!key) detail::throw_unbound_owner(model);
    return key;
  }
  template <class X>
  void assign(const X& key) {
    static_assert(detail::key_fits<T, std::decay_t<const X>>(),
                  "kinship: wrong key: the model referred to has an id of another type");
    set_key(Id(key));
  }
  void set_key(Id key) {
    key_ = std::move(key);
    detail::key_assigned(*this, key_);
  }
  static awaitable<std::optional<T>> get_of(detail::Handle handle) {
    detail::LoadedRange range = co_await detail::load(std::move(handle));
    std::optional<T> result;
    if (const T* object = first(range)) result = *object;
    co_return result;
  }
  static T* first(const detail::LoadedRange& range) { return range.count() == 0 ? nullptr : static_cast<T*>(range.first()); }

  Id key_{};
};

}  // namespace kinship
