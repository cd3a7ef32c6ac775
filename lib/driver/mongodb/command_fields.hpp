// The fields a command gets when it is sent: session, transaction, cluster time, concerns, read preference, time limit, $db.
// By the connection it is sent on.
#pragma once

#include "driver/mongodb/client.hpp"

namespace kinship::mongodb {

/// What a try of a command adds to it.
struct CommandFields {
  ServerSession* session{};
  std::int64_t transaction_number{};  // 0: none
  MongoSession* transaction{};
  bool first_in_transaction{};
  std::optional<std::uint64_t> read_after{};  // of a causal session
  const MongoSession* snapshot{};             // the session, if its reads see one moment
  std::int64_t time_limit{};                  // milliseconds; 0: none
  bool repeated_commit{};
};

/// `read`: how its server was chosen; of reads only.
bson::Document command_fields(Client& client, const Command& command, const CommandFields& fields, const ReadSelector& read,
                              const Connection& connection, TopologyType topology);

/// Whether nobody will answer: write concern 0.
bool is_unacknowledged(const MongoUri& uri, const Command& command);
/// How the operation's reads choose their server: its own preference, else the URI's. A transaction reads where it writes.
ReadSelector read_selector(const MongoUri& uri, const OperationContext& context, bool in_transaction = false);

}  // namespace kinship::mongodb
