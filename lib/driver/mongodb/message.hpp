// A reply as it goes up from a connection: its bytes, owned, and the views into them.
// Whoever keeps documents of it keeps `bytes`.
#pragma once

#include <memory>

#include "driver/mongodb/wire.hpp"

namespace kinship::mongodb {

struct Message {
  std::shared_ptr<const std::uint8_t[]> bytes{};
  MessageView view{};

  bson::DocumentView body() const noexcept { return view.body; }
};

/// Bytes of a stream cut into messages. A message that fits is copied out of the buffer; a larger one is received in place.
class MessageAssembler {
 public:
  explicit MessageAssembler(std::size_t largest) : largest_(largest) {}

  /// Where the next bytes of the stream go, and how many may come.
  std::uint8_t* room() noexcept;
  std::size_t room_size() const noexcept;
  /// So many came. Throws `store` for a header that cannot be one.
  void received(std::size_t count);
  /// The next whole message, parsed (may throw `store`); false: more bytes are needed.
  bool next(Message& message);
  /// Whether bytes of a message that is not whole have come.
  bool started() const noexcept { return begin_ != end_ || large_; }

 private:
  static constexpr std::size_t buffer_size = 16 * 1024;

  void look_at_header();
  void compact() noexcept;

  std::size_t largest_;
  std::unique_ptr<std::uint8_t[]> buffer_;
  std::size_t begin_{}, end_{};  // what was received and not yet given out
  std::size_t wanted_{};         // the length of the message at begin_; 0: not known yet
  std::shared_ptr<std::uint8_t[]> large_;
  std::size_t large_have_{};
};

}  // namespace kinship::mongodb
