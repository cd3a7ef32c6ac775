// A stream of bytes cut into messages, in pieces of any size.
// Small messages, large ones, several in one piece, and headers that are refused at once.
#include "driver/mongodb/message.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <string>

#include <kinship/error.hpp>

#include "support/bson.hpp"

using namespace kinship;
using namespace kinship::mongodb;
using kinship::test::doc;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes message_of(int number, std::size_t text) {
  Bytes bytes = make_message(0, doc("n", number, "text", std::string(text, 'x')), doc("ok", 1.0));
  set_request_id(bytes, number);
  return bytes;
}

// Feeds the stream in pieces and returns the numbers of the messages that came out, each checked.
std::vector<int> read_in_pieces(const Bytes& stream, std::size_t piece) {
  MessageAssembler assembler(48'000'000);
  std::vector<Message> kept;
  for (std::size_t at = 0; at < stream.size();) {
    const auto room = assembler.room();
    const std::size_t count = std::min({piece, assembler.room_size(), stream.size() - at});
    REQUIRE(count > 0);
    std::memcpy(room, stream.data() + at, count);
    assembler.received(count);
    at += count;
    Message message;
    while (assembler.next(message)) kept.push_back(std::move(message));
  }
  CHECK_FALSE(assembler.started());
  std::vector<int> numbers;
  for (const auto& message : kept) {  // their bytes are their own
    const int number = message.body()["n"].as_int32();
    CHECK(message.view.header.request_id == number);
    const auto text = message.body()["text"].as_string();
    CHECK(text.find_first_not_of('x') == std::string::npos);
    numbers.push_back(number);
  }
  return numbers;
}

}  // namespace

TEST_CASE("messages of every size come out whole, whatever the pieces") {
  Bytes stream;
  std::vector<int> sent;
  for (const std::size_t text :
       {0u, 10u, 8000u, 9000u, 0u, 16'200u, 16'330u, 16'340u, 16'350u, 50'000u, 3u, 200'000u, 1u, 7000u}) {
    sent.push_back(static_cast<int>(sent.size()) + 1);
    const Bytes bytes = message_of(sent.back(), text);
    stream.insert(stream.end(), bytes.begin(), bytes.end());
  }
  for (const std::size_t piece : {1u, 2u, 3u, 7u, 13u, 16u, 100u, 4096u, 16'383u, 16'384u, 100'000u, 1'000'000u}) {
    CAPTURE(piece);
    CHECK(read_in_pieces(stream, piece) == sent);
  }
}

TEST_CASE("a header that cannot be one is refused before its message has come") {
  Bytes bytes = message_of(1, 10);
  const auto judge = [&](std::size_t largest) {
    MessageAssembler assembler(largest);
    try {
      for (std::size_t at = 0; at < header_size; ++at) {
        *assembler.room() = bytes[at];
        assembler.received(1);
      }
    } catch (const error& e) {
      return e.code() == errc::store;
    }
    return false;
  };
  CHECK_FALSE(judge(1000));
  CHECK(judge(50));
  const std::int32_t huge = 0x7fffffff;
  std::memcpy(bytes.data(), &huge, 4);
  CHECK(judge(48'000'000));
  bytes = {'H', 'T', 'T', 'P', '/', '1', '.', '1', ' ', '4', '0', '0', ' ', 'B', 'a', 'd'};
  CHECK(judge(48'000'000));
}

TEST_CASE("a damaged message is refused, not handed out") {
  Bytes bytes = message_of(1, 10);
  bytes[25] = 0x7e;  // the type of the first field
  MessageAssembler assembler(1000);
  std::memcpy(assembler.room(), bytes.data(), bytes.size());
  assembler.received(bytes.size());
  Message message;
  CHECK_THROWS_AS(assembler.next(message), error);
}
