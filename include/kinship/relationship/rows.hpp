// Rows<T>: the owning result of a load, a range of objects that is cheap to copy.
// Copies share their elements; the length never changes.
#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>

#include <kinship/relationship/relationship_manager.hpp>

namespace kinship {

/// Valid as long as one copy of it lives; elements stay where they are. Elements have one writer at a time.
template <class T>
class Rows {
 public:
  using value_type = T;
  using size_type = std::size_t;
  using iterator = T*;
  using const_iterator = const T*;

  Rows() = default;
  explicit Rows(const detail::LoadedRange& range)
      : block_(range.block()), first_(static_cast<T*>(range.first())), size_(range.count()) {}

  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }

  T* begin() noexcept { return first_; }
  T* end() noexcept { return first_ + size_; }
  const T* begin() const noexcept { return first_; }
  const T* end() const noexcept { return first_ + size_; }

  T& operator[](std::size_t i) noexcept { return first_[i]; }
  const T& operator[](std::size_t i) const noexcept { return first_[i]; }
  /// Throws std::out_of_range.
  T& at(std::size_t i) { return check(i), first_[i]; }
  const T& at(std::size_t i) const { return check(i), first_[i]; }
  T& front() noexcept { return first_[0]; }
  const T& front() const noexcept { return first_[0]; }
  T& back() noexcept { return first_[size_ - 1]; }
  const T& back() const noexcept { return first_[size_ - 1]; }
  T* data() noexcept { return first_; }
  const T* data() const noexcept { return first_; }

 private:
  void check(std::size_t i) const {
    if (i >= size_) throw std::out_of_range("kinship::Rows::at: no such row");
  }

  std::shared_ptr<void> block_{};
  T* first_{};
  std::size_t size_{};
};

namespace detail {
template <class T>
inline constexpr bool awaitable_rows_misused = false;
}

/// Reached by a range-for over a load that was not awaited: says so in words.
template <class T>
T* begin(const awaitable<Rows<T>>&) {
  static_assert(detail::awaitable_rows_misused<T>,
                "kinship: co_await is missing: write `for (auto& x : co_await ...all())`.");
  return nullptr;
}
template <class T>
T* end(const awaitable<Rows<T>>&) {
  static_assert(detail::awaitable_rows_misused<T>,
                "kinship: co_await is missing: write `for (auto& x : co_await ...all())`.");
  return nullptr;
}

}  // namespace kinship
