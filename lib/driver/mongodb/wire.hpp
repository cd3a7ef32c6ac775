// MongoDB's messages as bytes: OP_MSG both ways, and the legacy OP_QUERY and OP_REPLY that a first hello may need.
// No I/O here. Bytes from outside are checked before a view of them is given out; what is wrong throws `store`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <kinship/value/bson.hpp>

namespace kinship::mongodb {

inline constexpr std::size_t header_size = 16;
inline constexpr std::int32_t op_reply = 1;
inline constexpr std::int32_t op_query = 2004;
inline constexpr std::int32_t op_msg = 2013;

inline constexpr std::uint32_t flag_checksum_present = 1;
inline constexpr std::uint32_t flag_more_to_come = 2;
inline constexpr std::uint32_t flag_exhaust_allowed = 1u << 16;

struct MessageHeader {
  std::int32_t length{};  // of the whole message
  std::int32_t request_id{};
  std::int32_t response_to{};
  std::int32_t opcode{};
};

/// Of 16 bytes, unchecked.
MessageHeader read_header(const std::uint8_t* bytes) noexcept;

/// Throws unless a reply may begin like this: an opcode that answers, a length that holds a document and is not over
/// `largest`.
void check_reply_header(const MessageHeader& header, std::size_t largest);

/// Documents of a kind-1 section; `name` is the field of the command they stand for.
struct DocumentSequence {
  std::string_view name{};
  std::vector<bson::DocumentView> documents{};
};

/// A whole message taken apart; everything points into its bytes.
struct MessageView {
  MessageHeader header{};
  std::uint32_t flags{};
  bson::DocumentView body{};
  std::vector<DocumentSequence> sequences{};

  bool more_to_come() const noexcept { return (flags & flag_more_to_come) != 0; }
};

/// Of exactly one message of `size` bytes: OP_MSG, OP_QUERY or OP_REPLY. Checks lengths, flags, sections, checksum, BSON.
MessageView parse_message(const std::uint8_t* bytes, std::size_t size);

/// An OP_MSG whose command is the fields of `command` and then those of `more`. The request id is set when it is sent.
std::vector<std::uint8_t> make_message(std::uint32_t flags, bson::DocumentView command, bson::DocumentView more,
                                       const std::vector<DocumentSequence>& sequences = {});

/// The same command as an OP_QUERY on admin.$cmd, which every server answers.
std::vector<std::uint8_t> make_query(bson::DocumentView command);

void set_request_id(std::vector<std::uint8_t>& message, std::int32_t id) noexcept;

/// Bytes around the documents of a message: what the largest one may not exceed.
std::size_t sequence_overhead(std::string_view name) noexcept;

}  // namespace kinship::mongodb
