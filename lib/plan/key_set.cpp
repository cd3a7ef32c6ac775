// Numbers are compared by value across types: a whole double within int64 is that integer.
// Hashing is multiply-xorshift over the payload, eight bytes at a time.
#include "plan/key_set.hpp"

#include <bit>
#include <cmath>

namespace kinship::plan {

using bson::Type;
using bson::ValueView;

struct KeySet::Probe {
  std::uint64_t hash{};
  const std::uint8_t* data{};
  std::uint32_t size{};
  Type type{};
  std::int64_t number{};

  explicit Probe(const ValueView& key) : data(key.data()), size(key.size()), type(key.type()) {
    if (type == Type::int32)
      whole(key.as_int32());
    else if (type == Type::int64)
      whole(key.as_int64());
    else if (type == Type::double_)
      real(key.as_double());
    else
      mix_bytes();
  }
  Probe(const Probe&) = delete;

 private:
  void whole(std::int64_t value) {
    type = Type::int64;
    number = value;
    data = reinterpret_cast<const std::uint8_t*>(&number);
    size = 8;
    mix_bytes();
  }
  void real(double value) {
    // 2^63 is the first double beyond int64.
    if (value >= -0x1p63 && value < 0x1p63 && std::trunc(value) == value) return whole(static_cast<std::int64_t>(value));
    mix_bytes();
  }
  void mix_bytes() {
    std::uint64_t h = 0x9e3779b97f4a7c15u * (static_cast<std::uint64_t>(type) + 1) + size;
    std::uint32_t at = 0;
    for (; at + 8 <= size; at += 8) {
      std::uint64_t word;
      std::memcpy(&word, data + at, 8);
      h = (h ^ word) * 0xff51afd7ed558ccdu;
      h ^= h >> 32;
    }
    std::uint64_t tail = 0;
    std::memcpy(&tail, data + at, size - at);
    h = (h ^ tail) * 0xc4ceb9fe1a85ec53u;
    hash = h ^ (h >> 29);
  }
};

void KeySet::reserve(std::size_t keys) {
  entries_.reserve(keys);
  if (keys * 2 > slots_.size()) rehash(std::bit_ceil(keys * 2 + 8));
}

bool KeySet::equal(const Entry& entry, const Probe& probe) const noexcept {
  if (entry.hash != probe.hash) return false;
  const ValueView stored(entry.type, bytes_.data() + entry.at, entry.size);
  if (entry.type == probe.type && entry.size == probe.size) return std::memcmp(stored.data(), probe.data, probe.size) == 0;
  if (!stored.is_number()) return false;
  const Probe other(stored);  // 1 and 1.0
  return other.type == probe.type && other.size == probe.size && std::memcmp(other.data, probe.data, probe.size) == 0;
}

std::uint32_t KeySet::find(ValueView key) const noexcept {
  if (slots_.empty() || key.missing() || key.is(Type::null)) return none;
  const Probe probe(key);
  for (std::size_t slot = probe.hash & (slots_.size() - 1);; slot = (slot + 1) & (slots_.size() - 1)) {
    if (slots_[slot] == 0) return none;
    if (equal(entries_[slots_[slot] - 1], probe)) return slots_[slot] - 1;
  }
}

std::uint32_t KeySet::add(ValueView key) {
  if (key.missing() || key.is(Type::null)) return none;
  if ((entries_.size() + 1) * 2 > slots_.size()) rehash(std::bit_ceil((entries_.size() + 1) * 2 + 8));
  const Probe probe(key);
  std::size_t slot = probe.hash & (slots_.size() - 1);
  for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1))
    if (equal(entries_[slots_[slot] - 1], probe)) return slots_[slot] - 1;
  entries_.push_back({probe.hash, static_cast<std::uint32_t>(bytes_.size()), key.size(), key.type()});
  bytes_.insert(bytes_.end(), key.data(), key.data() + key.size());
  slots_[slot] = static_cast<std::uint32_t>(entries_.size());
  return slots_[slot] - 1;
}

ValueView KeySet::key(std::uint32_t number) const noexcept {
  const Entry& entry = entries_[number];
  return ValueView(entry.type, bytes_.data() + entry.at, entry.size);
}

void KeySet::rehash(std::size_t slots) {
  slots_.assign(slots, 0);
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    std::size_t slot = entries_[i].hash & (slots - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots - 1);
    slots_[slot] = i + 1;
  }
}

}  // namespace kinship::plan
