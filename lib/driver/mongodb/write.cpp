// Writes: command after command of the plan, their replies added up, each error at the index the caller knows.
// What failed on the way says how much was applied before.
#include <algorithm>

#include <kinship/error.hpp>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/operations.hpp"
#include "driver/mongodb/reply_error.hpp"
#include "driver/mongodb/write_plan.hpp"

namespace kinship::mongodb {
namespace {

constexpr int duplicate_key = 11000;

WriteLimits limits_of(const Client& client) {
  const auto view = client.deployment()->view();
  for (const auto& server : view->topology.servers)
    if (server.writable()) return write_limits(server);
  return {};
}

Command command_of(const WriteOperation& operation, const WriteChunk& chunk) {
  bson::Builder body;
  body.append_string(chunk.command, operation.collection);
  body.append_bool("ordered", operation.ordered);
  append_comment(body, operation.context);
  Command command = new_command(chunk.command, operation.collection, operation.context);
  command.body = body.finish();
  command.sequences.resize(1);
  command.sequences[0].name = chunk.sequence;
  command.sequences[0].documents = chunk.documents;
  command.writes = command.write_concern = true;
  command.retry = chunk.retryable ? Retry::as_write : Retry::never;
  return command;
}

std::uint64_t number(bson::DocumentView reply, const char* field) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, read_integer(reply[field]).value_or(0)));
}

void add_upserted(WriteReply& total, bson::DocumentView reply, const WriteChunk& chunk) {
  for (const auto& element : read_document(reply["upserted"])) {
    const bson::DocumentView one = read_document(element.value);
    const auto index = number(one, "index");
    if (index >= chunk.items.size()) continue;
    bson::Builder id;
    id.append("_id", one["_id"]);
    total.upserted.emplace_back(chunk.items[index], id.finish());
  }
}

void add(WriteReply& total, bson::DocumentView reply, const WriteChunk& chunk, const std::string& collection) {
  const std::uint64_t n = number(reply, "n");
  const std::size_t upserts = total.upserted.size();
  add_upserted(total, reply, chunk);
  switch (chunk.command[0]) {
    case 'i':
      total.inserted += n;
      break;
    case 'd':
      total.deleted += n;
      break;
    default:
      total.matched += n - std::min<std::uint64_t>(n, total.upserted.size() - upserts);
      total.modified += number(reply, "nModified");
  }
  for (WriteError& failure : read_write_errors(reply, collection)) {
    if (failure.index >= chunk.items.size()) continue;
    failure.index = chunk.items[failure.index];
    total.errors.push_back(std::move(failure));
  }
}

// Of two upserts at once one may find that the other was quicker; then there is something to update.
bool lost_a_race(const WriteOperation& operation, const WriteChunk& chunk, bson::DocumentView reply) {
  if (chunk.items.size() != 1 || !operation.items[chunk.items[0]].upsert || operation.context.session) return false;
  const auto errors = read_write_errors(reply, operation.collection);
  return errors.size() == 1 && errors[0].code == duplicate_key;
}

bool applied(const WriteReply& reply) { return reply.inserted + reply.matched + reply.deleted + reply.upserted.size() > 0; }

ErrorContext partly(const error& e) {
  ErrorContext context = e.context();
  if (context.outcome == Outcome::not_applied) context.outcome = Outcome::partial;
  return context;
}

std::string done_before(const WriteReply& reply) {
  const std::pair<std::uint64_t, const char*> counts[] = {{reply.inserted, " inserted"},
                                                          {reply.modified, " changed"},
                                                          {reply.upserted.size(), " upserted"},
                                                          {reply.deleted, " deleted"}};
  std::string out;
  for (const auto& [count, what] : counts)
    if (count != 0) out += (out.empty() ? "; before it: " : ", ") + std::to_string(count) + what;
  return out;
}

