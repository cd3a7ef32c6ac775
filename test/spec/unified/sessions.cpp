// Operations of sessions, and of cursors that were kept.
// withTransaction is kinship::Database's own.
#include <stdexcept>

#include "spec/report.hpp"
#include "spec/unified/extras.hpp"
#include "spec/unified/operations.hpp"

namespace kinship::spec {
namespace {

awaitable<bson::Document> start_transaction(World* world, Call call) {
  TestSession& session = world->session(call.object());
  OperationContext context = session.defaults;
  if (const Json* concern = call.find("readConcern")) context.read_concern = seam_read_concern(*concern);
  if (const Json* concern = call.find("writeConcern")) set_write_concern(context, *concern);
  if (const Json* preference = call.find("readPreference")) set_read_preference(context, *preference);
  if (const Json* limit = call.find("maxCommitTimeMS")) set_max_time(context, *limit);
  call.done();
  session.client->client->begin_transaction(session.session, call.name(), std::move(context));
  co_return no_result();
}

awaitable<bson::Document> commit_transaction(World* world, Call call) {
  const TestSession& session = world->session(call.object());
  const Deadline deadline = world->context(call, {}).deadline;
  call.done();
  const ClientPtr client = session.client->client;
  const std::shared_ptr<Session> transaction = session.session;
  co_await mongodb::Client::commit(client, transaction, deadline);
  co_return no_result();
}

awaitable<bson::Document> abort_transaction(World* world, Call call) {
  const TestSession& session = world->session(call.object());
  const Deadline deadline = world->context(call, {}).deadline;
  call.done();
  const ClientPtr client = session.client->client;
  const std::shared_ptr<Session> transaction = session.session;
  co_await mongodb::Client::abort(client, transaction, deadline);
  co_return no_result();
}

awaitable<bson::Document> end_session(World* world, Call call) {
  TestSession& session = world->session(call.object());
  call.done();
  session.session.reset();
  co_return no_result();
}

awaitable<bson::Document> iterate(World* world, Call call) {
  TestCursor& cursor = world->cursor(call.object());
  const bool until_document = call.name() == "iterateUntilDocumentOrError";
  if (cursor.at < cursor.reply.first.documents.size()) {
    const Value next(cursor.reply.first.documents[cursor.at++]);
    co_return result_of(next.view());
  }
  if (!cursor.reply.cursor) co_return no_result();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  do {
    cursor.reply.first = co_await cursor.reply.cursor->next();
    cursor.at = 0;
    if (std::chrono::steady_clock::now() >= until) throw std::runtime_error("no document came within 10 s");
  } while (cursor.endless && until_document && cursor.reply.first.documents.empty());
  if (cursor.endless && cursor.reply.first.documents.empty()) co_return no_result();
  if (cursor.reply.first.documents.empty()) {
    cursor.reply.cursor.reset();
    co_return no_result();
  }
  const Value next(cursor.reply.first.documents[cursor.at++]);
  co_return result_of(next.view());
}

awaitable<bson::Document> close_cursor(World* world, Call call) {
  world->cursor(call.object()).reply = FindReply();
  co_return no_result();
}

}  // namespace

Handler session_operation(const std::string& name) {
  if (name == "startTransaction") return start_transaction;
  if (name == "commitTransaction") return commit_transaction;
  if (name == "abortTransaction") return abort_transaction;
  if (name == "endSession") return end_session;
  if (name == "withTransaction") return with_transaction;
  return nullptr;
}

Handler cursor_operation(const std::string& name) {
  if (name == "iterateUntilDocumentOrError" || name == "iterateOnce") return iterate;
  if (name == "close") return close_cursor;
  return nullptr;
}

}  // namespace kinship::spec
