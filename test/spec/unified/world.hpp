// The entities of one test: clients with what they told, databases, collections, sessions, cursors.
// Made from createEntities; all of it ends with the test.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "driver/mongodb/client.hpp"
#include "driver/mongodb/operations.hpp"
#include "spec/unified/call.hpp"
#include "spec/unified/recorder.hpp"

namespace kinship::spec {

using mongodb::ClientPtr;

struct TestClient {
  std::string id{};
  ClientPtr client{};
  std::shared_ptr<Recorder> recorder{};
};

struct TestDatabase {
  TestClient* client{};
  std::string name{};
  OperationContext context{};  // its concerns
};

struct TestCollection {
  TestDatabase* database{};
  std::string name{};
  OperationContext context{};
};

struct TestSession {
  TestClient* client{};
  OperationContext defaults{};                       // of its transactions
  std::shared_ptr<mongodb::MongoSession> session{};  // null once it has ended
};

bson::Document lsid_of(mongodb::MongoSession& session);

struct TestCursor {
  FindReply reply{};
  std::size_t at{};
  bool endless{};  // an empty batch is not its end
};

class World {
 public:
  /// Clients go to the deployment of `uri`, on this executor.
  World(boost::asio::any_io_executor executor, mongodb::MongoUri uri);

  /// Learns which database each client is for (the seam has one a client) from a list of entities to be made later.
  void learn(const Json& entities);
  /// Makes what an element of createEntities asks for. What is not built throws Skip when it is used.
  static awaitable<void> create(World* self, Json entity);
  /// A client of the tests' own, which nobody watches.
  ClientPtr new_client(const std::string& database, std::shared_ptr<Recorder> recorder, const Json& options) const;

  /// Throws Skip if it is not built.
  void check_built(const std::string& id) const;
  bool is_client(const std::string& id) const { return clients_.contains(id); }
  bool is_database(const std::string& id) const { return databases_.contains(id); }
  bool is_collection(const std::string& id) const { return collections_.contains(id); }
  bool is_session(const std::string& id) const { return sessions_.contains(id); }
  bool is_cursor(const std::string& id) const { return cursors_.contains(id); }
  /// Each throws Skip for what is not built, std::runtime_error for a name nobody made.
  TestClient& client(const std::string& id);
  TestDatabase& database(const std::string& id);
  TestCollection& collection(const std::string& id);
  TestSession& session(const std::string& id);
  TestCursor& cursor(const std::string& id);

  void keep(const std::string& id, Value value) { values.values.insert_or_assign(id, std::move(value)); }
  void keep(const std::string& id, TestCursor cursor) { cursors_.insert_or_assign(id, std::move(cursor)); }

  /// Context for an operation: what its object says, then its own arguments (session, comment, hint, collation, ...).
  OperationContext context(Call& call, const OperationContext& of_object);
  std::vector<TestClient*> clients();
  /// Ends everything; clients are closed.
  static awaitable<void> close(World* self);

  UnifiedValues values{};
  std::vector<std::pair<TestClient*, std::string>> fail_points{};  // to be turned off

 private:
  static awaitable<void> create_of(World* self, const Json* entity);
  OperationContext concerns(const Json& options) const;
  template <class T>
  T& of(std::map<std::string, T>& all, const std::string& id);

  const boost::asio::any_io_executor executor_;
  const mongodb::MongoUri uri_;
  std::map<std::string, std::string> database_names_;  // by client
  std::map<std::string, TestClient> clients_;
  std::map<std::string, TestDatabase> databases_;
  std::map<std::string, TestCollection> collections_;
  std::map<std::string, TestSession> sessions_;
  std::map<std::string, TestCursor> cursors_;
  std::map<std::string, std::string> unbuilt_;  // with the reason
};

}  // namespace kinship::spec
