// Entities by name. What an entity asks for and nobody has built is a reason to skip, in words.
// The seam has one database a client: the first that is named for it.
#include "spec/unified/world.hpp"

#include <stdexcept>

#include "spec/report.hpp"
#include "spec/unified/extras.hpp"

namespace kinship::spec {
namespace {

using Clock = std::chrono::steady_clock;

std::string option_text(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::set<std::string> names(const Json& entity, const char* field) {
  std::set<std::string> out;
  if (entity.contains(field))
    for (const Json& name : entity.at(field)) out.insert(name.get<std::string>());
  return out;
}

void only(const Json& entity, const char* what, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : entity.items())
    if (std::find(known.begin(), known.end(), name) == known.end()) throw Skip{"no " + std::string(what) + " has " + name};
}

std::shared_ptr<Recorder> recorder_of(const Json& entity) {
  auto ignored = names(entity, "ignoreCommandMonitoringEvents");
  ignored.insert("configureFailPoint");
  ignored.insert("endSessions");
  return std::make_shared<Recorder>(names(entity, "observeEvents"), std::move(ignored),
                                    entity.value("observeSensitiveCommands", false));
}

}  // namespace

World::World(boost::asio::any_io_executor executor, mongodb::MongoUri uri)
    : executor_(std::move(executor)), uri_(std::move(uri)) {}

ClientPtr World::new_client(const std::string& database, std::shared_ptr<Recorder> recorder, const Json& options) const {
  mongodb::MongoUri uri = uri_;
  if (!database.empty()) uri.database = database;
  if (!uri.options.heartbeat_frequency) uri.options.heartbeat_frequency = std::chrono::milliseconds(500);
  uri.options.server_selection_timeout = std::chrono::seconds(5);
  std::string query;
  for (const auto& [name, value] : options.items()) query += (query.empty() ? "" : "&") + name + "=" + option_text(value);
  mongodb::read_uri_options(query, uri.options, uri.warnings);
  auto client = std::make_shared<mongodb::Client>(executor_, std::move(uri));
  if (recorder) client->listen(std::move(recorder));
  client->start();
  return client;
}

void World::learn(const Json& entities) {
  for (const Json& entity : entities)
    if (entity.contains("database"))
      database_names_.try_emplace(entity.at("database").at("client"), entity.at("database").at("databaseName"));
}

OperationContext World::concerns(const Json& options) const {
  OperationContext out;
  only(options, "database or collection option", {"readConcern", "writeConcern", "readPreference"});
  if (options.contains("readConcern")) out.read_concern = seam_read_concern(options.at("readConcern"));
  if (options.contains("writeConcern")) set_write_concern(out, options.at("writeConcern"));
  if (options.contains("readPreference")) set_read_preference(out, options.at("readPreference"));
  return out;
}

bson::Document lsid_of(mongodb::MongoSession& session) {
  bson::Builder out;
  session.server_session().append_to(out);
  const bson::Document whole = out.finish();
  return bson::Document(whole["lsid"].as_document());
}

static OperationContext transaction_defaults(const Json& entity) {
  OperationContext out;
  if (!entity.contains("sessionOptions")) return out;
  const Json& options = entity.at("sessionOptions");
  only(options, "session option", {"defaultTransactionOptions", "causalConsistency", "snapshot", "defaultTimeoutMS"});
  const Json defaults = options.value("defaultTransactionOptions", Json::object());
  only(defaults, "transaction option", {"readConcern", "writeConcern", "readPreference", "maxCommitTimeMS"});
  if (defaults.contains("readConcern")) out.read_concern = seam_read_concern(defaults.at("readConcern"));
  if (defaults.contains("writeConcern")) set_write_concern(out, defaults.at("writeConcern"));
  if (defaults.contains("readPreference")) set_read_preference(out, defaults.at("readPreference"));
  if (defaults.contains("maxCommitTimeMS")) set_max_time(out, defaults.at("maxCommitTimeMS"));
  return out;
}

static bool is_ready(const ClientPtr& client, std::size_t connections) {
  for (const auto& server : client->deployment()->view()->servers)
    if (server->pool->statistics().idle >= connections) return true;
  return false;
}

awaitable<void> World::create(World* self, Json entity) {
  try {
    co_await create_of(self, &entity);
  } catch (const Skip& skip) {  // it matters to tests that use it
    self->unbuilt_[entity.begin().value().at("id")] = skip.reason;
  }
}

awaitable<void> World::create_of(World* self, const Json* described) {
  const Json& entity = *described;
  const std::string kind = entity.begin().key();
  const Json& what = entity.begin().value();
  const std::string id = what.at("id").get<std::string>();
  const Json options = what.value(kind + "Options", Json::object());
  if (kind == "client") {
    only(what, "client",
         {"id", "uriOptions", "useMultipleMongoses", "observeEvents", "ignoreCommandMonitoringEvents",
          "observeSensitiveCommands", "awaitMinPoolSizeMS"});
    TestClient client;
    client.id = id;
    client.recorder = recorder_of(what);
    client.client = self->new_client(self->database_names_[id], client.recorder, what.value("uriOptions", Json::object()));
    const ClientPtr connecting = client.client;
    const std::shared_ptr<Recorder> recorder = client.recorder;
    self->clients_[id] = std::move(client);
    const auto until = Clock::now() + std::chrono::milliseconds(what.value("awaitMinPoolSizeMS", 0));
    const std::size_t least = static_cast<std::size_t>(connecting->uri().options.min_pool_size.value_or(0));
    while (Clock::now() < until && !is_ready(connecting, least)) co_await recorder->wait(connecting->deadlines(), until);
  } else if (kind == "database") {
    self->databases_[id] = {&self->client(what.at("client")), what.at("databaseName"), self->concerns(options)};
  } else if (kind == "collection") {
    TestDatabase& database = self->database(what.at("database"));
    OperationContext context = self->concerns(options);
    if (context.read_concern.empty()) context.read_concern = database.context.read_concern;
    if (context.write_concern.empty()) context.write_concern = database.context.write_concern;
    if (!context.extras) context.extras = database.context.extras;
    self->collections_[id] = {&database, what.at("collectionName"), std::move(context)};
  } else if (kind == "session") {
    TestSession session;
    session.client = &self->client(what.at("client"));
    session.defaults = transaction_defaults(what);
    const ClientPtr client = session.client->client;
    // Whether there are sessions is known once a server is.
    mongodb::Target any;
    any.writes = false;
    any.read.mode = ReadPreference::nearest;
    auto known = client->deployment()->select(std::move(any), "session", Clock::now() + std::chrono::seconds(10));
    co_await std::move(known);
    const Json options_of_session = what.value("sessionOptions", Json::object());
    mongodb::MongoSession::Settings settings;
    settings.causal = options_of_session.value("causalConsistency", true);
    settings.snapshot = options_of_session.value("snapshot", false);
    settings.timeout = std::chrono::milliseconds(options_of_session.value("defaultTimeoutMS", 0));
    session.session = client->start_session(settings);
    self->values.lsids[id] = lsid_of(*session.session);
    self->sessions_[id] = std::move(session);
  } else {
    throw Skip{"no " + kind + " (GridFS, client-side encryption, threads) in this driver"};
  }
}

void World::check_built(const std::string& id) const {
  if (const auto reason = unbuilt_.find(id); reason != unbuilt_.end()) throw Skip{reason->second};
}

template <class T>
T& World::of(std::map<std::string, T>& all, const std::string& id) {
  if (const auto found = all.find(id); found != all.end()) return found->second;
  check_built(id);
  throw std::runtime_error("nobody made " + id);
}

TestClient& World::client(const std::string& id) { return of(clients_, id); }
TestDatabase& World::database(const std::string& id) { return of(databases_, id); }
TestCollection& World::collection(const std::string& id) { return of(collections_, id); }
TestSession& World::session(const std::string& id) { return of(sessions_, id); }
TestCursor& World::cursor(const std::string& id) { return of(cursors_, id); }

OperationContext World::context(Call& call, const OperationContext& of_object) {
  OperationContext out = of_object;
  if (call.has("collation")) out.collation = call.document("collation");
  if (const Json* limit = call.find("timeoutMS")) {
    const std::chrono::milliseconds given(limit->get<std::int64_t>());
    out.deadline = Clock::now() + (given.count() == 0 ? std::chrono::hours(24 * 365) : given);  // 0: without end
  }
  take_extras(call, out);
  if (const Json* preference = call.find("readPreference")) set_read_preference(out, *preference);
  if (const Json* id = call.find("session")) {
    out.session = session(id->get<std::string>()).session;
    if (!out.session) throw error(errc::invalid_query, "the session has ended");
  }
  return out;
}

std::vector<TestClient*> World::clients() {
  std::vector<TestClient*> out;
  for (auto& [id, client] : clients_) out.push_back(&client);
  return out;
}

awaitable<void> World::close(World* self) {
  self->cursors_.clear();
  self->sessions_.clear();
  for (TestClient* const one : self->clients()) {
    one->recorder->stop();
    const ClientPtr closing = one->client;
    co_await mongodb::Client::close(closing, Clock::now() + std::chrono::seconds(2));
  }
}

}  // namespace kinship::spec
