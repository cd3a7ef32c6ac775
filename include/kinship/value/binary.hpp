// Binary: bytes with a subtype, as BSON stores them.
// A class with constructors, so that a temporary of it may stand in an expression that awaits.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace kinship {

class Binary {
 public:
  Binary() = default;
  explicit Binary(std::vector<std::uint8_t> bytes, std::uint8_t subtype = 0) : bytes_(std::move(bytes)), subtype_(subtype) {}
  explicit Binary(std::string_view bytes, std::uint8_t subtype = 0)
      : bytes_(bytes.begin(), bytes.end()), subtype_(subtype) {}

  const std::vector<std::uint8_t>& bytes() const noexcept { return bytes_; }
  std::vector<std::uint8_t>& bytes() noexcept { return bytes_; }
  /// 0 generic, 4 UUID, 5 MD5, 128 and above your own.
  std::uint8_t subtype() const noexcept { return subtype_; }
  std::string_view text() const noexcept { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }

  friend bool operator==(const Binary&, const Binary&) = default;

 private:
  std::vector<std::uint8_t> bytes_{};
  std::uint8_t subtype_{};
};

}  // namespace kinship
