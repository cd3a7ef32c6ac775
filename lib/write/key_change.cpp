// See key_change.hpp. The plan is a list of updates, one a relationship; a foreign key that is a key itself moves too.
// The old document goes before the new one comes: other unique indexes hold for both.
#include "write/key_change.hpp"

#include <kinship/error.hpp>

#include "plan/cascade_key_change.hpp"
#include "write/cascade_graph.hpp"
#include "write/link.hpp"

namespace kinship::detail {
namespace {

bson::Document with_key(bson::DocumentView document, bson::ValueView key) {
  bson::Builder copy;
  copy.append("_id", key);
  for (const auto& field : document)
    if (field.name != "_id") copy.append(field.name, field.value);
  return copy.finish();
}

/// The update without the key; empty when nothing is left of it.
bson::Document without_key(const bson::Document& update) {
  bson::Builder rest;
  bool any = false;
  for (const auto& op : update.view()) {
    bson::Builder fields;
    bool some = false;
    for (const auto& field : op.value.as_document()) {
      if (field.name == "_id") continue;
      fields.append(field.name, field.value);
      some = true;
    }
    if (some) rest.append(op.name, fields.finish().view());
    any = any || some;
  }
  return any ? rest.finish() : bson::Document();
}

// The document of that key, under another from now on.
awaitable<void> move_document(ScopePtr scope, std::string collection, bson::Document document, Value key, Trace trace) {
  WriteItem gone = delete_item(WriteKind::delete_one, equals("_id", document["_id"]));
  WriteItem come;
  come.kind = WriteKind::insert;
  come.document = with_key(document.view(), key.view());
  std::vector<WriteItem> items;
  items.push_back(std::move(gone));
  items.push_back(std::move(come));
  co_await write_many(scope, std::move(collection), std::move(items), std::move(trace));
}

awaitable<void> follow(ScopePtr scope, plan::KeyChange change, Value key) {
  const Trace trace(std::string(), change.relationship);
  if (!change.update["$set"].as_document().find("_id").missing()) {
    FindOperation held;
    held.collection = change.collection;
    held.filter = std::move(change.filter);
    FindReply reply = co_await find(scope, std::move(held), trace);
    for (const bson::DocumentView document : reply.first.documents) {
      bson::Document copy(document);
      co_await move_document(scope, change.collection, std::move(copy), key, trace);
    }
    co_return;
  }
  WriteItem item = update_item(WriteKind::update_many, std::move(change.filter), std::move(change.update));
  item.array_filters = std::move(change.array_filters);
  co_await write_one(scope, change.collection, std::move(item), trace);
}

awaitable<void> move_all(ScopePtr scope, const ModelInfo* model, bson::Document document, Value key, bson::Document rest,
                         Trace trace) {
  bson::Builder old;
  old.begin_array("").append({}, document["_id"]).end();
  const bson::Document old_keys = old.finish();
  const std::vector<const ModelInfo*> models = scope->core->models();
  std::vector<plan::KeyChange> changes =
      plan::plan_key_change(reference_graph(models), node_of(models, *model), "_id", old_keys[""].as_document(), key.view());
  co_await move_document(scope, model->collection, std::move(document), key, trace);
  for (plan::KeyChange& change : changes) {
    plan::KeyChange one = std::move(change);
    co_await follow(scope, std::move(one), key);
  }
  if (rest.empty()) co_return;
  WriteItem item = update_item(WriteKind::update_one, equals("_id", key.view()), std::move(rest));
  co_await write_one(scope, model->collection, std::move(item), std::move(trace));
}

awaitable<std::uint64_t> update_of(ScopePtr scope, const ModelInfo* model, bson::Document filter, bson::Document update,
                                   Trace trace) {
  if (!scope->core->driver->capabilities().transactions)
    fail(errc::unsupported,
         "the key of a " + model->name +
             " can only be changed where the store has transactions: everything that refers to "
             "it changes too",
         *model, "update");
  const Value key(key_set_by(update));
  std::uint64_t matched = 0;
  auto work = [&](ScopePtr inside) -> awaitable<void> {
    FindOperation found;
    found.collection = model->collection;
    found.filter = filter;
    found.limit = 2;
    FindReply reply = co_await find(inside, std::move(found), trace);
    matched = reply.first.documents.size();
    if (matched == 0) co_return;
    if (matched > 1)
      fail(errc::invalid_query,
           "several " + model->name + " match, and no two can have the key " + Id::from(key.view()).to_string() +
               "; narrow the condition to one",
           *model, "update");
    bson::Document document(reply.first.documents.front());
    bson::Document rest = without_key(update);
    if (key.view() != document["_id"]) {
      co_await move_all(inside, model, std::move(document), key, std::move(rest), trace);
    } else if (!rest.empty()) {
      WriteItem item = update_item(WriteKind::update_one, equals("_id", key.view()), std::move(rest));
      co_await write_one(inside, model->collection, std::move(item), trace);
    }
  };
  co_await atomically(scope, &work, "cascade_update");
  co_return matched;
}

}  // namespace

bson::ValueView key_set_by(const bson::Document& update) {
  const bson::ValueView set = update["$set"];
  return set.is(bson::Type::document) ? set.as_document().find("_id") : bson::ValueView();
}

awaitable<std::uint64_t> update_key(ScopePtr scope, const ModelInfo* model, bson::Document filter, bson::Document update,
                                    Trace trace) {
  return update_of(std::move(scope), model, std::move(filter), std::move(update), std::move(trace));
}

}  // namespace kinship::detail
