// Change streams: an aggregation whose cursor does not end, and is opened again where it was when a member is lost, by the
// specification "Change Streams". Its place is the server's token for the batch, or that of the last change handed out.
#include <algorithm>

#include <kinship/driver/extras.hpp>
#include <kinship/error.hpp>
#include <kinship/value/value.hpp>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/operations.hpp"
#include "driver/mongodb/reply_error.hpp"

namespace kinship::mongodb {
namespace {

constexpr std::string_view resumable_label = "ResumableChangeStreamError";
/// From this one on, MongoDB 4.4, the server itself says what may be resumed.
constexpr int wire_with_label = 9;
constexpr int cursor_not_found = 43;

bool is_resumable(const error& e, int wire_version) {
  const auto* const answered = dynamic_cast<const CommandError*>(&e);
  if (answered == nullptr) return false;  // timeouts, cancellation
  const ServerError& failure = answered->failure();
  if (failure.shape == ErrorShape::network || failure.code == cursor_not_found) return true;
  if (wire_version >= wire_with_label) return failure.has_label(resumable_label);
  constexpr int codes[] = {6, 7, 63, 89, 91, 133, 150, 189, 234, 262, 9001, 10107, 11600, 11602, 13388, 13435, 13436};
  return std::find(std::begin(codes), std::end(codes), failure.code) != std::end(codes);
}

constexpr std::string_view place_fields[] = {"resumeAfter", "startAfter", "startAtOperationTime"};

// The pipeline with its first stage at another place.
bson::Document pipeline_at(bson::DocumentView pipeline, const char* field, bson::ValueView place) {
  bson::Builder out;
  out.begin_array("p");
  bool first = true;
  for (const auto& stage : pipeline) {
    if (!first) {
      out.append("", stage.value);
      continue;
    }
    first = false;
    out.begin_document("").begin_document("$changeStream");
    for (const auto& option : read_document(read_document(stage.value)["$changeStream"]))
      if (std::find(std::begin(place_fields), std::end(place_fields), option.name) == std::end(place_fields))
        out.append(option.name, option.value);
    out.append(field, place).end().end();
  }
  const bson::Document whole = out.end().finish();
  return bson::Document(whole["p"].as_document());
}

class ChangeStreamCursor final : public Cursor {
 public:
  ChangeStreamCursor(ClientPtr client, AggregateOperation operation)
      : client_(std::move(client)), operation_(std::move(operation)) {
    const bson::DocumentView options =
        read_document(read_document(operation_.pipeline.view().begin()->value)["$changeStream"]);
    for (const std::string_view name : place_fields)
      if (!options[name].missing()) given_ = true;
    budget_ = operation_.context.deadline != no_deadline ? operation_.context.deadline - Clock::now()
                                                         : client_->uri().options.timeout.value_or(Milliseconds(0));
  }

  awaitable<Batch> next() override { return next_of(this); }

  static awaitable<Batch> open(ChangeStreamCursor* self, Deadline deadline) {
    AggregateOperation operation = self->operation_;
    operation.context.deadline = deadline;
    self->lost_ = true;  // until there is a cursor: whoever asks again tries again
    FindReply reply = co_await open_changes(self->client_, std::move(operation), &self->place_);
    self->lost_ = false;
    self->cursor_ = std::move(reply.cursor);
    self->saw(reply.first);
    co_return std::move(reply.first);
  }
  Deadline deadline() const { return budget_.count() > 0 ? Clock::now() + budget_ : no_deadline; }

 private:
  // One deadline for what a call sends, getMore and what it takes to go on elsewhere.
  static awaitable<Batch> next_of(ChangeStreamCursor* self) {
    const Deadline deadline = self->deadline();
    Batch out;
    for (bool resumed = false;; resumed = true) {  // once: a set that fails again at once is no moment's trouble
      if (self->lost_) {
        self->resume();
        out = co_await open(self, deadline);
        if (!out.documents.empty()) co_return out;
      }
      if (!self->cursor_) co_return out;  // the server ended it: an invalidate
      try {
        out = co_await self->cursor_->next();
        self->saw(out);
        co_return out;
      } catch (const error& e) {
        const bool again = is_resumable(e, self->place_.wire_version);
        if (!again && e.code() != errc::timeout) throw;
        self->cursor_.reset();
        self->lost_ = true;
        if (resumed || !again) throw;
      }
    }
  }

  void saw(const Batch& batch) {
    if (place_.token.empty() && !batch.documents.empty()) {
      const bson::ValueView id = batch.documents.back()["_id"];
      if (!id.is(bson::Type::document))
        throw error(errc::store, "A change came without its resume token: leave _id in the pipeline's documents");
      last_ = bson::Document(id.as_document());
    } else if (!place_.token.empty()) {
      last_ = std::exchange(place_.token, {});
    }
    seen_ = seen_ || !batch.documents.empty();
  }

  void resume() {
    if (!last_.empty()) {
      const bool keeps_start = !seen_ && starts_after();
      operation_.pipeline =
          pipeline_at(operation_.pipeline.view(), keeps_start ? "startAfter" : "resumeAfter", Value(last_).view());
    } else if (!given_ && place_.operation_time != 0) {
      bson::Builder time;
      const bson::Document from = time.append_timestamp("t", place_.operation_time).finish();
      operation_.pipeline = pipeline_at(operation_.pipeline.view(), "startAtOperationTime", from["t"]);
    }
  }

  bool starts_after() const {
    const auto stage = operation_.pipeline.view().begin();
    return !read_document(read_document(stage->value)["$changeStream"])["startAfter"].missing();
  }

  const ClientPtr client_;
  AggregateOperation operation_;
  std::unique_ptr<Cursor> cursor_{};
  ChangePlace place_{};
  bson::Document last_{};
  Clock::duration budget_{};
  bool given_{}, seen_{}, lost_{};
};

awaitable<FindReply> watched(ClientPtr client, AggregateOperation operation) {
  const Deadline deadline = operation.context.deadline;
  auto cursor = std::make_unique<ChangeStreamCursor>(std::move(client), std::move(operation));
  FindReply reply;
  reply.first = co_await ChangeStreamCursor::open(cursor.get(), deadline);
  reply.cursor = std::move(cursor);
  co_return reply;
}

}  // namespace

awaitable<FindReply> watch(ClientPtr client, AggregateOperation operation) {
  if (operation.batch_size == 0) operation.batch_size = batches_of_server;
  return watched(std::move(client), std::move(operation));
}

}  // namespace kinship::mongodb
