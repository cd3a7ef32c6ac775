// Cursors: a first batch, then getMore on the same server in the same session. Dropped, one is ended on the server.
// Batches are views into the reply that brought them; nothing is copied.
#include <climits>

#include <kinship/error.hpp>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/cursor_terms.hpp"
#include "driver/mongodb/operations.hpp"

namespace kinship::mongodb {
namespace {

using Clock = std::chrono::steady_clock;

struct CursorPart {
  std::int64_t id{};
  std::string_view space{};  // "database.collection"
  bson::DocumentView documents{};
  bson::DocumentView token{};  // of a change stream
};

CursorPart read_cursor(const Answer& answer, const char* batch) {
  const bson::ValueView cursor = answer.body()["cursor"];
  if (!cursor.is(bson::Type::document))
    throw error(errc::store, answer.server->address.text() + " answered without a cursor: is it a MongoDB server?");
  CursorPart out;
  for (const auto& field : cursor.as_document()) {
    if (field.name == batch)
      out.documents = read_document(field.value);
    else if (field.name == "id")
      out.id = read_integer(field.value).value_or(0);
    else if (field.name == "postBatchResumeToken")
      out.token = read_document(field.value);
    else if (field.name == "ns")
      out.space = read_text(field.value);
  }
  return out;
}

void remember(ChangePlace& place, const Client& client, const Answer& answer, const CursorPart& part) {
  place.token = bson::Document(part.token);
  const bson::ValueView time = answer.body()["operationTime"];
  if (place.operation_time == 0 && time.is(bson::Type::timestamp))
    place.operation_time = static_cast<std::uint64_t>(time.as_int64());
  const auto view = client.deployment()->view();
  const auto* server = view->topology.find(answer.server->address);
  if (server != nullptr) place.wire_version = server->max_wire;
}

/// How the documents of a reply become those of a batch.
using Read = void (*)(Batch& out, bson::DocumentView documents);

void read_documents(Batch& out, bson::DocumentView documents) {
  for (const auto& element : documents)
    if (element.value.is(bson::Type::document)) out.documents.push_back(element.value.as_document());
}

// {i: the key's place, d: the document}
void read_keyed(Batch& out, bson::DocumentView documents) {
  for (const auto& element : documents) {
    const bson::DocumentView result = read_document(element.value);
    const auto place = read_integer(result["i"]);
    const bson::ValueView document = result["d"];
    if (!place || *place < 0 || !document.is(bson::Type::document)) continue;
    out.documents.push_back(document.as_document());
    out.keys.push_back(static_cast<std::uint32_t>(*place));
  }
}

void read_of_one_key(Batch& out, bson::DocumentView documents) {
  read_documents(out, documents);
  out.keys.assign(out.documents.size(), 0);
}

Read reader_of(Results results) {
  if (results == Results::documents) return read_documents;
  return results == Results::keyed ? read_keyed : read_of_one_key;
}

class MongoCursor final : public Cursor {
 public:
  MongoCursor(ClientPtr client, Answer& answer, const CursorPart& part, Command& opened, std::size_t batch_size,
              Clock::duration budget, Read read, ChangePlace* place)
      : client_(std::move(client)),
        server_(answer.server),
        given_session_(opened.context.session),
        session_(std::move(answer.session)),
        id_(part.id),
        batch_size_(batch_size),
        terms_(*client_, opened, *server_, budget),
        collection_(std::move(opened.collection)),
        read_(read),
        place_(place) {
    const auto dot = part.space.find('.');
    if (dot != std::string_view::npos) {
      database_ = part.space.substr(0, dot);
      collection_ = part.space.substr(dot + 1);
    }
  }
  ~MongoCursor() override {
    if (id_ != 0)
      client_->kill_cursor(server_, std::move(database_), std::move(collection_), id_, std::move(session_), terms_.budget());
  }

  awaitable<Batch> next() override { return next_of(this); }

