// Memory for the documents of one batch: few allocations, stable addresses, freed together.
// Not thread-safe; filled by a store's thread, then only read.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include <kinship/value/bson.hpp>

namespace kinship::sqlite {

class Arena {
 public:
  bson::DocumentView add(const std::uint8_t* bytes, std::size_t size) {
    if (left_ < size) grow(size);
    std::uint8_t* const at = at_;
    std::memcpy(at, bytes, size);
    at_ += size;
    left_ -= size;
    total_ += size;
    return bson::DocumentView(at);
  }
  bson::DocumentView add(bson::DocumentView document) { return add(document.data(), document.size()); }
  std::size_t bytes() const noexcept { return total_; }

 private:
  void grow(std::size_t size) {
    next_ = std::max(next_, size);
    blocks_.push_back(std::make_unique_for_overwrite<std::uint8_t[]>(next_));
    at_ = blocks_.back().get();
    left_ = next_;
    next_ = std::min<std::size_t>(next_ * 4, 1 << 20);
  }

  std::vector<std::unique_ptr<std::uint8_t[]>> blocks_;
  std::uint8_t* at_{};
  std::size_t left_{};
  std::size_t next_{1024};
  std::size_t total_{};
};

}  // namespace kinship::sqlite
