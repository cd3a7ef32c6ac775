// Making, parsing and printing ObjectIds: 4 bytes of seconds, 5 random bytes of the process, 3 bytes of a counter.
// A forked child draws new random bytes, so that it never makes its parent's ids again.
#include <pthread.h>

#include <atomic>
#include <chrono>
#include <kinship/error.hpp>
#include <kinship/value/object_id.hpp>
#include <ostream>
#include <random>

#include "value/hex.hpp"

namespace kinship {
namespace {

struct Generator {
  Generator() {
    seed();
    pthread_atfork(nullptr, nullptr, [] { instance().seed(); });
  }
  void seed() {
    std::random_device random;
    process = (std::uint64_t{random()} << 32 | random()) & 0xff'ffff'ffff;
    counter = random();
  }
  static Generator& instance() {
    static Generator generator;
    return generator;
  }

  std::atomic<std::uint64_t> process{};
  std::atomic<std::uint32_t> counter{};
};

}  // namespace

ObjectId::ObjectId(std::string_view hex) {
  const auto parsed = parse(hex);
  if (!parsed)
    throw error(errc::type_mismatch,
                "'" + std::string(hex.substr(0, 40)) + "' is not an ObjectId: write 24 hexadecimal digits");
  *this = *parsed;
}

ObjectId ObjectId::make() {
  Generator& generator = Generator::instance();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
  const std::uint32_t count = generator.counter.fetch_add(1, std::memory_order_relaxed);
  const std::uint64_t process = generator.process.load(std::memory_order_relaxed);
  Bytes bytes;
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(seconds >> (24 - 8 * i));
  for (std::size_t i = 0; i < 5; ++i) bytes[4 + i] = static_cast<std::uint8_t>(process >> (32 - 8 * i));
  for (std::size_t i = 0; i < 3; ++i) bytes[9 + i] = static_cast<std::uint8_t>(count >> (16 - 8 * i));
  return ObjectId(bytes);
}

std::optional<ObjectId> ObjectId::parse(std::string_view hex) noexcept {
  Bytes bytes;
  if (!detail::from_hex(hex, bytes.data(), 12)) return std::nullopt;
  return ObjectId(bytes);
}

std::string ObjectId::to_string() const { return detail::to_hex(bytes_.data(), 12); }

std::uint32_t ObjectId::timestamp() const noexcept {
  return std::uint32_t{bytes_[0]} << 24 | std::uint32_t{bytes_[1]} << 16 | std::uint32_t{bytes_[2]} << 8 | bytes_[3];
}

std::ostream& operator<<(std::ostream& out, const ObjectId& id) { return out << id.to_string(); }

}  // namespace kinship
