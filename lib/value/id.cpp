// Id to and from stored values and text, its order and its hash.
// Whole doubles read as integers, because JavaScript clients store ids so.
#include <charconv>
#include <kinship/error.hpp>
#include <kinship/value/id.hpp>
#include <new>
#include <ostream>

namespace kinship {

std::int64_t detail::checked_int64(std::uint64_t value) {
  if (value > INT64_MAX)
    throw error(errc::type_mismatch, std::to_string(value) +
                                         " is larger than a stored integer can be (9223372036854775807); "
                                         "store it as a string or a Decimal128");
  return static_cast<std::int64_t>(value);
}

std::string_view to_string(IdType type) noexcept {
  constexpr std::string_view names[] = {"none", "ObjectId", "integer", "string", "Uuid"};
  return names[static_cast<std::size_t>(type)];
}

std::optional<Id> Id::try_from(bson::ValueView value) {
  switch (value.type()) {
    case bson::Type::missing:
    case bson::Type::null:
    case bson::Type::undefined:
      return Id();
    case bson::Type::int32:
      return Id(value.as_int32());
    case bson::Type::int64:
      return Id(value.as_int64());
    case bson::Type::double_: {
      const double number = value.as_double();
      if (!(number >= -0x1p63 && number < 0x1p63)) return std::nullopt;
      const auto whole = static_cast<std::int64_t>(number);
      if (static_cast<double>(whole) != number) return std::nullopt;
      return Id(whole);
    }
    case bson::Type::string:
      return Id(value.as_string());
    case bson::Type::object_id: {
      ObjectId::Bytes bytes;
      std::memcpy(bytes.data(), value.as_object_id(), 12);
      return Id(ObjectId(bytes));
    }
    case bson::Type::binary: {
      if (value.binary_subtype() != Uuid::binary_subtype || value.binary_bytes().size() != 16) return std::nullopt;
      Uuid::Bytes bytes;
      std::memcpy(bytes.data(), value.binary_bytes().data(), 16);
      return Id(Uuid(bytes));
    }
    default:
      return std::nullopt;
  }
}

Id Id::from(bson::ValueView value) {
  if (auto id = try_from(value)) return *std::move(id);
  throw error(errc::type_mismatch, "a value of type " + std::string(bson::type_name(value.type())) +
                                       " is no id: ids are ObjectIds, whole numbers, strings or UUIDs");
}

std::optional<Id> Id::parse(std::string_view text, IdType type) {
  switch (type) {
    case IdType::none:
      break;
    case IdType::object_id:
      if (auto id = ObjectId::parse(text)) return Id(*id);
      break;
    case IdType::integer: {
      std::int64_t number{};
      const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
      if (result.ec == std::errc{} && result.ptr == text.data() + text.size()) return Id(number);
      break;
    }
    case IdType::string:
      return Id(text);
    case IdType::uuid:
      if (auto id = Uuid::parse(text)) return Id(*id);
      break;
  }
  return std::nullopt;
}

void Id::append_to(bson::Builder& builder, std::string_view name) const {
  switch (type()) {
    case IdType::none:
      builder.append_null(name);
      break;
    case IdType::object_id:
      builder.append_object_id(name, key_.object_id.bytes().data());
      break;
    case IdType::integer:
      builder.append_int64(name, key_.integer);
      break;
    case IdType::string:
      builder.append_string(name, key_.text);
      break;
    case IdType::uuid: {
      const auto& bytes = key_.uuid.bytes();
      builder.append_binary(name, Uuid::binary_subtype, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
      break;
    }
  }
}

bool Id::is_nil() const noexcept {
  switch (type()) {
    case IdType::none:
      return true;
    case IdType::object_id:
      return key_.object_id.is_nil();
    case IdType::integer:
      return false;
    case IdType::string:
      return key_.text.empty();
    case IdType::uuid:
      return key_.uuid.is_nil();
  }
  return true;
}

std::string Id::to_string() const {
  switch (type()) {
    case IdType::none:
      break;
    case IdType::object_id:
      return key_.object_id.to_string();
    case IdType::integer:
      return std::to_string(key_.integer);
    case IdType::string:
      return key_.text;
    case IdType::uuid:
      return key_.uuid.to_string();
  }
  return "none";
}

std::size_t Id::hash() const noexcept {
  switch (type()) {
    case IdType::none:
      break;
    case IdType::object_id:
      return std::hash<ObjectId>{}(key_.object_id);
    case IdType::integer:
      return static_cast<std::size_t>(static_cast<std::uint64_t>(key_.integer) * 0x9e3779b97f4a7c15u);
    case IdType::string:
      return std::hash<std::string>{}(key_.text);
    case IdType::uuid:
      return std::hash<Uuid>{}(key_.uuid);
  }
  return 0;
}

Id::Id(std::string text) noexcept : type_(IdType::string) { new (&key_.text) std::string(std::move(text)); }

void Id::copy_text(const Id& other) { new (&key_.text) std::string(other.key_.text); }

void Id::move_text(Id& other) noexcept { new (&key_.text) std::string(std::move(other.key_.text)); }

void Id::destroy_text() noexcept { key_.text.~basic_string(); }

Id& Id::assign(Id&& other) noexcept {
  if (this == &other) return *this;
  this->~Id();
  return *new (this) Id(std::move(other));
}

bool Id::same(const Id& other) const noexcept {
  if (type_ != other.type_) return false;
  return is_text() ? key_.text == other.key_.text : key_.plain == other.key_.plain;
}

std::strong_ordering Id::order(const Id& other) const noexcept {
  constexpr int ranks[] = {0, 4, 1, 2, 3};  // by IdType, in BSON's order of types
  const int rank = ranks[static_cast<int>(type_)], other_rank = ranks[static_cast<int>(other.type_)];
  if (rank != other_rank) return rank <=> other_rank;
  switch (type_) {
    case IdType::none:
      break;
    case IdType::object_id:
      return key_.object_id <=> other.key_.object_id;
    case IdType::integer:
      return key_.integer <=> other.key_.integer;
    case IdType::string:
      return key_.text <=> other.key_.text;
    case IdType::uuid:
      return key_.uuid <=> other.key_.uuid;
  }
  return std::strong_ordering::equal;
}

void Id::wrong_type(IdType wanted) const {
  throw error(errc::type_mismatch, "the id " + to_string() + " is of type " + std::string(kinship::to_string(type())) +
                                       ", not " + std::string(kinship::to_string(wanted)) + "; ask type() first");
}

std::ostream& operator<<(std::ostream& out, const Id& id) { return out << id.to_string(); }

}  // namespace kinship
