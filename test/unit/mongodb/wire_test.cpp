// MongoDB's messages: what is built reads back, and no bytes from outside crash or pass unseen.
// Damage is tried at every byte and every length.
#include "driver/mongodb/wire.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <optional>
#include <random>
#include <string>

#include <kinship/error.hpp>

#include "driver/mongodb/crc32c.hpp"
#include "support/bson.hpp"

using namespace kinship;
using namespace kinship::mongodb;
using kinship::test::array;
using kinship::test::doc;

namespace {

using Bytes = std::vector<std::uint8_t>;

template <class T>
void patch(Bytes& bytes, std::size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

template <class T>
void append(Bytes& bytes, T value) {
  bytes.resize(bytes.size() + sizeof value);
  patch(bytes, bytes.size() - sizeof value, value);
}

std::optional<std::string> refusal(const Bytes& bytes) {
  const Bytes exact(bytes);  // its own allocation: reading past it is found
  try {
    parse_message(exact.data(), exact.size());
  } catch (const error& e) {
    CHECK(e.code() == errc::store);
    return e.what();
  }
  return std::nullopt;
}

bool refused_for(const Bytes& bytes, const std::string& words) {
  const auto text = refusal(bytes);
  INFO(text.value_or("accepted"));
  return text && text->find(words) != std::string::npos;
}

Bytes sealed(Bytes bytes) {
  patch(bytes, 16, std::uint32_t{flag_checksum_present});
  patch(bytes, 0, static_cast<std::int32_t>(bytes.size() + 4));
  append(bytes, crc32c(bytes.data(), bytes.size()));
  return bytes;
}

// An OP_REPLY as old servers answer a hello.
Bytes reply_of(const bson::Document& document) {
  Bytes bytes(header_size);
  append(bytes, std::int32_t{8});
  append(bytes, std::int64_t{0});
  append(bytes, std::int32_t{0});
  append(bytes, std::int32_t{1});
  bytes.insert(bytes.end(), document.bytes().begin(), document.bytes().end());
  patch(bytes, 0, static_cast<std::int32_t>(bytes.size()));
  patch(bytes, 12, op_reply);
  return bytes;
}

Bytes simple() { return make_message(0, doc("ping", 1), doc("$db", "admin")); }

}  // namespace

TEST_CASE("CRC-32C has the values of RFC 3720") {
  const std::string digits = "123456789";
  CHECK(crc32c(reinterpret_cast<const std::uint8_t*>(digits.data()), digits.size()) == 0xe3069283);
  Bytes bytes(32, 0);
  CHECK(crc32c(bytes.data(), bytes.size()) == 0x8a9136aa);
  bytes.assign(32, 0xff);
  CHECK(crc32c(bytes.data(), bytes.size()) == 0x62a8ab43);
  for (std::size_t i = 0; i < 32; ++i) bytes[i] = static_cast<std::uint8_t>(i);
  CHECK(crc32c(bytes.data(), bytes.size()) == 0x46dd794e);
  CHECK(crc32c(bytes.data(), 0) == 0);
}

TEST_CASE("a message reads back as it was made") {
  const auto first = doc("_id", 1, "a", "x"), second = doc("_id", 2);
  std::vector<DocumentSequence> sequences(1);
  sequences[0].name = "documents";
  sequences[0].documents = {first.view(), second.view()};
  Bytes bytes = make_message(flag_more_to_come, doc("insert", "c", "ordered", true), doc("$db", "test", "n", 7), sequences);
  set_request_id(bytes, 4711);
  const MessageView message = parse_message(bytes.data(), bytes.size());
  CHECK(message.header.opcode == op_msg);
  CHECK(message.header.request_id == 4711);
  CHECK(message.header.response_to == 0);
  CHECK(message.header.length == static_cast<std::int32_t>(bytes.size()));
  CHECK(message.more_to_come());
  CHECK(message.body == doc("insert", "c", "ordered", true, "$db", "test", "n", 7).view());
  REQUIRE(message.sequences.size() == 1);
  CHECK(message.sequences[0].name == "documents");
  REQUIRE(message.sequences[0].documents.size() == 2);
  CHECK(message.sequences[0].documents[0] == first.view());
  CHECK(message.sequences[0].documents[1] == second.view());
  const std::size_t without = make_message(0, doc("insert", "c", "ordered", true), doc("$db", "test", "n", 7)).size();
  CHECK(bytes.size() == without + sequence_overhead("documents") + first.bytes().size() + second.bytes().size());
}

TEST_CASE("the legacy query and its answer") {
  const Bytes query = make_query(doc("isMaster", 1));
  const MessageView sent = parse_message(query.data(), query.size());
  CHECK(sent.header.opcode == op_query);
  CHECK(sent.body == doc("isMaster", 1).view());
  const Bytes reply = reply_of(doc("ok", 1.0));
  const MessageView got = parse_message(reply.data(), reply.size());
  CHECK(got.body == doc("ok", 1.0).view());
  CHECK_FALSE(got.more_to_come());
  Bytes two = reply;
  patch(two, 32, std::int32_t{2});
  CHECK(refused_for(two, "one document"));
}

TEST_CASE("a checksum is verified, and any altered bit is seen") {
  const Bytes good = sealed(simple());
  CHECK_FALSE(refusal(good));
  for (std::size_t at = 20; at < good.size(); ++at) {
    Bytes bad = good;
    bad[at] ^= 0x10;
    CHECK(refused_for(bad, "checksum"));
  }
  Bytes none = simple();
  none.resize(header_size + 4 + 2);
  patch(none, 16, std::uint32_t{flag_checksum_present});
  patch(none, 0, static_cast<std::int32_t>(none.size()));
  CHECK(refused_for(none, "checksum"));
}

TEST_CASE("unknown required flags are refused, optional ones are not") {
  Bytes bytes = simple();
  patch(bytes, 16, std::uint32_t{1u << 2});
  CHECK(refused_for(bytes, "flags"));
  patch(bytes, 16, std::uint32_t{flag_exhaust_allowed | 1u << 20});
  CHECK_FALSE(refusal(bytes));
}

TEST_CASE("sections must add up") {
  const auto body = [](Bytes section) {
    Bytes bytes = simple();
    bytes.insert(bytes.end(), section.begin(), section.end());
    patch(bytes, 0, static_cast<std::int32_t>(bytes.size()));
    return bytes;
  };
  CHECK(refused_for(body({2, 5, 0, 0, 0, 0}), "kind 2"));
  CHECK(refused_for(body({0, 5, 0, 0, 0, 0}), "two bodies"));
  CHECK(refused_for(body({1, 3, 0, 0, 0, 0}), "length is 3"));
  CHECK(refused_for(body({1, 255, 255, 255, 255, 0}), "length is -1"));
  CHECK(refused_for(body({1, 100, 0, 0, 0, 'd', 0}), "longer than the message"));
  CHECK(refused_for(body({1, 6, 0, 0, 0, 'd', 'o'}), "name"));
  CHECK(refused_for(body({1, 9, 0}), "length"));
  CHECK(refusal(body({1, 11, 0, 0, 0, 'd', 0, 9, 0, 0, 0, 0})));
  CHECK_FALSE(refusal(body({1, 6, 0, 0, 0, 'd', 0})));
  Bytes bare(header_size + 4);
  patch(bare, 0, static_cast<std::int32_t>(bare.size()));
  patch(bare, 12, op_msg);
  CHECK(refused_for(bare, "no body"));
}

TEST_CASE("a header is judged before its message is waited for") {
  const auto judged = [](std::int32_t length, std::int32_t opcode) {
    try {
      check_reply_header({length, 1, 1, opcode}, 48'000'000);
    } catch (const error& e) {
      return e.code() == errc::store;
    }
    return false;
  };
  CHECK_FALSE(judged(26, op_msg));
  CHECK_FALSE(judged(48'000'000, op_reply));
  CHECK(judged(25, op_msg));
  CHECK(judged(0, op_msg));
  CHECK(judged(-1, op_msg));
  CHECK(judged(48'000'001, op_msg));
  CHECK(judged(100, op_query));
  CHECK(judged(100, 2012));
  CHECK(judged(0x50545448, 0x312e312f));  // "HTTP/1.1"
}

TEST_CASE("truncated anywhere, or with another length: refused") {
  for (const Bytes& whole : {simple(), sealed(simple()), make_query(doc("isMaster", 1)), reply_of(doc("ok", 1))})
    for (std::size_t size = 0; size < whole.size(); ++size) {
      Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      CHECK(refusal(cut));
      if (size >= 4) patch(cut, 0, static_cast<std::int32_t>(size));
      CHECK(refusal(cut));
    }
}

TEST_CASE("random damage never crashes") {
  std::mt19937 random(5);
  const Bytes whole =
      make_message(0, doc("cursor", doc("firstBatch", array(doc("a", 1), doc("b", "text")))), doc("ok", 1.0));
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    Bytes bytes = whole;
    for (unsigned i = 0; i < 1 + random() % 4; ++i) bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    if (refusal(bytes)) ++refused;
  }
  CHECK(refused > 10'000);
}
