// The buffer is made with the first byte that is asked for and stays: a connection reads thousands of replies through it.
// A length is judged as soon as its header is there, so nobody can make the client wait for or reserve what it would refuse.
#include "driver/mongodb/message.hpp"

#include <cstring>

namespace kinship::mongodb {

std::uint8_t* MessageAssembler::room() noexcept {
  if (large_) return large_.get() + large_have_;
  if (!buffer_) buffer_ = std::make_unique_for_overwrite<std::uint8_t[]>(buffer_size);
  return buffer_.get() + end_;
}

std::size_t MessageAssembler::room_size() const noexcept { return large_ ? wanted_ - large_have_ : buffer_size - end_; }

void MessageAssembler::received(std::size_t count) {
  if (large_) {
    large_have_ += count;
    return;
  }
  end_ += count;
  look_at_header();
  compact();
}

void MessageAssembler::compact() noexcept {
  if (begin_ == 0 || end_ != buffer_size) return;
  std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
}

void MessageAssembler::look_at_header() {
  if (wanted_ != 0 || end_ - begin_ < header_size) return;
  const MessageHeader header = read_header(buffer_.get() + begin_);
  check_reply_header(header, largest_);
  wanted_ = static_cast<std::size_t>(header.length);
  const std::size_t have = end_ - begin_;
  if (wanted_ <= have) return;
  if (wanted_ <= buffer_size) {  // the rest will fit once the message begins at the front
    std::memmove(buffer_.get(), buffer_.get() + begin_, have);
    begin_ = 0;
    end_ = have;
    return;
  }
  large_ = std::make_shared_for_overwrite<std::uint8_t[]>(wanted_);
  std::memcpy(large_.get(), buffer_.get() + begin_, have);
  large_have_ = have;
  begin_ = end_ = 0;
}

bool MessageAssembler::next(Message& message) {
  if (wanted_ == 0) return false;
  std::shared_ptr<std::uint8_t[]> bytes;
  if (large_) {
    if (large_have_ < wanted_) return false;
    bytes = std::move(large_);
    large_.reset();
    large_have_ = 0;
  } else {
    if (end_ - begin_ < wanted_) return false;
    bytes = std::make_shared_for_overwrite<std::uint8_t[]>(wanted_);
    std::memcpy(bytes.get(), buffer_.get() + begin_, wanted_);
    begin_ += wanted_;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  message.view = parse_message(bytes.get(), wanted_);
  message.bytes = std::move(bytes);
  wanted_ = 0;
  look_at_header();
  compact();
  return true;
}

}  // namespace kinship::mongodb
