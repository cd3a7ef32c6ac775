// The seam's calls, each handed to its function.
// The last handle closes everything without waiting.
#include "driver/mongodb/driver.hpp"

#include <boost/asio/this_coro.hpp>
#include <kinship/error.hpp>

#include "driver/mongodb/credential.hpp"
#include "driver/mongodb/operations.hpp"

namespace kinship {
namespace mongodb {
namespace {

awaitable<void> refuse_backup() {
  throw error(errc::unsupported,
              "A MongoDB deployment is backed up with its own tools: mongodump, or snapshots of its files");
  co_return;
}

awaitable<std::shared_ptr<Session>> begun(std::shared_ptr<Session> session) { co_return session; }

class MongoDriver final : public Driver {
 public:
  explicit MongoDriver(ClientPtr client) : client_(std::move(client)) {}
  ~MongoDriver() override { client_->drop(); }

  Capabilities capabilities() const override {
    const auto view = client_->deployment()->view();
    const TopologyDescription& topology = view->topology;
    Capabilities out;
    out.store = "mongodb";
    out.chunks_in_flight = 4;
    out.limit_per_key = true;
    const ServerDescription* server = view->primary ? topology.find(view->primary->address) : nullptr;
    const bool set =
        topology.replica_set() || topology.type == TopologyType::sharded || (server != nullptr && server->in_replica_set());
    out.transactions = set && topology.logical_session_timeout_minutes.has_value();
    if (server == nullptr) return out;
    out.largest_message = static_cast<std::size_t>(server->max_message);
    out.largest_document = static_cast<std::size_t>(server->max_document);
    return out;
  }

  awaitable<FindReply> find(FindOperation operation) override { return mongodb::find(client_, operation); }
  awaitable<std::uint64_t> count(CountOperation operation) override { return mongodb::count(client_, std::move(operation)); }
  awaitable<GroupedCountReply> grouped_count(GroupedCountOperation operation) override {
    return mongodb::grouped_count(client_, std::move(operation));
  }
  awaitable<WriteReply> write(WriteOperation operation) override { return mongodb::write(client_, std::move(operation)); }
  awaitable<FindAndModifyReply> find_and_modify(FindAndModifyOperation operation) override {
    return mongodb::find_and_modify(client_, std::move(operation));
  }
  awaitable<void> create_index(CreateIndexOperation operation) override {
    return mongodb::create_index(client_, std::move(operation));
  }
  awaitable<void> drop_collection(std::string collection, OperationContext context) override {
    return mongodb::drop_collection(client_, std::move(collection), std::move(context));
  }
  awaitable<std::vector<CollectionListing>> list_collections(OperationContext context) override {
    return mongodb::list_collections(client_, std::move(context));
  }
  awaitable<std::vector<IndexListing>> list_indexes(std::string collection, OperationContext context) override {
    return mongodb::list_indexes(client_, std::move(collection), std::move(context));
  }
  awaitable<Batch> distinct(DistinctOperation operation) override {
    return mongodb::distinct(client_, std::move(operation));
  }
  awaitable<FindReply> aggregate(AggregateOperation operation) override {
    return mongodb::aggregate(client_, std::move(operation));
  }
  awaitable<bson::Document> command(bson::Document command, OperationContext context) override {
    return run_command(client_, std::move(command), std::move(context));
  }

  awaitable<std::shared_ptr<Session>> begin(std::string origin, OperationContext context) override {
    if (!capabilities().transactions)
      throw error(errc::unsupported,
                  "This MongoDB server has no transactions: they need a replica set, of one member at least, or a sharded "
                  "cluster");
    return begun(client_->begin(std::move(origin), std::move(context)));
  }
  awaitable<void> commit(std::shared_ptr<Session> session) override {
    return Client::commit_surely(client_, std::move(session));
  }
  awaitable<void> abort(std::shared_ptr<Session> session) override { return Client::abort(client_, std::move(session)); }

  awaitable<void> backup(std::string) override { return refuse_backup(); }
  awaitable<void> close(Deadline deadline) override { return Client::close(client_, deadline); }

 private:
  const ClientPtr client_;
};

awaitable<std::shared_ptr<Driver>> open(std::string text, SrvSettings srv) {
  MongoUri uri = parse_uri(text);
  refuse_unsupported(uri);
  const auto executor = co_await boost::asio::this_coro::executor;
  std::chrono::seconds time_to_live{0};
  if (uri.srv) {
    const DnsAnswer answer = co_await ask_for_hosts(uri, srv);
    time_to_live = answer.time_to_live;
    uri = apply_srv(std::move(uri), answer.records, answer.texts, random_place);
    refuse_unsupported(uri);  // the TXT record may ask for what is not there, too
  }
  const bool watched = uri.srv;
  auto client = std::make_shared<Client>(executor, std::move(uri));
  std::shared_ptr<Driver> driver = std::make_shared<MongoDriver>(client);
  co_await Client::prepare(client);
  client->start();
  if (watched) client->watch_srv(std::move(srv), time_to_live);
  co_await Client::verify(client);
  co_return driver;
}

}  // namespace
}  // namespace mongodb

awaitable<std::shared_ptr<Driver>> open_mongodb(std::string uri) {
  return mongodb::open(std::move(uri), mongodb::SrvSettings());
}
awaitable<std::shared_ptr<Driver>> open_mongodb(std::string uri, mongodb::SrvSettings srv) {
  return mongodb::open(std::move(uri), std::move(srv));
}

}  // namespace kinship
