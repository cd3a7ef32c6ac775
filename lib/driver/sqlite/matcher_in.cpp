// Hashing agrees with compare(): equal numbers of different types hash alike. See matcher_in.hpp.
#include "matcher_in.hpp"

#include <cstring>
#include <string>

#include "compare.hpp"
#include "key_encoding.hpp"
#include "matcher_bounds.hpp"
#include "matcher_leaf.hpp"
#include "matcher_parse.hpp"
#include "number.hpp"
#include "query_error.hpp"

namespace kinship::sqlite {

using bson::Type;
using bson::ValueView;

namespace {

std::uint64_t mix(std::uint64_t x) noexcept {
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93u;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93u;
  return x ^ x >> 32;
}

std::uint64_t hash_bytes(const void* data, std::size_t size) noexcept {
  const auto* bytes = static_cast<const char*>(data);
  std::uint64_t hash = size * 0x9e3779b97f4a7c15u, word = 0;
  for (; size >= 8; bytes += 8, size -= 8) {
    std::memcpy(&word, bytes, 8);
    hash = (hash ^ mix(word)) * 0x9e3779b97f4a7c15u;
  }
  word = 0;
  std::memcpy(&word, bytes, size);
  return mix(hash ^ word);
}

}  // namespace

std::uint64_t ValueSet::hash(ValueView value) {
  switch (value.type()) {
    case Type::object_id:
      return hash_bytes(value.data(), 12);
    case Type::string:
    case Type::symbol:
      return hash_bytes(value.data() + 4, value.size() - 4);
    case Type::double_:
    case Type::int32:
    case Type::int64:
    case Type::decimal128:
      return mix(number_head(value).ordered);
    default: {
      const std::string key = encode_key(value);
      return hash_bytes(key.data(), key.size());
    }
  }
}

void ValueSet::reserve(std::size_t count) {
  std::size_t capacity = 8;
  while (capacity < count * 2) capacity *= 2;
  if (capacity <= slots_.size()) return;
  std::vector<Slot> old(capacity);
  old.swap(slots_);
  size_ = 0;
  for (const Slot& slot : old) {
    if (!slot.value.missing()) size_ += place(slot.value, slot.hash);
  }
}

bool ValueSet::place(ValueView value, std::uint64_t hash) {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    Slot& slot = slots_[at];
    if (slot.value.missing()) {
      slot = {value, hash};
      return true;
    }
    if (slot.hash == hash && compare(slot.value, value) == 0) return false;
  }
}

void ValueSet::insert(ValueView value) {
  reserve(size_ + 1);
  size_ += place(value, hash(value));
}

bool ValueSet::contains(ValueView value) const {
  if (size_ == 0 || value.missing()) return false;
  const std::uint64_t wanted = hash(value);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = wanted & mask;; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.value.missing()) return false;
    if (slot.hash == wanted && compare(slot.value, value) == 0) return true;
  }
}

InExpression::InExpression(std::string_view path, ValueView operand) : PathExpression(path), operand_(operand) {
  // An array of n elements has at least 2 n bytes; ids take 20. Growing costs less than a first pass to count.
  values_.reserve(operand.size() / 20);
  for (const auto& element : operand.as_document()) {
    const ValueView value = element.value;
    if (is_operator_document(value)) {
      fail(2, "cannot nest $ under $in: " + quoted(value.as_document().begin()->name) + " stands inside the list for " +
                  quoted(path));
    }
    if (value.is(Type::undefined)) fail(2, "$in of " + quoted(path) + " cannot hold undefined; use null");
    if (value.is(Type::regex)) {
      regexes_.emplace_back(value.regex_pattern(), value.regex_options());
      continue;
    }
    has_null_ |= value.is(Type::null);
    has_array_ |= value.is(Type::array);
    values_.insert(value);
  }
}

bool InExpression::test(ValueView value, MatchDetails*) const {
  if (value.missing() ? has_null_ : values_.contains(value)) return true;
  for (const Regex& regex : regexes_) {
    if (regex_accepts(regex, value)) return true;
  }
  return false;
}

void InExpression::collect(BoundsCollector& collector) const {
  if (values_.size() == 0 && regexes_.empty()) return collector.never();
  if (!regexes_.empty() || has_array_) return collector.not_alone();
  collector.add(path(), BoundOp::in, operand_, !has_null_);
}

}  // namespace kinship::sqlite
