// Ordered writes keep their order, so a command ends where the kind changes; unordered ones are sorted by kind first.
// An update's statement is a document of its own; an inserted document goes as it is.
#include "driver/mongodb/write_plan.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include <kinship/driver/extras.hpp>
#include <kinship/value/object_id.hpp>

namespace kinship::mongodb {
namespace {

/// Room for the command around the documents: names, session, concerns.
constexpr std::size_t command_room = 16 * 1024;

enum class Group : std::uint8_t { insert, update, remove };

Group group_of(const WriteItem& item) noexcept {
  switch (item.kind) {
    case WriteKind::insert:
      return Group::insert;
    case WriteKind::delete_one:
    case WriteKind::delete_many:
      return Group::remove;
    default:
      return Group::update;
  }
}

void complete_id(bson::Document& document) {
  const auto first = document.view().begin();
  if (!document.empty() && first->name == "_id") return;
  bson::Builder builder;
  const bson::ValueView id = document["_id"];
  if (id.missing())
    builder.append_object_id("_id", ObjectId::make().bytes().data());
  else
    builder.append("_id", id);
  for (const auto& element : document.view())
    if (element.name != "_id") builder.append(element.name, element.value);
  document = builder.finish();
}

/// A field of the item's own, else of the operation's.
bson::ValueView wanted(const WriteItem& item, const OperationContext& context, std::string_view name) {
  const bson::ValueView own = item.more[name];
  return own.missing() && context.extras ? context.extras->fields[name] : own;
}

void append_hint_and_collation(bson::Builder& out, const WriteItem& item, const OperationContext& context) {
  const bson::ValueView collation = wanted(item, context, "collation"), hint = wanted(item, context, "hint");
  if (!collation.missing())
    out.append("collation", collation);
  else if (!context.collation.empty())
    out.append("collation", context.collation.view());
  if (!hint.missing())
    out.append("hint", hint);
  else if (!context.hint.empty())
    out.append_string("hint", context.hint);
  for (const auto& field : item.more.view())
    if (field.name != "collation" && field.name != "hint") out.append(field.name, field.value);
}

bson::Document statement_of(const WriteItem& item, const OperationContext& context) {
  bson::Builder out;
  out.append("q", item.filter.view());
  if (group_of(item) == Group::remove) {
    out.append_int32("limit", item.kind == WriteKind::delete_one ? 1 : 0);
  } else {
    if (item.pipeline)
      out.append_array("u", item.document.view());
    else
      out.append("u", item.document.view());
    if (item.kind == WriteKind::update_many) out.append_bool("multi", true);
    if (item.upsert) out.append_bool("upsert", true);
    if (!item.array_filters.empty()) out.append_array("arrayFilters", item.array_filters.view());
  }
  append_hint_and_collation(out, item, context);
  return out.finish();
}

bool begins_with_operator(const bson::Document& document) {
  return !document.empty() && document.view().begin()->name.starts_with('$');
}

}  // namespace

WriteLimits write_limits(const ServerDescription& server) {
  WriteLimits limits;
  limits.items = static_cast<std::size_t>(std::max(server.max_write_batch, 1));
  limits.message = static_cast<std::size_t>(std::max(server.max_message, 64 * 1024));
  limits.document = static_cast<std::size_t>(std::max(server.max_document, 1024));
  return limits;
}

WritePlan::WritePlan(WriteOperation& operation, WriteLimits limits) : operation_(operation), limits_(limits) {
  order_.resize(operation.items.size());
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  if (!operation.ordered)
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      return group_of(operation.items[a]) < group_of(operation.items[b]);
    });
}

// MongoDB would take an update without operators for a replacement, and the other way round.
bool WritePlan::usable(std::size_t index) {
  WriteItem& item = operation_.items[index];
  WriteError refusal;
  refusal.index = index;
  if (operation_.collection.empty()) {
    refusal.code = 73;
    refusal.message = "The collection has no name: name one";
  } else if (item.kind == WriteKind::insert) {
    complete_id(item.document);
  } else if ((item.kind == WriteKind::update_one || item.kind == WriteKind::update_many) && !item.pipeline &&
             !begins_with_operator(item.document)) {
    refusal.code = 9;
    refusal.message = "An update consists of operators such as $set; to put another document in its place, replace it";
  } else if (item.kind == WriteKind::replace_one && begins_with_operator(item.document)) {
    refusal.code = 9;
    refusal.message = "A replacement has no operators such as $set; to change single fields, update it";
  }
  if (refusal.code == 0 && item.document.bytes().size() > limits_.document) {
    refusal.code = 10334;
    refusal.message = "The document has " + std::to_string(item.document.bytes().size()) +
                      " bytes; a document holds at most " + std::to_string(limits_.document / (1024 * 1024)) +
                      " MiB: store large contents elsewhere, or in parts";
  }
  if (refusal.code == 0) return true;
  refused_.push_back(std::move(refusal));
  return false;
}

bool WritePlan::next(WriteChunk& chunk) {
  chunk = WriteChunk();
  if (operation_.ordered && !refused_.empty()) return false;
  std::size_t bytes = command_room;
  Group group{};
  for (; at_ < order_.size(); ++at_) {
    const std::size_t index = order_[at_];
    WriteItem& item = operation_.items[index];
    if (!chunk.items.empty() && (group_of(item) != group || chunk.items.size() == limits_.items)) break;
    if (!usable(index)) {
      if (operation_.ordered) break;
      continue;
    }
    bson::Document statement;
    if (group_of(item) != Group::insert) statement = statement_of(item, operation_.context);
    const std::size_t size = group_of(item) == Group::insert ? item.document.bytes().size() : statement.bytes().size();
    if (!chunk.items.empty() && bytes + size > limits_.message) break;
    group = group_of(item);
    bytes += size;
    chunk.items.push_back(index);
    if (item.kind == WriteKind::update_many || item.kind == WriteKind::delete_many) chunk.retryable = false;
    if (group == Group::insert)
      chunk.documents.push_back(item.document.view());
    else
      chunk.owned.push_back(std::move(statement));
  }
  for (const auto& document : chunk.owned) chunk.documents.push_back(document.view());
  constexpr const char* commands[] = {"insert", "update", "delete"};
  constexpr const char* sequences[] = {"documents", "updates", "deletes"};
  chunk.command = commands[static_cast<std::size_t>(group)];
  chunk.sequence = sequences[static_cast<std::size_t>(group)];
  return !chunk.items.empty();
}

}  // namespace kinship::mongodb
