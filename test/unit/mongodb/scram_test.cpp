// SCRAM conversations of the RFCs and of the MongoDB specification, word for word, and servers that lie.
#include <doctest/doctest.h>

#include <kinship/error.hpp>

#include "driver/mongodb/saslprep.hpp"
#include "driver/mongodb/scram.hpp"

namespace kinship::mongodb {
namespace {

Credential user(std::string name, std::string password) {
  Credential credential;
  credential.username = std::move(name);
  credential.password = std::move(password);
  return credential;
}

struct Example {
  ScramHash hash;
  std::string nonce, server_first, client_final, server_final;
};
const Example sha1{ScramHash::sha1, "fyko+d2lbbFgONRv9qkxdawL",
                   "r=fyko+d2lbbFgONRv9qkxdawLHo+Vgk7qvUOKUwuWLIWg4l/9SraGMHEE,s=rQ9ZY3MntBeuP3E1TDVC4w==,i=10000",
                   "c=biws,r=fyko+d2lbbFgONRv9qkxdawLHo+Vgk7qvUOKUwuWLIWg4l/9SraGMHEE,p=MC2T8BvbmWRckDw8oWl5IVghwCY=",
                   "v=UMWeI25JD1yNYZRMpZ4VHvhZ9e0="};
const Example sha256{ScramHash::sha256, "rOprNGfwEbeRWgbNEkqO",
                     "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                     "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                     "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
                     "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="};

template <class Use>
void refuses(errc code, std::string_view word, Use use) {
  try {
    use();
    FAIL_CHECK("accepted");
  } catch (const error& e) {
    CHECK(e.code() == code);
    CHECK_MESSAGE(std::string_view(e.what()).find(word) != std::string_view::npos, e.what());
    CHECK_MESSAGE(std::string_view(e.what()).find("pencil") == std::string_view::npos, e.what());
  }
}

TEST_CASE("the specifications' conversations come out word for word") {
  for (const Example& example : {sha1, sha256}) {
    CAPTURE(mechanism_name(example.hash));
    ScramConversation scram(example.hash, user("user", "pencil"), example.nonce);
    CHECK(scram.client_first() == "n,,n=user,r=" + example.nonce);
    const ScramKeyRequest request = scram.read_server_first(example.server_first);
    CHECK(scram.client_final(derive_scram_keys(request)) == example.client_final);
    scram.check_server_final(example.server_final);
  }
}

TEST_CASE("a server that does not prove that it knows the password is refused") {
  ScramConversation scram(ScramHash::sha256, user("user", "pencil"), sha256.nonce);
  refuses(errc::unauthorized, "before it began", [&] { scram.check_server_final("v=" + std::string(43, 'A') + "="); });
  scram.client_final(derive_scram_keys(scram.read_server_first(sha256.server_first)));
  refuses(errc::unauthorized, "does not know", [&] { scram.check_server_final("v=" + std::string(43, 'A') + "="); });
  refuses(errc::unauthorized, "does not know", [&] { scram.check_server_final(sha1.server_final); });
  refuses(errc::unauthorized, "error", [&] { scram.check_server_final("e=other-error"); });
  refuses(errc::unauthorized, "v=", [&] { scram.check_server_final(""); });
  refuses(errc::unauthorized, "base64", [&] { scram.check_server_final("v="); });
}

TEST_CASE("a first message that is not right is refused") {
  const std::string nonce = "rOprNGfwEbeRWgbNEkqO";
  const std::pair<std::string, const char*> wrong[] = {{"", "r="},
                                                       {"r=" + nonce + ",s=AAAA,i=4096", "nonce"},
                                                       {"r=other,s=AAAA,i=4096", "nonce"},
                                                       {"r=" + nonce + "x,i=4096", "s="},
                                                       {"r=" + nonce + "x,s=A,i=4096", "base64"},
                                                       {"r=" + nonce + "x,s=,i=4096", "base64"},
                                                       {"r=" + nonce + "x,s=AAAA", "i="},
                                                       {"r=" + nonce + "x,s=AAAA,i=", "number"},
                                                       {"r=" + nonce + "x,s=AAAA,i=5000x", "number"},
                                                       {"r=" + nonce + "x,s=AAAA,i=99999999999999", "number"},
                                                       {"r=" + nonce + "x,s=AAAA,i=4095", "4096"},
                                                       {"r=" + nonce + "x,s=AAAA,i=-1", "4096"},
                                                       {"r=" + nonce + "x,s=AAAA,i=1000001", "1000000"},
                                                       {"r=" + nonce + "x,s=AAAA,i=2000000000", "1000000"}};
  for (const auto& [message, word] : wrong) {
    CAPTURE(message);
    ScramConversation scram(ScramHash::sha256, user("user", "pencil"), nonce);
    refuses(errc::unauthorized, word, [&] { scram.read_server_first(message); });
  }
  ScramConversation scram(ScramHash::sha256, user("user", "pencil"), nonce);
  CHECK(scram.read_server_first("r=" + nonce + "x,s=AAAA,i=4096,ext=1").iterations == 4096);
  CHECK(scram.read_server_first("r=" + nonce + "x,s=AAAA,i=1000000").iterations == 1'000'000);
}

TEST_CASE("user names are escaped, nonces differ") {
  CHECK(ScramConversation(ScramHash::sha256, user("a=b,c", "p"), "N").client_first() == "n,,n=a=3Db=2Cc,r=N");
  CHECK(scram_nonce().size() == 32);
  CHECK(scram_nonce() != scram_nonce());
  refuses(errc::invalid_query, "user:password", [] { ScramConversation(ScramHash::sha256, Credential()); });
}

TEST_CASE("keys are found again by all they follow from") {
  ScramKeyCache cache;
  ScramKeyRequest request{ScramHash::sha256, "pencil", "salt", 4096};
  CHECK_FALSE(cache.find(request));
  cache.store(request, {"client", "server"});
  REQUIRE(cache.find(request));
  CHECK(cache.find(request)->server_key == "server");
  for (auto change : {+[](ScramKeyRequest& r) { r.hash = ScramHash::sha1; }, +[](ScramKeyRequest& r) { r.secret = "other"; },
                      +[](ScramKeyRequest& r) { r.salt = "other"; }, +[](ScramKeyRequest& r) { r.iterations = 5000; }}) {
    ScramKeyRequest other = request;
    change(other);
    CHECK_FALSE(cache.find(other));
  }
  for (int i = 0; i < 16; ++i) cache.store({ScramHash::sha256, "pencil", std::to_string(i), 4096}, {});
  CHECK_FALSE(cache.find(request));
  CHECK(cache.find({ScramHash::sha256, "pencil", "15", 4096}));
}

TEST_CASE("passwords are prepared as RFC 4013 says") {
  CHECK(saslprep("pencil ~!") == "pencil ~!");
  CHECK(saslprep("USER") == "USER");
  CHECK(saslprep("I\xC2\xADX") == "IX");
  CHECK(saslprep("\xC2\xAA") == "a");
  CHECK(saslprep("\xE2\x85\xA8") == "IX");
  CHECK(saslprep("a\xC2\xA0z") == "a z");
  CHECK(saslprep("\xF0\x9F\x98\x80") == "\xF0\x9F\x98\x80");  // not assigned in Unicode 3.2
  for (const std::string& bad : {std::string("\x07"), std::string("\x7f"), std::string("\xD8\xA7\x31"), std::string("\xFF"),
                                 std::string("a\0b", 3), std::string("\xC3")}) {
    CAPTURE(bad);
    refuses(errc::invalid_query, "SASLprep", [&] { saslprep(bad); });
  }
}

TEST_CASE("SCRAM-SHA-256 prepares the password, SCRAM-SHA-1 takes its MD5 with the name") {
  ScramConversation strong(ScramHash::sha256, user("u", "I\xC2\xADX"), "N");
  CHECK(strong.read_server_first("r=Nx,s=AAAA,i=4096").secret == "IX");
  ScramConversation weak(ScramHash::sha1, user("user", "pencil"), "N");
  CHECK(weak.read_server_first("r=Nx,s=AAAA,i=4096").secret == "1c33006ec1ffd90f9cadcbcc0e118200");
}

}  // namespace
}  // namespace kinship::mongodb
