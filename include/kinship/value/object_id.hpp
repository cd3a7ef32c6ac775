// ObjectId: the 12-byte identifier document stores use by default, as a plain comparable value.
// Nil (all zero) stands for "not stored yet".
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace kinship {

class ObjectId {
 public:
  using Bytes = std::array<std::uint8_t, 12>;

  constexpr ObjectId() = default;
  constexpr explicit ObjectId(const Bytes& bytes) : bytes_(bytes) {}
  /// Parses 24 hex digits; throws `type_mismatch` naming the text otherwise.
  explicit ObjectId(std::string_view hex);

  /// A new id: seconds, a random number of this process, a counter. Thread-safe; never nil.
  static ObjectId make();
  static std::optional<ObjectId> parse(std::string_view hex) noexcept;

  bool is_nil() const noexcept { return bytes_ == Bytes{}; }
  const Bytes& bytes() const noexcept { return bytes_; }
  std::string to_string() const;
  /// Seconds since the epoch at which the id was made.
  std::uint32_t timestamp() const noexcept;

  friend bool operator==(const ObjectId&, const ObjectId&) = default;
  friend auto operator<=>(const ObjectId&, const ObjectId&) = default;
  friend std::ostream& operator<<(std::ostream& out, const ObjectId& id);

 private:
  Bytes bytes_{};
};

}  // namespace kinship

template <>
struct std::hash<kinship::ObjectId> {
  std::size_t operator()(const kinship::ObjectId& id) const noexcept {
    std::uint64_t head, tail;
    std::memcpy(&head, id.bytes().data(), 8);
    std::memcpy(&tail, id.bytes().data() + 4, 8);
    return static_cast<std::size_t>(head * 0x9e3779b97f4a7c15u ^ tail);
  }
};
