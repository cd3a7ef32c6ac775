// KeySet: keys deduplicated by typed value (1, 1L and 1.0 are one key; "1" is another), numbered in order of arrival.
// Open addressing over one byte arena: the hot path of grouping, no allocation a key.
#pragma once

#include <cstdint>
#include <vector>

#include <kinship/value/bson.hpp>

namespace kinship::plan {

class KeySet {
 public:
  static constexpr std::uint32_t none = 0xffffffff;

  void reserve(std::size_t keys);
  /// The key's number; `none` for null and missing, which ask for nothing.
  std::uint32_t add(bson::ValueView key);
  /// The number of an equal key; `none` if there is none.
  std::uint32_t find(bson::ValueView key) const noexcept;

  std::size_t size() const noexcept { return entries_.size(); }
  bool empty() const noexcept { return entries_.empty(); }
  /// The key as it was first added. Valid until the next `add`.
  bson::ValueView key(std::uint32_t number) const noexcept;

 private:
  struct Entry {
    std::uint64_t hash;
    std::uint32_t at;  // in bytes_
    std::uint32_t size;
    bson::Type type;
  };
  struct Probe;
  bool equal(const Entry& entry, const Probe& probe) const noexcept;
  void rehash(std::size_t slots);

  std::vector<std::uint8_t> bytes_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  // entry number + 1; 0: free
};

}  // namespace kinship::plan
