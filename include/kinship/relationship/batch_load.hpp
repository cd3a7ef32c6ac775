// batch_load: the relationships of many owners at once, grouped by `$in`, whatever the owners lie in.
// The templates turn rows, vectors and single objects into one untyped list; the loading is compiled.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

#include <kinship/relationship/load.hpp>
#include <kinship/relationship/path.hpp>
#include <kinship/relationship/rows.hpp>

namespace kinship::detail {

/// Objects of one model that lie behind each other.
class ObjectRange {
 public:
  ObjectRange(void* first, std::size_t count, const ModelInfo& model) : first_(first), count_(count), model_(&model) {}
  void* first() const noexcept { return first_; }
  std::size_t count() const noexcept { return count_; }
  const ModelInfo& model() const noexcept { return *model_; }

 private:
  void* first_;
  std::size_t count_;
  const ModelInfo* model_;
};

/// Owners anywhere: pointers to objects of one model, and what keeps them alive if this call must.
class Owners {
 public:
  Owners(std::vector<void*> objects, const ModelInfo& model, std::shared_ptr<void> keep)
      : objects_(std::move(objects)), model_(&model), keep_(std::move(keep)) {}
  const std::vector<void*>& objects() const noexcept { return objects_; }
  const ModelInfo& model() const noexcept { return *model_; }

 private:
  std::vector<void*> objects_;
  const ModelInfo* model_;
  std::shared_ptr<void> keep_;
};

template <class X>
concept owner_range = requires(X& x) {
  x.begin();
  x.end();
} && !requires { mapping(of<X>{}); };

template <class X>
struct owner_element {
  using type = X;
};
template <owner_range X>
struct owner_element<X> {
  using element = std::remove_cvref_t<decltype(*std::declval<X&>().begin())>;
  using type = std::remove_cv_t<std::remove_pointer_t<element>>;
};
template <class X>
using owner_of = typename owner_element<std::remove_cvref_t<X>>::type;

template <class X>
Owners owners_of(X& owners) {
  using T = owner_of<X>;
  std::vector<void*> objects;
  std::shared_ptr<void> keep;
  if constexpr (owner_range<std::remove_cv_t<X>>) {
    if constexpr (requires { owners.size(); }) objects.reserve(owners.size());
    for (auto&& element : owners) {
      if constexpr (std::is_pointer_v<std::remove_cvref_t<decltype(element)>>)
        objects.push_back(const_cast<T*>(element));
      else
        objects.push_back(const_cast<T*>(&element));
    }
    if constexpr (std::is_same_v<std::remove_cv_t<X>, Rows<T>>) keep = std::make_shared<Rows<T>>(owners);
  } else {
    objects.push_back(const_cast<T*>(&owners));
  }
  return Owners(std::move(objects), model_info<T>(), std::move(keep));
}

awaitable<void> batch_load(std::shared_ptr<Scope> scope, Owners owners, Path path);
awaitable<std::vector<std::uint64_t>> batch_count(std::shared_ptr<Scope> scope, Owners owners, Path path);

}  // namespace kinship::detail
