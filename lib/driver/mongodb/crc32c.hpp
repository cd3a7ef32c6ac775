// CRC-32C (Castagnoli), the checksum an OP_MSG may end with.
// Sent only by servers and proxies that were asked to; verified wherever it comes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kinship::mongodb {

std::uint32_t crc32c(const std::uint8_t* data, std::size_t size) noexcept;

}  // namespace kinship::mongodb
