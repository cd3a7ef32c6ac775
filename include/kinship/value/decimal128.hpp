// Decimal128: 34 decimal digits and a decimal exponent, in the bytes BSON stores (IEEE 754, binary integer form).
// Exact: text goes in and comes out unchanged, and comparison with integers and doubles never rounds.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace kinship {

class Decimal128 {
 public:
  using Bytes = std::array<std::uint8_t, 16>;

  /// 0
  constexpr Decimal128() = default;
  constexpr Decimal128(std::uint64_t high, std::uint64_t low) : high_(high), low_(low) {}
  explicit Decimal128(std::int64_t value) noexcept;
  /// Parses "12.30", "-1E-3", "Infinity", "NaN"; throws `type_mismatch` for other text and for what 34 digits or the
  /// exponents -6176 to 6111 cannot hold exactly.
  explicit Decimal128(std::string_view text);
  explicit Decimal128(const char* text) : Decimal128(std::string_view(text)) {}

  static std::optional<Decimal128> parse(std::string_view text) noexcept;
  /// From 16 bytes as BSON stores them.
  static Decimal128 from_bytes(const std::uint8_t* bytes16) noexcept;

  Bytes bytes() const noexcept;
  std::uint64_t high() const noexcept { return high_; }
  std::uint64_t low() const noexcept { return low_; }

  bool is_nan() const noexcept { return (high_ >> 58 & 0x1f) == 0x1f; }
  bool is_infinite() const noexcept { return (high_ >> 58 & 0x1f) == 0x1e; }
  bool is_negative() const noexcept { return high_ >> 63 != 0; }
  bool is_zero() const noexcept;

  /// The text of the BSON specification: "12.30", "1E+3", "-0", "Infinity", "NaN".
  std::string to_string() const;
  /// The nearest double.
  double to_double() const;
  /// One representation for equal values: 1.00 and 1.0 become 1; -0 becomes 0; every NaN the same one.
  Decimal128 canonical() const noexcept;

  /// By value, as the stores compare: 1.0 equals 1.00, NaN equals NaN and is below all numbers.
  friend bool operator==(const Decimal128& a, const Decimal128& b) noexcept { return compare(a, b) == 0; }
  friend std::weak_ordering operator<=>(const Decimal128& a, const Decimal128& b) noexcept { return compare(a, b) <=> 0; }
  /// Below 0, 0 or above 0; exact for every pair.
  friend int compare(const Decimal128& a, const Decimal128& b) noexcept;
  friend int compare(const Decimal128& a, std::int64_t b) noexcept;
  friend int compare(const Decimal128& a, double b);
  friend std::ostream& operator<<(std::ostream& out, const Decimal128& value);

 private:
  std::uint64_t high_{0x3040'0000'0000'0000};
  std::uint64_t low_{};
};

int compare(const Decimal128& a, const Decimal128& b) noexcept;
int compare(const Decimal128& a, std::int64_t b) noexcept;
int compare(const Decimal128& a, double b);

}  // namespace kinship

template <>
struct std::hash<kinship::Decimal128> {
  std::size_t operator()(const kinship::Decimal128& value) const noexcept {
    const auto one = value.canonical();
    return static_cast<std::size_t>(one.low() * 0x9e3779b97f4a7c15u ^ one.high());
  }
};