 private:
  // The cursor outlives the call, as any object whose member is awaited.
  static awaitable<Batch> next_of(MongoCursor* self) {
    Batch out;
    if (self->id_ == 0) co_return out;
    bson::Builder body;
    body.append_int64("getMore", self->id_).append_string("collection", self->collection_);
    if (self->batch_size_ != 0 && self->batch_size_ != batches_of_server)
      body.append_int32("batchSize", wire_batch_size(self->batch_size_));
    self->terms_.append_to(body);
    Command command;
    command.name = "getMore";
    command.collection = self->collection_;
    command.database = self->database_;
    command.body = body.finish();
    command.context.session = self->given_session_;
    command.context.deadline = self->terms_.deadline();
    command.time_limit = false;
    command.server = self->server_;
    command.session = self->session_.get();
    const Answer answer = co_await Client::run(self->client_, &command);
    const CursorPart part = read_cursor(answer, "nextBatch");
    self->id_ = part.id;
    if (self->id_ == 0) self->session_ = SessionLease();
    if (self->place_ != nullptr) remember(*self->place_, *self->client_, answer, part);
    self->read_(out, part.documents);
    out.owner = answer.message.bytes;
    co_return out;
  }

  const ClientPtr client_;
  const std::shared_ptr<Server> server_;
  const std::shared_ptr<Session> given_session_;
  SessionLease session_;
  std::int64_t id_;
  const std::size_t batch_size_;
  const CursorTerms terms_;
  std::string database_, collection_;
  const Read read_;
  ChangePlace* const place_;
};

/// Several batches as one.
struct KeptBatches {
  std::vector<std::shared_ptr<const void>> owners;
};

awaitable<FindReply> fetch_all(FindReply reply) {
  auto kept = std::make_shared<KeptBatches>();
  kept->owners.push_back(std::move(reply.first.owner));
  while (reply.cursor) {
    Batch batch = co_await reply.cursor->next();
    if (batch.documents.empty()) break;
    reply.first.documents.insert(reply.first.documents.end(), batch.documents.begin(), batch.documents.end());
    reply.first.keys.insert(reply.first.keys.end(), batch.keys.begin(), batch.keys.end());
    kept->owners.push_back(std::move(batch.owner));
  }
  reply.first.owner = std::move(kept);
  reply.cursor.reset();
  co_return reply;
}

}  // namespace

std::int32_t wire_batch_size(std::size_t batch_size) noexcept {
  // As good as no limit beside the 16 MB of a reply, and small enough for a server that reserves room for as many.
  constexpr std::int32_t everything = 100'000;
  return batch_size == 0 || batch_size > INT_MAX ? everything : static_cast<std::int32_t>(batch_size);
}

static Clock::duration time_given(const Client& client, Deadline deadline) {
  if (deadline != no_deadline) return deadline - Clock::now();
  return client.uri().options.timeout.value_or(Milliseconds(0));
}

static awaitable<FindReply> open_cursor_of(ClientPtr client, std::unique_ptr<Command> command, std::size_t batch_size,
                                           Results results, ChangePlace* place) {
  command->opens_cursor = true;
  const bool stays_open = batch_size != 0 && !read_bool(command->body["singleBatch"]);
  Clock::duration budget{};
  if (command->context.extras) check_cursor_times(*client, command->context);
  if (stays_open) budget = time_given(*client, command->context.deadline);
  if (budget.count() > 0)
    command->time_limit = command->time_limit && (place != nullptr || carries_deadline(command->context));
  awaitable<Answer> run = Client::run(client, command.get());
  Answer answer = co_await std::move(run);
  const CursorPart part = read_cursor(answer, "firstBatch");
  FindReply reply;
  const Read read = reader_of(results);
  read(reply.first, part.documents);
  reply.first.owner = answer.message.bytes;
  if (place != nullptr) remember(*place, *client, answer, part);
  if (part.id == 0) co_return reply;
  reply.cursor = std::make_unique<MongoCursor>(std::move(client), answer, part, *command, batch_size, budget, read, place);
  if (batch_size == 0) co_return co_await fetch_all(std::move(reply));
  co_return reply;
}
awaitable<FindReply> open_cursor(ClientPtr client, std::unique_ptr<Command> command, std::size_t batch_size, Results results,
                                 ChangePlace* place) {
  return open_cursor_of(std::move(client), std::move(command), batch_size, results, place);
}

}  // namespace kinship::mongodb