awaitable<WriteReply> write_of(ClientPtr client, WriteOperation operation) {
  WriteReply total;
  const auto& timeout = client->uri().options.timeout;
  if (timeout && timeout->count() > 0 && operation.context.deadline == no_deadline)  // for all commands together
    operation.context.deadline = std::chrono::steady_clock::now() + *timeout;
  WritePlan plan(operation, limits_of(*client));
  WriteChunk chunk;
  while (plan.next(chunk)) {
    std::exception_ptr failure;
    try {
      Command command = command_of(operation, chunk);
      Answer answer = co_await Client::run(client, std::move(command));
      if (lost_a_race(operation, chunk, answer.body())) {
        const ServerError failure = read_error(answer.body()).value_or(ServerError());
        client->tried_again({chunk.command, operation.collection, 2, &answer.server->address, &failure, {}});
        Command once_more = command_of(operation, chunk);
        answer = co_await Client::run(client, std::move(once_more));
      }
      add(total, answer.body(), chunk, operation.collection);
    } catch (const CommandError& e) {
      if (!applied(total)) throw;
      CommandError whole(static_cast<errc>(e.code().value()), e.sentence() + done_before(total), partly(e), e.failure());
      whole.reply = e.reply;
      whole.done = std::move(total);
      throw whole;
    } catch (const error& e) {
      if (!applied(total) || e.outcome() != Outcome::not_applied) throw;
      throw error(static_cast<errc>(e.code().value()), e.sentence() + done_before(total), partly(e));
    }
    if (operation.ordered && !total.errors.empty()) break;
  }
  if (!plan.refused().empty()) {
    if (operation.context.session) client->own(operation.context.session)->doom();
    total.errors.insert(total.errors.end(), plan.refused().begin(), plan.refused().end());
    std::sort(total.errors.begin(), total.errors.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
  }
  co_return total;
}

awaitable<FindAndModifyReply> modified(ClientPtr client, Command command) {
  const Answer answer = co_await Client::run(std::move(client), std::move(command));
  FindAndModifyReply reply;
  const bson::ValueView value = answer.body()["value"];
  if (value.is(bson::Type::document)) reply.document.documents.push_back(value.as_document());
  reply.document.owner = answer.message.bytes;
  const bson::DocumentView last = read_document(answer.body()["lastErrorObject"]);
  const bson::ValueView id = last["upserted"];
  if (!id.missing()) {
    bson::Builder upserted;
    reply.upserted = upserted.append("_id", id).finish();
  }
  reply.matched = id.missing() && number(last, "n") > 0;
  co_return reply;
}

}  // namespace

awaitable<WriteReply> write(ClientPtr client, WriteOperation operation) {
  return write_of(std::move(client), std::move(operation));
}

awaitable<FindAndModifyReply> find_and_modify(ClientPtr client, FindAndModifyOperation operation) {
  bson::Builder body;
  body.append_string("findAndModify", operation.collection).append("query", operation.filter.view());
  if (!operation.sort.empty()) body.append("sort", operation.sort.view());
  if (!operation.projection.empty()) body.append("fields", operation.projection.view());
  if (operation.kind == WriteKind::delete_one) {
    body.append_bool("remove", true);
  } else {
    const bool operators =
        operation.pipeline || (!operation.document.empty() && operation.document.view().begin()->name.starts_with('$'));
    if (operators != (operation.kind == WriteKind::update_one))
      throw error(errc::invalid_query, operators
                                           ? "A replacement has no operators such as $set; to change single fields, update"
                                           : "An update consists of operators such as $set; to put another document in "
                                             "its place, replace it");
    if (operation.pipeline)
      body.append_array("update", operation.document.view());
    else
      body.append("update", operation.document.view());
    if (operation.upsert) body.append_bool("upsert", true);
    if (operation.return_new) body.append_bool("new", true);
    if (!operation.array_filters.empty()) body.append_array("arrayFilters", operation.array_filters.view());
  }
  append_common(body, operation.context);
  Command command = new_command("findAndModify", std::move(operation.collection), std::move(operation.context));
  command.body = body.finish();
  command.writes = command.write_concern = true;
  command.retry = Retry::as_write;
  return modified(std::move(client), std::move(command));
}

}  // namespace kinship::mongodb
