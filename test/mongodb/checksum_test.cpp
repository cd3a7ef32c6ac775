// Checksums (CRC-32C) of messages: the driver sends none, as TCP has its own, but checks those that come.
// That ours is the checksum others compute too is for a real server to say, which refuses a wrong one.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/crc32c.hpp"
#include "mongodb/fake_server.hpp"
#include "mongodb/ferretdb.hpp"
#include "mongodb/opened.hpp"
#include "support/loopback.hpp"
#include "support/says.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

/// The message with the flag and the four bytes; `off`: how wrong they are.
Bytes checksummed(Bytes message, std::uint32_t off = 0) {
  const auto length = static_cast<std::int32_t>(message.size() + 4);
  std::memcpy(message.data(), &length, 4);
  message[mongodb::header_size] |= mongodb::flag_checksum_present;
  const std::uint32_t sum = mongodb::crc32c(message.data(), message.size()) + off;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&sum);
  message.insert(message.end(), bytes, bytes + 4);
  return message;
}

class Connected {
 public:
  explicit Connected(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), peer(socket_) {
    REQUIRE(connect_to_loopback(socket_, port));
  }
  ~Connected() { ::close(socket_); }

 private:
  int socket_;

 public:
  Peer peer;
};

}  // namespace

TEST_CASE("a real server takes our checksum and refuses another") {
  if (!has_ferretdb()) return;
  const bson::Document hello = doc("hello", 1, "$db", "admin");
  const Bytes message = mongodb::make_message(0, hello, bson::Document());
  Connected good(std::stoi(ferretdb("USERS_PORT"))), bad(std::stoi(ferretdb("USERS_PORT")));
  REQUIRE(good.peer.send(checksummed(message)));
  const Bytes reply = good.peer.receive();
  REQUIRE_FALSE(reply.empty());
  CHECK(mongodb::read_bool(command_of(reply)["ok"]));
  REQUIRE(bad.peer.send(checksummed(message, 1)));
  CHECK(bad.peer.receive().empty());
}

TEST_CASE("a reply with a right checksum is a reply, with a wrong one the connection is given up") {
  const bson::Document found = cursor_of(7);
  for (const std::uint32_t off : {0u, 1u}) {
    CAPTURE(off);
    FakeServer server([&](Peer& peer, int number) {
      const Bytes request = peer.receive();
      CHECK_FALSE((request[mongodb::header_size] & mongodb::flag_checksum_present));
      peer.send(checksummed(reply_to(id_of(request), found), number == 0 ? off : 0));
      peer.receive();
    });
    const Opened db(server.uri());
    CHECK(db.find_one() == 7);
    CHECK(server.connections() == (off == 0 ? 1 : 2));
    std::string text;
    FakeServer stubborn([&](Peer& peer, int) {
      const Bytes request = peer.receive();
      if (!request.empty()) peer.send(checksummed(reply_to(id_of(request), found), 1));
    });
    CHECK(code_of([&] { Opened(stubborn.uri("directConnection=true&retryReads=false")).find_one(); }, &text) ==
          errc::unavailable);
    says(text, "checksum");
  }
}
