// Small appenders, one for each field; each knows when its field is to be left out.
// In a transaction only its first command names concerns, and only its last the write concern.
#include "driver/mongodb/command_fields.hpp"

#include <kinship/driver/extras.hpp>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/concern.hpp"

namespace kinship::mongodb {
namespace {

WriteConcern write_concern_of(const MongoUri& uri, const Command& command) {
  const OperationContext& context = command.context;
  if (context.extras && !context.extras->write_concern.empty())
    return mongodb::write_concern_of(context.write_concern, context.extras->write_concern.view());
  return mongodb::write_concern_of(context.write_concern, mongodb::write_concern_of(uri.options));
}

void append_write_concern(bson::Builder& out, const MongoUri& uri, const Command& command, bool repeated_commit) {
  WriteConcern concern = write_concern_of(uri, command);
  if (repeated_commit) {  // else the first try may yet be rolled back behind the second's back
    concern.w = "majority";
    if (!concern.w_timeout) concern.w_timeout = std::chrono::seconds(10);
  }
  if (command.context.deadline != no_deadline) concern.w_timeout.reset();  // the deadline goes with it as maxTimeMS
  append_write_concern(out, concern);
}

void append_read_concern(bson::Builder& out, const MongoUri& uri, const OperationContext& context,
                         std::optional<std::uint64_t> after) {
  const std::string* level = &context.read_concern;
  if (level->empty() && uri.options.read_concern_level) level = &*uri.options.read_concern_level;
  if (level->empty() && !after) return;
  out.begin_document("readConcern");
  if (!level->empty()) out.append_string("level", *level);
  if (after) out.append_timestamp("afterClusterTime", *after);
  out.end();
}

const char* mode_name(ReadPreference mode) noexcept {
  constexpr const char* names[] = {"primary", "primaryPreferred", "secondary", "secondaryPreferred", "nearest"};
  return names[static_cast<std::size_t>(mode)];
}

void append_read_preference(bson::Builder& out, const ReadSelector& read, ServerType server, TopologyType topology) {
  ReadPreference mode = read.mode;
  if (server == ServerType::standalone) return;
  if (topology == TopologyType::single && server != ServerType::mongos && mode == ReadPreference::primary)
    mode = ReadPreference::primary_preferred;  // whoever was named in the URI is to answer
  if (mode == ReadPreference::primary) return;
  out.begin_document("$readPreference").append_string("mode", mode_name(mode));
  if (!read.tag_sets.empty()) {
    out.begin_array("tags");
    for (const TagSet& tags : read.tag_sets) {
      out.begin_document("");
      for (const auto& [name, value] : tags) out.append_string(name, value);
      out.end();
    }
    out.end();
  }
  if (read.max_staleness) out.append_int64("maxStalenessSeconds", read.max_staleness->count());
  out.end();
}

}  // namespace

bool is_unacknowledged(const MongoUri& uri, const Command& command) {
  return command.write_concern && !command.context.session && command.ending == Ending::none &&
         !write_concern_of(uri, command).acknowledged();
}

ReadSelector read_selector(const MongoUri& uri, const OperationContext& context, bool in_transaction) {
  ReadSelector read;
  if (in_transaction) return read;
  read.mode = context.read_preference;
  if (context.extras && read.mode != ReadPreference::primary) {
    const bson::DocumentView given = context.extras->read_preference;
    for (const auto& tags : read_document(given["tags"])) {
      TagSet& set = read.tag_sets.emplace_back();
      for (const auto& [name, value] : read_document(tags.value)) set.emplace_back(name, read_text(value));
    }
    if (const auto seconds = read_integer(given["maxStalenessSeconds"]); seconds && *seconds > 0)
      read.max_staleness = std::chrono::seconds(*seconds);
  }
  if (read.mode != ReadPreference::primary || !uri.options.read_preference) return read;
  read.mode = *uri.options.read_preference;
  if (uri.options.read_preference_tags) read.tag_sets = *uri.options.read_preference_tags;
  const auto staleness = uri.options.max_staleness_seconds.value_or(-1);
  if (staleness > 0) read.max_staleness = std::chrono::seconds(staleness);
  return read;
}

bson::Document command_fields(Client& client, const Command& command, const CommandFields& fields, const ReadSelector& read,
                              const Connection& connection, TopologyType topology) {
  const MongoUri& uri = client.uri();
  bson::Builder out;
  if (fields.session != nullptr) fields.session->append_to(out);
  if (fields.transaction_number != 0) out.append_int64("txnNumber", fields.transaction_number);
  if (fields.transaction != nullptr) {
    if (fields.first_in_transaction) {
      out.append_bool("startTransaction", true);
      append_read_concern(out, uri, fields.transaction->options(), fields.read_after);
    }
    out.append_bool("autocommit", false);
  } else if (fields.snapshot != nullptr) {  // whatever the command: the server says what cannot be read like that
    out.begin_document("readConcern").append_string("level", "snapshot");
    if (const auto time = fields.snapshot->read_at()) out.append_timestamp("atClusterTime", *time);
    out.end();
  } else if (command.read_concern) {
    append_read_concern(out, uri, command.context, fields.read_after);
  } else if (command.write_concern && fields.read_after) {  // writes of a causal session come after what it has seen, too
    out.begin_document("readConcern").append_timestamp("afterClusterTime", *fields.read_after).end();
  }
  const bool concern = fields.transaction == nullptr ? command.write_concern : command.ending != Ending::none;
  if (concern) append_write_concern(out, uri, command, fields.repeated_commit);
  if (fields.transaction != nullptr && command.ending != Ending::none && topology == TopologyType::sharded) {
    const bson::Document token = fields.transaction->recovery_token();
    if (!token.empty()) out.append("recoveryToken", token.view());
  }
  if (connection.server.type != ServerType::standalone)
    if (const auto time = client.cluster_time().newest()) out.append("$clusterTime", time->view());
  if (!command.writes || command.anywhere) append_read_preference(out, read, connection.server.type, topology);
  if (fields.time_limit > 0) out.append_int64("maxTimeMS", fields.time_limit);
  out.append_string("$db", command.database.empty() ? client.database() : command.database);
  return out.finish();
}

}  // namespace kinship::mongodb
