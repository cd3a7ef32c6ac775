// Where the specification "Client Side Operations Timeout" speaks of cursors.
// A cursor that waits for news gets its deadline anew for each batch, or it would end while nothing happens.
#include "driver/mongodb/cursor_terms.hpp"

#include <algorithm>

#include <kinship/error.hpp>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/operations.hpp"

namespace kinship::mongodb {
namespace {

/// From this one on, MongoDB 4.4, getMore takes a comment.
constexpr int wire_with_comment = 9;

bool is_tailable(const OperationContext& context) { return read_bool(extra_fields(context)["tailable"]); }
bool awaits(const OperationContext& context) { return read_bool(extra_fields(context)["awaitData"]); }

bson::Document comment_of(const OperationContext& context) {
  bson::Builder out;
  const bson::ValueView given = extra_fields(context)["comment"];
  if (!given.missing())
    out.append("comment", given);
  else if (!context.comment.empty())
    out.append_string("comment", context.comment);
  return out.finish();
}

}  // namespace

CursorTerms::CursorTerms(const Client& client, const Command& opened, const Server& server,
                         std::chrono::steady_clock::duration budget)
    : opened_(opened.context.deadline), budget_(budget) {
  const OperationContext& context = opened.context;
  if (context.extras) max_await_ = context.extras->max_await_time;
  whole_ = budget.count() == 0 || (context.extras && context.extras->cursor_time == CursorTime::whole_cursor);
  const auto view = client.deployment()->view();
  const auto* description = view->topology.find(server.address);
  if (description != nullptr && description->max_wire >= wire_with_comment) comment_ = comment_of(context);
}

Deadline CursorTerms::deadline() const {
  if (opened_ == no_deadline || whole_) return opened_;
  return std::chrono::steady_clock::now() + budget_;
}

void CursorTerms::append_to(bson::Builder& body) const {
  if (max_await_.count() > 0) body.append_int64("maxTimeMS", max_await_.count());
  for (const auto& field : comment_.view()) body.append(field.name, field.value);
}

void check_cursor_times(const Client& client, const OperationContext& context) {
  const OperationExtras& extras = *context.extras;
  if (extras.cursor_time == CursorTime::usual && extras.max_await_time.count() == 0) return;
  const Milliseconds of_client = client.uri().options.timeout.value_or(Milliseconds(0));
  if (context.deadline == no_deadline && of_client.count() == 0) {
    if (extras.cursor_time == CursorTime::usual) return;
    throw error(errc::invalid_query, "What the deadline of the cursor is for was said, but it has none: give it a timeout");
  }
  const auto left = context.deadline == no_deadline ? of_client : context.deadline - std::chrono::steady_clock::now();
  if (is_tailable(context) && extras.cursor_time == CursorTime::whole_cursor)
    throw error(errc::invalid_query,
                "A tailable cursor does not end, so its deadline cannot be the whole cursor's: give it to each batch");
  if (extras.max_await_time.count() > 0 && left <= extras.max_await_time)
    throw error(errc::invalid_query,
                "The cursor is to wait for news as long as its time or longer: let max_await_time be shorter than the time "
                "up to the deadline");
}

bool carries_deadline(const OperationContext& context) {
  if (is_tailable(context)) return awaits(context);
  return context.extras && context.extras->cursor_time == CursorTime::whole_cursor;
}

}  // namespace kinship::mongodb
