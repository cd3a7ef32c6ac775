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
awaitable<std::uint64_t> count(ClientPtr client, CountOperation operation);
awaitable<GroupedCountReply> grouped_count(ClientPtr client, GroupedCountOperation operation);
awaitable<Batch> distinct(ClientPtr client, DistinctOperation operation);
awaitable<WriteReply> write(ClientPtr client, WriteOperation operation);
awaitable<FindAndModifyReply> find_and_modify(ClientPtr client, FindAndModifyOperation operation);
awaitable<void> create_index(ClientPtr client, CreateIndexOperation operation);
awaitable<void> drop_collection(ClientPtr client, std::string collection, OperationContext context);
awaitable<std::vector<CollectionListing>> list_collections(ClientPtr client, OperationContext context);
awaitable<std::vector<IndexListing>> list_indexes(ClientPtr client, std::string collection, OperationContext context);
awaitable<bson::Document> run_command(ClientPtr client, bson::Document command, OperationContext context);

/// The pipeline that finds at most so many documents for each key, by an index if there is one.
bson::Document per_key_pipeline(const FindOperation& operation);
/// The same for servers before MongoDB 5.0, whose $lookup cannot: all documents of the keys are grouped on the server, and
/// what is beyond the limit stays there.
bson::Document grouped_pipeline(const FindOperation& operation);

/// A command on a collection: `body` begins with {name: collection}.
Command new_command(const char* name, std::string collection, OperationContext context);
/// Comment, hint and collation, where the operation has them.
void append_common(bson::Builder& body, const OperationContext& context);
/// What a cursor brings: documents, those of the one key that was asked for, or per_key_pipeline's {i: place, d: document}.
enum class Results : std::uint8_t { documents, of_one_key, keyed };
/// Sends a command that opens a cursor, and gives its first batch and the rest. `batch_size` 0: all of it is fetched.
awaitable<FindReply> open_cursor(ClientPtr client, std::unique_ptr<Command> command, std::size_t batch_size,
                                 Results results = Results::documents);
/// How many documents a first batch holds that nobody asked for in another size.
inline constexpr std::size_t batch_of_server = 101;
/// The number for `batchSize`.
std::int32_t wire_batch_size(std::size_t batch_size) noexcept;
/// The `$in` on `field` at the top level of the filter, as an array; throws `invalid_query` if there is none.
bson::ValueView keys_in(const bson::Document& filter, const std::string& field);

}  // namespace kinship::mongodb
