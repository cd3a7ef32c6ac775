// Control commands go over a plain driver to the front's control port, which is always there.
// Every test begins with a front that was reset, whatever the one before it left.
#include "mongodb/front.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <condition_variable>
#include <cstdlib>
#include <mutex>

#include "driver/mongodb/driver.hpp"
#include "driver/mongodb/operations.hpp"
#include "support/home_loop.hpp"
#include "support/mongodb_uri.hpp"
#include "support/race.hpp"

namespace kinship::test {

using Clock = std::chrono::steady_clock;

static const char* control_uri() { return std::getenv("KINSHIP_TEST_FRONT"); }

bool has_front() {
  if (control_uri() == nullptr) MESSAGE("skipped: only the front of test/servers can do what this test needs");
  return control_uri() != nullptr;
}

Front::Front() : control_(run_at_home(open_mongodb(control_uri()))) {
  tell(doc("frontReset", 1));
  const bson::Document status = tell(doc("replSetGetStatus", 1));
  for (const auto& member : status["members"].as_document())
    members_.emplace_back(member.value.as_document()["name"].as_string());
  log();
}

Front::~Front() { run(control_->close(Clock::now() + std::chrono::seconds(2))); }

bson::Document Front::tell(bson::Document command) const {
  bson::Builder out;
  for (const auto& field : command.view()) out.append(field.name, field.value);
  OperationContext context;
  context.deadline = Clock::now() + std::chrono::seconds(20);
  return run(control_->command(out.append_string("$db", "admin").finish(), std::move(context)));
}

void Front::tag(int member, const std::string& name, const std::string& value) const {
  tell(doc("frontSet", member, "tags", doc(name, value)));
}

void Front::fail(int member, const char* command, bson::Document how, int times) const {
  bson::Builder data;
  data.begin_array("failCommands").append_string("", command).end();
  for (const auto& field : how.view()) data.append(field.name, field.value);
  tell(doc("frontFail", member, "mode", doc("times", times), "data", data.finish()));
}

void Front::wait_for(int member, const char* command, int count) const {
  tell(doc("frontWait", member, "name", command, "count", count));
}

int Front::count(int member, const char* command) const {
  const bson::Document stats = tell(doc("frontStats", 1));
  const auto at = stats["members"].as_document()[std::to_string(member)].as_document();
  const bson::ValueView number = at["commands"].as_document()[command];
  return number.missing() ? 0 : number.as_int32();
}

int Front::replayed() const { return tell(doc("frontStats", 1))["replayed"].as_int32(); }

std::vector<bson::Document> Front::log(const std::string& name) const {
  std::vector<bson::Document> out;
  const bson::Document log = tell(doc("frontLog", 1));
  for (const auto& entry : log["commands"].as_document()) {
    const bson::DocumentView command = entry.value.as_document();
    const std::string got(command["name"].as_string());
    const bool asked = name.empty() ? got.substr(0, 5) != "front" : got == name;
    if (asked) out.emplace_back(command);
  }
  return out;
}

std::string Front::uri(const std::string& options) const { return mongodb_uri(options); }

std::string Front::uri_of_seed(int index, const std::string& options) const {
  return "mongodb://" + member(index) + "/seeded?" + options;
}

static awaitable<std::shared_ptr<mongodb::Client>> new_client(std::string uri) {
  co_return std::make_shared<mongodb::Client>(co_await boost::asio::this_coro::executor, mongodb::parse_uri(uri));
}

/// What was heard of the topology.
class Watched::Listener final : public mongodb::EventListener {
 public:
  void command(const mongodb::CommandEvent&) noexcept override {}
  void pool(const mongodb::PoolEvent&) noexcept override {}
  void topology(const mongodb::TopologyEvent& event) noexcept override {
    const std::lock_guard lock(mutex);
    newest = *event.after;
    for (const auto& [old, now] : event.change->servers)
      if (old->type != now->type) history.emplace_back(now->address.text(), type_name(now->type));
    changed.notify_all();
  }

  std::mutex mutex;
  std::condition_variable changed;
  mongodb::TopologyDescription newest;
  std::vector<std::pair<std::string, std::string>> history;
};

Watched::Watched(const std::string& uri) : client(run_at_home(new_client(uri))), listener_(std::make_shared<Listener>()) {
  client->listen(listener_);
  client->start();
}

Watched::~Watched() { run(mongodb::Client::close(client, Clock::now() + std::chrono::seconds(2))); }

void Watched::wait(const char* what, const Condition& condition) {
  std::unique_lock lock(listener_->mutex);
  const auto& newest = listener_->newest;
  const bool came = listener_->changed.wait_for(lock, std::chrono::seconds(20), [&] { return condition(newest); });
  REQUIRE_MESSAGE(came, "waited for " << std::string(what) << "; known: " << newest.text());
}

void Watched::wait_for_primary(const std::string& address) {
  wait("a primary", [&](const mongodb::TopologyDescription& topology) {
    const auto* primary = topology.primary();
    return primary != nullptr && primary->address.text() == address;
  });
}

void Watched::wait_until_all_known() {
  wait("three members", [](const mongodb::TopologyDescription& topology) {
    const auto known = [](const mongodb::ServerDescription& server) { return server.data_bearing(); };
    return topology.servers.size() == 3 && std::all_of(topology.servers.begin(), topology.servers.end(), known);
  });
}

std::vector<std::string> Watched::history(const std::string& address) {
  const std::lock_guard lock(listener_->mutex);
  std::vector<std::string> out;
  for (const auto& [server, type] : listener_->history)
    if (server == address) out.push_back(type);
  return out;
}

int Watched::insert(int id, const std::string& collection) {
  WriteOperation operation;
  operation.collection = collection;
  operation.items.push_back(insert_item(doc("_id", id)));
  return static_cast<int>(run(mongodb::write(client, std::move(operation))).inserted);
}

awaitable<void> Watched::increment(int id, Deadline deadline) {
  WriteOperation operation;
  operation.collection = "c";
  operation.context.deadline = deadline;
  operation.items.push_back(update_item(doc("_id", id), doc("$inc", doc("n", 1)), false, true));
  return run_void(mongodb::write(client, std::move(operation)));
}

std::uint64_t Watched::count(bson::Document filter) {
  CountOperation operation;
  operation.collection = "c";
  operation.filter = std::move(filter);
  return run(mongodb::count(client, std::move(operation)));
}

std::vector<bson::Document> Watched::find(bson::Document filter) {
  FindOperation operation = find_operation("c", std::move(filter));
  return copy(run(mongodb::find(client, operation)).first);
}

}  // namespace kinship::test
