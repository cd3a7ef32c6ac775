// One function a kind of reply.
// What a server said is in mongodb::CommandError; every other exception is the client's own.
#include "spec/unified/results.hpp"

#include "driver/mongodb/channel_task.hpp"
#include "driver/mongodb/reply_error.hpp"

namespace kinship::spec {
namespace {

void append_count(bson::Builder& out, const char* name, std::uint64_t count) {
  out.append_int64(name, static_cast<std::int64_t>(count));
}

bson::Document counts(const WriteReply& reply, bool bulk) {
  bson::Builder out;
  append_count(out, "insertedCount", reply.inserted);
  append_count(out, "deletedCount", reply.deleted);
  append_count(out, "matchedCount", reply.matched);
  append_count(out, "modifiedCount", reply.modified);
  append_count(out, "upsertedCount", reply.upserted.size());
  if (bulk) {
    out.begin_document("upsertedIds");
    for (const auto& [index, id] : reply.upserted) out.append(std::to_string(index), id["_id"]);
    out.end();
  } else if (!reply.upserted.empty()) {
    out.append("upsertedId", reply.upserted[0].second["_id"]);
  }
  return out.finish();
}

}  // namespace

bson::Document no_result() { return {}; }

bson::Document result_of(bson::ValueView value) {
  bson::Builder out;
  return out.append("r", value).finish();
}

bson::Document result_of(const std::vector<bson::DocumentView>& documents) {
  bson::Builder out;
  out.begin_array("r");
  for (const bson::DocumentView document : documents) out.append("", document);
  return out.end().finish();
}

bson::Document result_of_number(std::uint64_t number) { return result_of(Value(number).view()); }

bson::Document result_of(const WriteReply& reply, bool bulk, bool unsent) {
  bson::Document result = counts(reply, bulk);
  if (reply.errors.empty()) return result_of(Value(result).view());
  const WriteError& first = reply.errors.front();
  OperationFailed failed;
  failed.failure.client_error = unsent;
  failed.failure.message = first.message;
  failed.failure.code = first.code;
  failed.failure.result = std::move(result);
  throw failed;
}

UnifiedFailure failure_of(const error& e) {
  UnifiedFailure out;
  out.message = e.sentence();
  out.code = e.store_code();
  out.timeout = e.code() == errc::timeout;
  const auto* const answered = dynamic_cast<const mongodb::CommandError*>(&e);
  out.client_error = answered == nullptr || answered->failure().shape == mongodb::ErrorShape::network;
  if (answered == nullptr) return out;
  out.labels = answered->failure().labels;
  out.code_name = answered->failure().code_name;
  out.result = counts(answered->done, true);
  out.response = answered->reply;
  return out;
}

UnifiedFailure client_failure(std::string message) {
  UnifiedFailure out;
  out.client_error = true;
  out.message = std::move(message);
  return out;
}

}  // namespace kinship::spec
