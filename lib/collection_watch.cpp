// Change streams for users: a pipeline that begins with $changeStream, and its batches one change at a time.
// What goes on when a server is lost is the driver's.
#include <algorithm>

#include <kinship/change_stream.hpp>
#include <kinship/collection.hpp>
#include <kinship/driver/extras.hpp>

#include "collection_json.hpp"
#include "engine/cancelled.hpp"

namespace kinship {

struct ChangeStream::State {
  FindReply reply{};
  std::size_t at{};
};

ChangeStream::ChangeStream(std::unique_ptr<State> state) : state_(std::move(state)) {}
ChangeStream::ChangeStream(ChangeStream&&) noexcept = default;
ChangeStream& ChangeStream::operator=(ChangeStream&&) noexcept = default;
ChangeStream::~ChangeStream() = default;

// The stream outlives the call, as any object whose member is awaited.
awaitable<std::optional<json>> ChangeStream::next_of(State* state) {
  std::optional<json> change;
  while (state->at == state->reply.first.documents.size()) {
    if (!state->reply.cursor) co_return change;
    state->reply.first = co_await state->reply.cursor->next();
    state->at = 0;
  }
  change = to_extended_json(state->reply.first.documents[state->at++]);
  co_return change;
}

awaitable<std::optional<json>> ChangeStream::next() { return detail::in_words(next_of(state_.get())); }

awaitable<ChangeStream> Collection::opened(std::shared_ptr<Driver> driver, AggregateOperation operation) {
  auto state = std::make_unique<ChangeStream::State>();
  state->reply = co_await driver->aggregate(std::move(operation));
  ChangeStream stream(std::move(state));
  co_return stream;
}

awaitable<ChangeStream> Collection::watch() const { return watch(json::array()); }
awaitable<ChangeStream> Collection::watch(const json& pipeline) const { return watch(pipeline, json::object()); }
awaitable<ChangeStream> Collection::watch(const json& pipeline, const json& options) const {
  bson::Builder stages;
  stages.begin_array("p").begin_document("");
  stages.append("$changeStream", detail::json_document(options, "options of a change stream").view()).end();
  const bson::Document given = detail::json_array(pipeline, "pipeline");
  for (const auto& stage : given.view()) stages.append("", stage.value);
  const bson::Document built = stages.end().finish();
  AggregateOperation operation;
  operation.collection = name_;
  operation.pipeline = bson::Document(built["p"].as_document());
  operation.context = context();
  if (timeout_.count() > 0) {  // the server waits for news, but not until the time is over
    auto extras =
        context_.extras ? std::make_shared<OperationExtras>(*context_.extras) : std::make_shared<OperationExtras>();
    extras->max_await_time = std::clamp(timeout_ / 2, std::chrono::milliseconds(1), std::chrono::milliseconds(1000));
    operation.context.extras = std::move(extras);
  }
  return opened(driver_, std::move(operation));
}

}  // namespace kinship
