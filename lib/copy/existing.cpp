// Documents that are there already: each batch of one store against those of the other with the same ids.
// Only the batch is held; what the other store has is compared as it streams by.
#include <string>
#include <unordered_map>

#include "copy/copy.hpp"

namespace kinship::detail {
namespace {

using Places = std::unordered_map<std::string, std::size_t>;

// Type and bytes: 1 and 1.0 are one key to a store, and not the same document.
std::string place_of(bson::ValueView id) {
  std::string key(1, static_cast<char>(id.type()));
  key.append(reinterpret_cast<const char*>(id.data()), id.size());
  return key;
}

FindOperation with_ids_of(const Batch& batch, std::string collection, std::size_t batch_size) {
  bson::Builder filter;
  filter.begin_document("_id").begin_array("$in");
  for (const bson::DocumentView document : batch.documents) filter.append("", document["_id"]);
  filter.end().end();
  FindOperation operation;
  operation.collection = std::move(collection);
  operation.filter = filter.finish();
  operation.batch_size = batch_size;
  return operation;
}

void compare(const Batch& batch, const Places& places, const Batch& other, const std::string& collection,
             std::vector<Match>& matches) {
  for (const bson::DocumentView document : other.documents) {
    const auto place = places.find(place_of(document["_id"]));
    if (place == places.end())
      refuse_copy(errc::conflict, "'" + collection + "' holds the _id " + shown_id(document) +
                                      " as one type in the source and as another in the target: remove one of them");
    matches[place->second] = batch.documents[place->second] == document ? Match::equal : Match::different;
  }
}

[[noreturn]] void refuse_existing(const std::string& collection, const std::string& what) {
  refuse_copy(errc::conflict, "'" + collection + "' of the target holds " + what +
                                  ": copy into an empty database, or let CopyOptions::existing(Existing::overwrite) decide; "
                                  "nothing was written");
}

void check(const Batch& batch, const std::vector<Match>& matches, const std::string& collection) {
  for (std::size_t i = 0; i < matches.size(); ++i) {
    const std::string id = "the document with _id " + shown_id(batch.documents[i]);
    if (matches[i] == Match::absent) refuse_existing(collection, id + ", which the source does not have");
    if (matches[i] == Match::different) refuse_existing(collection, id + ", which differs from the source's");
  }
}

awaitable<void> check_collection(Copy* copy, const CollectionCopy* collection) {
  const std::size_t batch_size = copy->options.batch_documents();
  FindOperation operation;
  operation.collection = collection->name;
  operation.batch_size = batch_size;
  FindReply reply = co_await find(copy->to, std::move(operation), Trace());
  Batch batch = std::move(reply.first);
  while (!batch.documents.empty()) {
    const std::vector<Match> matches = co_await match(copy->from, collection->name, &batch, batch_size);
    check(batch, matches, collection->name);
    if (!reply.cursor) break;
    batch = co_await next_batch(copy->to, reply.cursor.get(), Trace());
  }
}

}  // namespace

awaitable<std::vector<Match>> match(ScopePtr other, std::string collection, const Batch* batch, std::size_t batch_size) {
  Places places;
  for (std::size_t i = 0; i < batch->documents.size(); ++i) places.emplace(place_of(batch->documents[i]["_id"]), i);
  std::vector<Match> matches(batch->documents.size(), Match::absent);
  FindOperation operation = with_ids_of(*batch, collection, batch_size);
  FindReply reply = co_await find(other, std::move(operation), Trace());
  compare(*batch, places, reply.first, collection, matches);
  while (reply.cursor) {
    const Batch more = co_await next_batch(other, reply.cursor.get(), Trace());
    if (more.documents.empty()) break;
    compare(*batch, places, more, collection, matches);
  }
  co_return matches;
}

awaitable<void> check_existing(Copy* copy) {
  for (const CollectionCopy& collection : copy->collections) {
    if (collection.target_count > collection.source_count)
      refuse_existing(collection.name, std::to_string(collection.target_count) + " documents, and the source " +
                                           std::to_string(collection.source_count));
    if (collection.target_count > 0) co_await check_collection(copy, &collection);
  }
}

}  // namespace kinship::detail
