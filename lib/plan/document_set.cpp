// An open-addressed table of indexes over one arena of bytes.
// Half of the slots stay free, so a look-up takes about one step.
#include "plan/document_set.hpp"

#include <cmath>
#include <functional>
#include <string_view>

namespace kinship::plan {

using bson::Type;
using bson::ValueView;

namespace {

// The integer a number stands for, so that 5 as int32, int64 and double is one key.
bool as_integer(ValueView id, std::int64_t& out) {
  if (id.is(Type::int32)) return out = id.as_int32(), true;
  if (id.is(Type::int64)) return out = id.as_int64(), true;
  if (!id.is(Type::double_)) return false;
  const double number = id.as_double();
  if (!(number > -9.2e18 && number < 9.2e18) || number != std::floor(number)) return false;
  out = static_cast<std::int64_t>(number);
  return true;
}

std::size_t hash_of(ValueView id) {
  std::int64_t number = 0;
  if (as_integer(id, number)) return std::hash<std::int64_t>()(number) * 0x9e3779b97f4a7c15u;
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(id.data()), id.size()});
}

bool same_id(ValueView a, ValueView b) {
  std::int64_t x = 0, y = 0;
  if (as_integer(a, x)) return as_integer(b, y) && x == y;
  return a == b;
}

}  // namespace

std::size_t DocumentSet::slot_of(ValueView id) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash_of(id) & mask;
  while (slots_[slot] != 0 && !same_id((*this)[slots_[slot] - 1]["_id"], id)) slot = (slot + 1) & mask;
  return slot;
}

void DocumentSet::rehash() {
  slots_.assign(slots_.empty() ? 64 : slots_.size() * 2, 0);
  for (std::size_t i = 0; i < size(); ++i) slots_[slot_of((*this)[i]["_id"])] = static_cast<std::uint32_t>(i + 1);
}

bool DocumentSet::add(bson::DocumentView document) {
  if (slots_.size() < 2 * (size() + 1)) rehash();
  const std::size_t slot = slot_of(document["_id"]);
  if (slots_[slot] != 0) return false;
  starts_.push_back(bytes_.size());
  bytes_.insert(bytes_.end(), document.data(), document.data() + document.size());
  slots_[slot] = static_cast<std::uint32_t>(size());
  return true;
}

bool DocumentSet::contains(ValueView id) const { return !slots_.empty() && slots_[slot_of(id)] != 0; }

void DocumentSet::clear() { *this = DocumentSet(); }

}  // namespace kinship::plan
