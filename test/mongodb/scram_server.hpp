// The server's side of SCRAM for scripted servers, with the mistakes that a test asks for.
// It knows one user: "user" with the password "pencil".
#pragma once

#include <string>

#include "driver/mongodb/scram.hpp"
#include "mongodb/fake_server.hpp"

namespace kinship::test {

struct ScramMistakes {
  std::string iterations{"4096"};
  bool other_nonce{}, wrong_signature{}, cut_off{}, no_conversation{};
  bool ends_at_once{};    // done before the client has proved anything
  bool asks_for_empty{};  // does not skip the empty exchange
  bool never_ends{};      // not even then
};

class ScramServer {
 public:
  explicit ScramServer(mongodb::ScramHash hash, ScramMistakes mistakes = {}) : hash_(hash), mistakes_(mistakes) {}

  /// The reply to saslStart, or what answers speculativeAuthenticate.
  bson::Document first(bson::DocumentView start);
  /// The reply to saslContinue: ok if the password was the right one, else error 18.
  bson::Document last(bson::DocumentView proof) const;
  /// Answers what is left of a log-in: saslContinue, and the empty exchange if there is to be one. False: no log-in came.
  bool finish(Peer& peer) const;

 private:
  bson::Document reply(const std::string& payload, bool done) const;

  mongodb::ScramHash hash_;
  ScramMistakes mistakes_;
  std::string client_first_{}, server_first_{};
};

}  // namespace kinship::test
