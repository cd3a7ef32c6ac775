// Uuid: a 16-byte identifier, stored as BSON binary of subtype 4.
// Nil (all zero) stands for "not stored yet", as with ObjectId.
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

class Uuid {
 public:
  using Bytes = std::array<std::uint8_t, 16>;
  static constexpr std::uint8_t binary_subtype = 4;

  constexpr Uuid() = default;
  constexpr explicit Uuid(const Bytes& bytes) : bytes_(bytes) {}
  /// Parses "0e37df36-f698-11e6-8dd4-cb9ced3df976" (the dashes may be missing); throws `type_mismatch` otherwise.
  explicit Uuid(std::string_view text);

  /// A new random one (version 4) from the system's random source. Thread-safe.
  static Uuid make();
  static std::optional<Uuid> parse(std::string_view text) noexcept;

  bool is_nil() const noexcept { return bytes_ == Bytes{}; }
  const Bytes& bytes() const noexcept { return bytes_; }
  /// Lower-case, with dashes.
  std::string to_string() const;

  friend bool operator==(const Uuid&, const Uuid&) = default;
  friend auto operator<=>(const Uuid&, const Uuid&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Uuid& id);

 private:
  Bytes bytes_{};
};

}  // namespace kinship

template <>
struct std::hash<kinship::Uuid> {
  std::size_t operator()(const kinship::Uuid& id) const noexcept {
    std::uint64_t head, tail;
    std::memcpy(&head, id.bytes().data(), 8);
    std::memcpy(&tail, id.bytes().data() + 8, 8);
    return static_cast<std::size_t>(head * 0x9e3779b97f4a7c15u ^ tail);
  }
};
