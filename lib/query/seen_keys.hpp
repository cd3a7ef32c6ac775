// Which keys of a list were there before: a flat table of borrowed values, made for tens of thousands of ids.
// Private to the resolver.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string_view>
#include <vector>

#include <kinship/value/bson.hpp>

namespace kinship::detail {

class SeenKeys {
 public:
  /// Of a list that outlives this.
  explicit SeenKeys(bson::DocumentView keys) {
    std::size_t count = 0;
    for (auto key = keys.begin(); key != keys.end(); ++key) ++count;
    slots_.resize(std::bit_ceil(2 * count + 2));
  }

  /// False if the same value (type and bytes) was added before.
  bool add(bson::ValueView key) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash_of(key) & mask;
    while (!slots_[slot].missing()) {
      if (slots_[slot] == key) return false;
      slot = (slot + 1) & mask;
    }
    slots_[slot] = key;
    return true;
  }

 private:
  static std::size_t hash_of(bson::ValueView key) {
    if (!key.is(bson::Type::object_id))
      return std::hash<std::string_view>()({reinterpret_cast<const char*>(key.data()), key.size()});
    std::uint64_t head;
    std::uint32_t tail;
    std::memcpy(&head, key.data(), 8);
    std::memcpy(&tail, key.data() + 8, 4);
    const std::uint64_t mixed = (head ^ (std::uint64_t{tail} << 32 | tail)) * 0x9e3779b97f4a7c15u;
    return static_cast<std::size_t>(mixed ^ mixed >> 32);
  }

  std::vector<bson::ValueView> slots_{};
};

}  // namespace kinship::detail
