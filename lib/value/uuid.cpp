// Making, parsing and printing UUIDs.
// The system's random source is asked each time, so threads and forked children need no care.
#include <kinship/error.hpp>
#include <kinship/value/uuid.hpp>
#include <ostream>
#include <random>

#include "value/hex.hpp"

namespace kinship {

Uuid::Uuid(std::string_view text) {
  const auto parsed = parse(text);
  if (!parsed)
    throw error(errc::type_mismatch,
                "'" + std::string(text.substr(0, 48)) + "' is not a UUID: write it as 8-4-4-4-12 hexadecimal digits");
  *this = *parsed;
}

Uuid Uuid::make() {
  std::random_device random;
  Bytes bytes;
  for (std::size_t i = 0; i < 16; i += 4) {
    const std::uint32_t word = random();
    std::memcpy(bytes.data() + i, &word, 4);
  }
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);  // version 4
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);  // RFC 4122
  return Uuid(bytes);
}

std::optional<Uuid> Uuid::parse(std::string_view text) noexcept {
  char digits[32];
  if (text.size() == 36) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < 36; ++i) {
      const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash != (text[i] == '-')) return std::nullopt;
      if (!dash) digits[at++] = text[i];
    }
    text = {digits, 32};
  }
  Bytes bytes;
  if (!detail::from_hex(text, bytes.data(), 16)) return std::nullopt;
  return Uuid(bytes);
}

std::string Uuid::to_string() const {
  std::string text = detail::to_hex(bytes_.data(), 16);
  for (const std::size_t at : {8, 13, 18, 23}) text.insert(at, 1, '-');
  return text;
}

std::ostream& operator<<(std::ostream& out, const Uuid& id) { return out << id.to_string(); }

}  // namespace kinship
