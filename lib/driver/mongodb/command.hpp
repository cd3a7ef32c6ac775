// A command before it is sent: what it says, and what may be done with it. And the answer.
// What depends on the server or on the try (session, deadline, concerns) is added when it is sent.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <kinship/driver/driver.hpp>

#include "driver/mongodb/message.hpp"
#include "driver/mongodb/session_lease.hpp"

namespace kinship::mongodb {

struct Server;

enum class Retry : std::uint8_t { never, as_read, as_write };
enum class Ending : std::uint8_t { none, commit, abort };

struct Command {
  std::string name{};                         // its first field, for texts
  std::string collection{};                   // for texts
  std::string database{};                     // "": the client's
  bson::Document body{};                      // without $db, lsid and the like
  std::vector<DocumentSequence> sequences{};  // the documents must outlive the command
  OperationContext context{};

  bool writes{};          // goes to a server that takes writes
  bool anywhere{};        // writes, but the member it is sent to is chosen as for reads
  bool read_concern{};    // knows readConcern
  bool write_concern{};   // knows writeConcern
  bool time_limit{true};  // knows maxTimeMS
  bool opens_cursor{};
  Retry retry{};
  Ending ending{};                   // of the transaction in `context`
  bool repeated{};                   // a commit that was sent before
  bool at_close{};                   // may still be sent while the client is being closed
  std::shared_ptr<Server> server{};  // the only one that will do: a cursor's
  ServerSession* session{};          // a cursor's; must outlive the command
};

struct Answer {
  Message message{};
  std::shared_ptr<Server> server{};
  SessionLease session{};  // the implicit one it ran in, if there was one; a cursor keeps it

  bson::DocumentView body() const noexcept { return message.body(); }
};

}  // namespace kinship::mongodb
