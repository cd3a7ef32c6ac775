// Four tables, so that four bytes go in a step; they are made at compile time.
// No hardware instruction: checksums are rare, and the tables run everywhere.
#include "driver/mongodb/crc32c.hpp"

#include <array>
#include <cstring>

namespace kinship::mongodb {
namespace {

using Tables = std::array<std::array<std::uint32_t, 256>, 4>;

constexpr Tables make_tables() {
  constexpr std::uint32_t polynomial = 0x82f63b78;  // reflected
  Tables tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? (value >> 1) ^ polynomial : value >> 1;
    tables[0][i] = value;
  }
  for (std::size_t t = 1; t < 4; ++t)
    for (std::size_t i = 0; i < 256; ++i) tables[t][i] = (tables[t - 1][i] >> 8) ^ tables[0][tables[t - 1][i] & 0xff];
  return tables;
}

constexpr Tables tables = make_tables();

}  // namespace

std::uint32_t crc32c(const std::uint8_t* data, std::size_t size) noexcept {
  std::uint32_t value = ~std::uint32_t{0};
  for (; size >= 4; size -= 4, data += 4) {
    std::uint32_t word;
    std::memcpy(&word, data, 4);
    value ^= word;
    value =
        tables[3][value & 0xff] ^ tables[2][(value >> 8) & 0xff] ^ tables[1][(value >> 16) & 0xff] ^ tables[0][value >> 24];
  }
  for (; size > 0; --size, ++data) value = (value >> 8) ^ tables[0][(value ^ *data) & 0xff];
  return ~value;
}

}  // namespace kinship::mongodb
