// One collection's documents, batch by batch: read, compared where the target had any, written in pieces of bounded size.
// At its end both sides are counted and the indexes compared.
#include <algorithm>

#include "copy/copy.hpp"

namespace kinship::detail {
namespace {

/// One collection on its way.
struct Transfer {
  Copy* copy{};
  const CollectionCopy* collection{};
  std::uint64_t read{}, inserted{};
};

struct Piece {
  WriteOperation operation{};
  std::vector<bson::DocumentView> documents{};
  std::size_t bytes{};
  std::uint64_t inserts{}, replaces{};
};

void add(Piece& piece, bson::DocumentView document, Match match) {
  WriteItem item;
  item.kind = match == Match::absent ? WriteKind::insert : WriteKind::replace_one;
  item.document = bson::Document(document);
  if (match == Match::different) {
    bson::Builder filter;
    filter.append("_id", document["_id"]);
    item.filter = filter.finish();
  }
  ++(match == Match::absent ? piece.inserts : piece.replaces);
  piece.bytes += document.size();
  piece.documents.push_back(document);
  piece.operation.items.push_back(std::move(item));
}

void check_written(const Transfer& transfer, const Piece& piece, const WriteReply& reply) {
  if (reply.errors.empty()) return;
  try {
    throw_write_error(transfer.copy->to, reply, transfer.collection->name, Trace());
  } catch (const error& e) {
    const std::size_t index = reply.errors.front().index;
    const std::string which = index < piece.documents.size() ? " with _id " + shown_id(piece.documents[index]) : "";
    throw error(static_cast<errc>(e.code().value()),
                "'" + transfer.collection->name + "' of the target refused the document" + which + ": " + e.sentence() +
                    "; once that is mended, copying again goes on where this ended",
                e.context());
  }
}

awaitable<void> write_piece(Transfer* transfer, Piece piece) {
  if (piece.documents.empty()) co_return;
  piece.operation.collection = transfer->collection->name;
  WriteOperation operation = std::move(piece.operation);
  const WriteReply reply = co_await write(transfer->copy->to, std::move(operation), Trace());
  check_written(*transfer, piece, reply);
  transfer->inserted += piece.inserts;
  transfer->copy->result.inserted += piece.inserts;
  transfer->copy->result.overwritten += piece.replaces;
}

awaitable<void> write_batch(Transfer* transfer, const Batch* batch) {
  const CopyOptions& options = transfer->copy->options;
  std::vector<Match> matches(batch->documents.size(), Match::absent);
  if (transfer->collection->target_count > 0)
    matches = co_await match(transfer->copy->to, transfer->collection->name, batch, options.batch_documents());
  Piece piece;
  for (std::size_t i = 0; i < batch->documents.size(); ++i) {
    const bson::DocumentView document = batch->documents[i];
    if (matches[i] == Match::equal) continue;
    if (matches[i] == Match::different && options.existing() == Existing::refuse)
      refuse_copy(errc::conflict, "the document with _id " + shown_id(document) + " of '" + transfer->collection->name +
                                      "' was changed while it was copied: stop what writes, and copy again");
    if (!piece.documents.empty() && piece.bytes + document.size() > options.batch_bytes()) {
      co_await write_piece(transfer, std::move(piece));
      piece = Piece();
    }
    add(piece, document, matches[i]);
  }
  co_await write_piece(transfer, std::move(piece));
}

void report(Transfer& transfer, const Batch& batch) {
  CopyProgress& progress = transfer.copy->progress;
  transfer.read += batch.documents.size();
  progress.documents += batch.documents.size();
  for (const bson::DocumentView document : batch.documents) progress.bytes += document.size();
  progress.documents_total = std::max(progress.documents_total, progress.documents);
  transfer.copy->options.report(progress);
}

awaitable<void> verify(Transfer* transfer) {
  Copy& copy = *transfer->copy;
  const CollectionCopy& collection = *transfer->collection;
  const std::uint64_t source = co_await count_all(copy.from, collection.name);
  if (source != transfer->read || source != collection.source_count)
    refuse_copy(errc::conflict, "'" + collection.name + "' of the source changed while it was copied (" +
                                    std::to_string(collection.source_count) + " documents before, " +
                                    std::to_string(transfer->read) + " read, " + std::to_string(source) +
                                    " now): stop what writes to it, and copy again");
  const std::uint64_t target = co_await count_all(copy.to, collection.name);
  if (target != collection.target_count + transfer->inserted)
    refuse_copy(errc::conflict, "'" + collection.name + "' of the target holds " + std::to_string(target) +
                                    " documents after the copy, and " +
                                    std::to_string(collection.target_count + transfer->inserted) +
                                    " were expected: stop what writes to it, and copy again");
  if (collection.indexes.empty()) co_return;
  const std::vector<IndexListing> present = co_await list_indexes(copy.to, collection.name);
  for (const IndexListing& index : collection.indexes)
    if (std::none_of(present.begin(), present.end(), [&](const auto& other) { return same_index(index, other); }))
      refuse_copy(errc::conflict, "the index " + index.name + " of '" + collection.name +
                                      "' is not in the target as it is in the source: drop it there, and copy again");
}

}  // namespace

awaitable<void> copy_documents(Copy* copy, const CollectionCopy* collection) {
  Transfer transfer;
  transfer.copy = copy;
  transfer.collection = collection;
  copy->progress.collection = collection->name;
  FindOperation operation;
  operation.collection = collection->name;
  operation.batch_size = copy->options.batch_documents();
  FindReply reply = co_await find(copy->from, std::move(operation), Trace());
  Batch batch = std::move(reply.first);
  while (!batch.documents.empty()) {
    co_await write_batch(&transfer, &batch);
    report(transfer, batch);
    if (!reply.cursor) break;
    batch = co_await next_batch(copy->from, reply.cursor.get(), Trace());
  }
  co_await verify(&transfer);
  ++copy->progress.collections;
  copy->options.report(copy->progress);
}

}  // namespace kinship::detail
