// The seam's operations as MongoDB commands: one function each, built from the operation and read from the reply.
// What they have in common is here; each file below holds one kind.
#pragma once

#include <kinship/driver/driver.hpp>

#include "driver/mongodb/client.hpp"

namespace kinship::mongodb {

using ClientPtr = std::shared_ptr<Client>;

/// Takes what it needs out of the operation, which may then go.
awaitable<FindReply> find(ClientPtr client, FindOperation& operation);
awaitable<FindReply> aggregate(ClientPtr client, AggregateOperation operation);
/// An aggregation that begins with $changeStream: its cursor goes on elsewhere when its server is lost. An empty batch means
/// that there is nothing new; without a cursor it has ended.
awaitable<FindReply> watch(ClientPtr client, AggregateOperation operation);
awaitable<std::uint64_t> count(ClientPtr client, CountOperation operation);
awaitable<GroupedCountReply> grouped_count(ClientPtr client, GroupedCountOperation operation);
awaitable<Batch> distinct(ClientPtr client, DistinctOperation operation);
awaitable<WriteReply> write(ClientPtr client, WriteOperation operation);
awaitable<FindAndModifyReply> find_and_modify(ClientPtr client, FindAndModifyOperation operation);
awaitable<void> create_index(ClientPtr client, CreateIndexOperation operation);
awaitable<void> drop_collection(ClientPtr client, std::string collection, OperationContext context);
awaitable<std::vector<CollectionListing>> list_collections(ClientPtr client, OperationContext context);
/// As the server describes them: {name, sizeOnDisk, empty}, or {name}. `extras` may hold a `filter`.
awaitable<std::vector<bson::Document>> list_databases(ClientPtr client, bool name_only, OperationContext context);
awaitable<std::vector<IndexListing>> list_indexes(ClientPtr client, std::string collection, OperationContext context);
awaitable<void> drop_index(ClientPtr client, std::string collection, std::string name, OperationContext context);
awaitable<void> drop_database(ClientPtr client, OperationContext context);
/// `options`: in MongoDB's words, {"capped": true, "size": 4096}.
awaitable<void> create_collection(ClientPtr client, std::string name, bson::Document options, OperationContext context);
awaitable<void> change_collection(ClientPtr client, std::string name, bson::Document options, OperationContext context);
awaitable<bson::Document> run_command(ClientPtr client, bson::Document command, OperationContext context);

/// A command that answers with a cursor. `batch_size`: of the batches after the first, 0: as the server likes.
awaitable<FindReply> run_cursor_command(ClientPtr client, bson::Document command, std::size_t batch_size,
                                        OperationContext context);

/// The pipeline that finds at most so many documents for each key, by an index if there is one.
bson::Document per_key_pipeline(const FindOperation& operation);
/// The same for servers before MongoDB 5.0, whose $lookup cannot: all documents of the keys are grouped on the server, and
/// what is beyond the limit stays there.
bson::Document grouped_pipeline(const FindOperation& operation);

/// A command on a collection: `body` begins with {name: collection}.
Command new_command(const char* name, std::string collection, OperationContext context);
/// Comment, hint, collation and further fields, where the operation has them.
void append_common(bson::Builder& body, const OperationContext& context);
/// The same of a command that knows no hint and no collation, or has them elsewhere.
void append_comment(bson::Builder& body, const OperationContext& context);
/// Further fields of the operation; none: the empty document.
bson::DocumentView extra_fields(const OperationContext& context) noexcept;
/// Where a change stream is, by its server's replies.
struct ChangePlace {
  bson::Document token{};          // what the last reply said of its end; may be empty
  std::uint64_t operation_time{};  // of the first one; 0: not said
  int wire_version{};
};
/// One cursor of a change stream; `place` must outlive it.
awaitable<FindReply> open_changes(ClientPtr client, AggregateOperation operation, ChangePlace* place);
/// What a cursor brings: documents, those of the one key that was asked for, or per_key_pipeline's {i: place, d: document}.
enum class Results : std::uint8_t { documents, of_one_key, keyed };
/// Sends a command that opens a cursor, and gives its first batch and the rest. `batch_size` 0: all of it is fetched.
awaitable<FindReply> open_cursor(ClientPtr client, std::unique_ptr<Command> command, std::size_t batch_size,
                                 Results results = Results::documents, ChangePlace* place = nullptr);
/// How many documents a first batch holds that nobody asked for in another size.
inline constexpr std::size_t batch_of_server = 101;
/// Batches after the first are to be as large as the server likes, and the cursor stays open.
inline constexpr std::size_t batches_of_server = SIZE_MAX;
/// The number for `batchSize`.
std::int32_t wire_batch_size(std::size_t batch_size) noexcept;
/// The `$in` on `field` at the top level of the filter, as an array; throws `invalid_query` if there is none.
bson::ValueView keys_in(const bson::Document& filter, const std::string& field);

}  // namespace kinship::mongodb
