// The storage of Value: small payloads inside, larger ones in a counted block that never changes.
// Enums and strings are laid out here so that the header's constructors stay small.
#include <atomic>
#include <kinship/error.hpp>
#include <kinship/value/value.hpp>
#include <new>
#include <ostream>

namespace kinship {

struct Value::Block {
  std::atomic<std::uint32_t> owners{1};
  std::uint8_t* bytes() noexcept { return reinterpret_cast<std::uint8_t*>(this + 1); }
};

const char* detail::find_enum_name(std::span<const EnumName> names, std::int64_t value) noexcept {
  for (const EnumName& entry : names)
    if (entry.value == value) return entry.name;
  return nullptr;
}

const detail::EnumName* detail::find_enum_value(std::span<const EnumName> names, std::string_view name) noexcept {
  for (const EnumName& entry : names)
    if (entry.name == name) return &entry;
  return nullptr;
}

Value::Block* Value::block() const noexcept {
  Block* block;
  std::memcpy(&block, store_.data(), sizeof block);
  return block;
}

const std::uint8_t* Value::data() const noexcept { return shared() ? block()->bytes() : store_.data(); }

void Value::retain() const noexcept { block()->owners.fetch_add(1, std::memory_order_relaxed); }

void Value::release() noexcept {
  Block* old = block();
  if (old->owners.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  old->~Block();
  ::operator delete(old);
}

std::uint8_t* Value::room(bson::Type type, std::size_t size) {
  if (size > INT32_MAX) throw error(errc::type_mismatch, "a value cannot be larger than 2 GiB; split it");
  std::uint8_t* at = store_.data();
  if (size > inline_size) {
    auto* block = new (::operator new(sizeof(Block) + size)) Block;
    std::memcpy(store_.data(), &block, sizeof block);
    at = block->bytes();
  }
  size_ = static_cast<std::uint32_t>(size);
  type_ = type;
  return at;
}

void Value::assign(bson::Type type, const void* data, std::size_t size) {
  std::uint8_t* at = room(type, size);
  if (size != 0) std::memcpy(at, data, size);
}

Value::Value(std::string_view text) {
  std::uint8_t* at = room(bson::Type::string, text.size() + 5);
  const auto length = static_cast<std::uint32_t>(text.size() + 1);
  std::memcpy(at, &length, 4);
  if (!text.empty()) std::memcpy(at + 4, text.data(), text.size());
  at[4 + text.size()] = 0;
}

Value::Value(const ObjectId& id) noexcept { set(bson::Type::object_id, id.bytes()); }

Value::Value(const Uuid& id) noexcept {
  std::array<std::uint8_t, 21> payload{16, 0, 0, 0, Uuid::binary_subtype};
  std::memcpy(payload.data() + 5, id.bytes().data(), 16);
  set(bson::Type::binary, payload);
}

Value::Value(const Id& id) {
  switch (id.type()) {
    case IdType::none:
      break;
    case IdType::object_id:
      *this = Value(*id.get_if<ObjectId>());
      break;
    case IdType::integer:
      *this = Value(*id.get_if<std::int64_t>());
      break;
    case IdType::string:
      *this = Value(*id.get_if<std::string>());
      break;
    case IdType::uuid:
      *this = Value(*id.get_if<Uuid>());
      break;
  }
}

Value::Value(const Binary& bytes) {
  const std::string_view text = bytes.text();
  std::uint8_t* at = room(bson::Type::binary, text.size() + 5);
  const auto length = static_cast<std::uint32_t>(text.size());
  std::memcpy(at, &length, 4);
  at[4] = bytes.subtype();
  if (!text.empty()) std::memcpy(at + 5, text.data(), text.size());
}

void Value::set_enum(std::span<const detail::EnumName> names, std::int64_t value, bool narrow) {
  if (const char* name = detail::find_enum_name(names, value))
    *this = Value(name);
  else if (narrow && value >= INT32_MIN && value <= INT32_MAX)
    set(bson::Type::int32, static_cast<std::int32_t>(value));
  else
    set(bson::Type::int64, value);
}

void Value::set_array(bson::Builder&& builder) {
  const bson::Document document = builder.finish();
  const bson::ValueView array = document.view().begin()->value;
  assign(array.type(), array.data(), array.size());
}

std::ostream& operator<<(std::ostream& out, const Value& value) { return out << describe(value.view(), 1000); }

}  // namespace kinship
