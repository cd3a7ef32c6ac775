// OneToMany<T>: all T that refer to this owner.
// `for (Post& post : co_await user.posts.all())`; siblings of one result load together, so loops never cost N+1 queries.
#pragma once

#include <kinship/relationship/to_many.hpp>

namespace kinship {

template <class T>
class OneToMany : public ToMany<T> {
 public:
  OneToMany() noexcept : ToMany<T>(detail::unmapped<OneToMany>) {}

  /// Makes `object` refer to this owner: inserts it when it has no id or no row, else stores its foreign key. `object` and
  /// this must outlive the call; the object's reference is set.
  template <class X>
  [[nodiscard("co_await it")]] awaitable<void> add(X&& object) {
    ToMany<T>::template check_added<X>();
    return this->add_object(object);
  }
};

}  // namespace kinship
