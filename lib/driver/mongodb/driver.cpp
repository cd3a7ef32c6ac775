// The seam's calls, each handed to its function.
// The last handle closes everything without waiting.
#include "driver/mongodb/driver.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <kinship/error.hpp>
#include <kinship/options.hpp>

#include "driver/mongodb/announcer.hpp"
#include "driver/mongodb/credential.hpp"
#include "driver/mongodb/driver_stats.hpp"
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

/// The last events are told before it returns, in any case within this.
constexpr std::chrono::milliseconds last_words(100);

awaitable<void> close_observed(ClientPtr client, std::shared_ptr<Announcer> announcer, Deadline deadline) {
  co_await Client::close(client, deadline);
  const Deadline soon = std::chrono::steady_clock::now() + last_words;
  co_await Announcer::flush(announcer, client->deadlines(), std::max(deadline, soon));
  announcer->clear();
}

class MongoDriver final : public Driver {
 public:
  MongoDriver(ClientPtr client, std::shared_ptr<Announcer> announcer)
      : client_(std::move(client)), announcer_(std::move(announcer)) {}
  ~MongoDriver() override {
    client_->drop();
    announcer_->clear();
  }

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
  awaitable<void> close(Deadline deadline) override { return close_observed(client_, announcer_, deadline); }

  std::shared_ptr<detail::Observers> observers() const override { return announcer_; }
  void add_stats(Stats& stats) const override {
    mongodb::add_stats(*client_, stats);
    stats.events_lost += announcer_->lost();
  }

 private:
  const ClientPtr client_;
  const std::shared_ptr<Announcer> announcer_;
};

awaitable<std::shared_ptr<Driver>> open(std::string text, SrvSettings srv,
                                        std::vector<std::shared_ptr<detail::Observer>> observers, bool lazy = false) {
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
  auto announcer = std::make_shared<Announcer>(executor);
  for (auto& observer : observers) announcer->add(std::move(observer));
  client->listen(announcer);
  std::shared_ptr<Driver> driver = std::make_shared<MongoDriver>(client, announcer);
  co_await Client::prepare(client);
  client->start();
  if (watched) client->watch_srv(std::move(srv), time_to_live);
  if (!lazy) co_await Client::verify(client);
  co_return driver;
}

}  // namespace
}  // namespace mongodb

awaitable<std::shared_ptr<Driver>> open_mongodb(std::string uri) {
  return mongodb::open(std::move(uri), mongodb::SrvSettings(), {});
}
awaitable<std::shared_ptr<Driver>> open_mongodb(std::string uri, std::vector<std::shared_ptr<detail::Observer>> observers,
                                                bool lazy) {
  return mongodb::open(std::move(uri), mongodb::SrvSettings(), std::move(observers), lazy);
}
awaitable<std::shared_ptr<Driver>> open_mongodb(std::string uri, mongodb::SrvSettings srv) {
  return mongodb::open(std::move(uri), std::move(srv), {});
}

}  // namespace kinship
