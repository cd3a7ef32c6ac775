// ManyToMany<T>: T linked with this owner, through a join model or by an array of ids on one side.
// add, remove and replace are idempotent and keep both sides in step under concurrent writers.
#pragma once

#include <kinship/relationship/to_many.hpp>

namespace kinship {

template <class T>
class ManyToMany : public ToMany<T> {
 public:
  ManyToMany() noexcept : ToMany<T>(detail::unmapped<ManyToMany>) {}

  /// Links `object`, inserting it when it is new. Linking twice changes nothing.
  template <class X>
  [[nodiscard("co_await it")]] awaitable<void> add(X&& object) {
    ToMany<T>::template check_added<X>();
    return this->add_object(object);
  }
  /// Links `object` with a join row of the caller's, for the fields it has of its own; its two references are set. Where
  /// the link exists, its row takes these fields.
  template <class X, class Join>
  [[nodiscard("co_await it")]] awaitable<void> add(X&& object, Join& join) {
    ToMany<T>::template check_added<X>();
    return detail::add(this, detail::ObjectRef(&object, detail::model_info<T>()),
                       detail::ObjectRef(&join, detail::model_info<Join>()));
  }
  /// The join rows of this owner: `co_await post.tags.links<PostTag>()`, the join model by its name, since a ManyToMany<Tag>
  /// does not know it. One query. Another model than the mapping's, or none there, is `invalid_query`.
  template <class Join = void>
  [[nodiscard("co_await it")]] auto links() const {
    static_assert(!std::is_void_v<Join>,
                  "kinship: name the join model: `co_await post.tags.links<PostTag>()` gives Rows<PostTag>");
    return links_of<Join>(detail::Handle(*this));
  }

 private:
  template <class Join>
  static awaitable<Rows<Join>> links_of(detail::Handle handle) {
    detail::LoadedRange range = co_await detail::load_links(std::move(handle), &detail::model_info<Join>());
    co_return Rows<Join>(range);
  }
};

}  // namespace kinship
