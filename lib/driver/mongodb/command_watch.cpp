// The specification "Command Monitoring". Sequences of documents are told as the arrays they stand for.
// A connection is on loan while its command is watched.
#include "driver/mongodb/command_watch.hpp"

#include <algorithm>

#include "driver/mongodb/bson_read.hpp"

namespace kinship::mongodb {
namespace {

constexpr std::string_view sensitive_commands[] = {"authenticate",   "saslStart",       "saslContinue",
                                                   "getnonce",       "createUser",      "updateUser",
                                                   "copydbgetnonce", "copydbsaslstart", "copydb"};

bool same_word(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

bson::Document whole_command(bson::DocumentView command, bson::DocumentView more,
                             const std::vector<DocumentSequence>& sequences) {
  bson::Builder out;
  for (const auto& field : command) out.append(field.name, field.value);
  for (const DocumentSequence& sequence : sequences) {
    out.begin_array(sequence.name);
    for (const bson::DocumentView document : sequence.documents) out.append("", document);
    out.end();
  }
  for (const auto& field : more) out.append(field.name, field.value);
  return out.finish();
}

}  // namespace

bool is_sensitive(std::string_view name, bson::DocumentView command) noexcept {
  const auto is = [&](std::string_view other) { return same_word(name, other); };
  if (is("hello") || is("isMaster")) return !command["speculativeAuthenticate"].missing();
  return std::any_of(std::begin(sensitive_commands), std::end(sensitive_commands), is);
}

CommandWatch::CommandWatch(EventListener& listener, const std::string& name, const Connection& connection)
    : listener_(listener), name_(name), connection_(connection), request_id_(connection.channel->next_id()) {}

CommandEvent CommandWatch::event(CommandEvent::Kind kind) const {
  CommandEvent out;
  out.kind = kind;
  out.name = name_;
  out.database = database_;
  out.request_id = request_id_;
  out.server = &connection_.server.address;
  out.connection = connection_.number;
  out.server_connection = connection_.server.connection_id;
  if (kind != CommandEvent::Kind::started) out.duration = std::chrono::steady_clock::now() - began_;
  return out;
}

void CommandWatch::started(bson::DocumentView command, bson::DocumentView more,
                           const std::vector<DocumentSequence>& sequences) {
  database_ = read_text(more["$db"]);
  sensitive_ = is_sensitive(name_, command);
  const bson::Document whole = sensitive_ ? bson::Document() : whole_command(command, more, sequences);
  CommandEvent told = event(CommandEvent::Kind::started);
  told.body = whole.view();
  listener_.command(told);
  began_ = std::chrono::steady_clock::now();
}

void CommandWatch::answered(bson::DocumentView reply) {
  if (!read_bool(reply["ok"])) return failed(sensitive_ ? std::string_view() : read_text(reply["errmsg"]), reply);
  CommandEvent told = event(CommandEvent::Kind::succeeded);
  if (!sensitive_) told.body = reply;
  listener_.command(told);
}

void CommandWatch::sent() {
  bson::Builder ok;
  const bson::Document reply = ok.append_int32("ok", 1).finish();
  answered(reply.view());
}

void CommandWatch::failed(std::string_view failure, bson::DocumentView reply) {
  CommandEvent told = event(CommandEvent::Kind::failed);
  told.failure = failure;
  if (!sensitive_) told.body = reply;
  listener_.command(told);
}

}  // namespace kinship::mongodb
