// What the store now selected can do; the engine asks before it plans, and the answer may change between operations.
#pragma once

#include <cstddef>
#include <string>

namespace kinship {

struct Capabilities {
  std::string store{};    // "sqlite", "mongodb": for messages and observers
  bool transactions{};    // several operations commit or vanish together
  bool serial_writers{};  // transactions that write run one after another: a read in one cannot be outdated
  bool limit_per_key{};   // FindOperation::per_key is understood
  bool change_notification{};
  std::size_t chunk_keys{10'000};    // keys in one `$in`
  std::size_t chunk_bytes{1 << 20};  // bytes of keys in one `$in`
  std::size_t chunks_in_flight{1};   // chunks of one load under way at once, outside transactions
  std::size_t largest_message{48'000'000};
  std::size_t largest_document{16 * 1024 * 1024};
};

}  // namespace kinship
