// News come in, snapshots come out, waiters are woken. Pools and monitors are begun and ended after the lock was let go.
// Choosing a server is in server_choice.cpp.
#include "driver/mongodb/deployment.hpp"

#include <algorithm>

#include <kinship/error.hpp>

namespace kinship::mongodb {

Deployment::Deployment(std::shared_ptr<Dialer> dialer, std::weak_ptr<LateReply> late,
                       std::shared_ptr<EventListener> listener)
    : dialer_(std::move(dialer)), late_(std::move(late)), listener_(std::move(listener)), view_(std::make_shared<View>()) {}

void Deployment::start() {
  Changed added, removed;
  {
    const std::lock_guard lock(mutex_);
    replace(initial_topology(dialer_->uri()), added, removed);
  }
  for (const auto& server : added) server->monitor->start();
}

void Deployment::stop() {
  std::shared_ptr<const View> last;
  std::vector<std::weak_ptr<Pause>> waiting;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    last = view_;
    waiting.swap(waiting_);
  }
  for (const auto& server : last->servers) {
    server->monitor->stop();
    server->pool->close();
  }
  for (const auto& weak : waiting)
    if (const auto pause = weak.lock()) pause->wake();
}

std::shared_ptr<const View> Deployment::view() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

std::shared_ptr<Server> Deployment::find(const Address& address) const {
  for (const auto& server : view()->servers)
    if (server->address == address) return server;
  return nullptr;
}

std::shared_ptr<Server> Deployment::new_server(const Address& address) {
  auto server = std::make_shared<Server>();
  server->address = address;
  server->pool = std::make_shared<Pool>(dialer_, address, pool_limits(dialer_->uri().options), weak_from_this(), listener_);
  Monitor::Heard heard = [weak = weak_from_this()](MonitorNews news) {
    if (const auto self = weak.lock()) self->heard(std::move(news));
  };
  server->monitor = std::make_shared<Monitor>(dialer_, address, std::move(heard));
  return server;
}

// With the lock.
void Deployment::replace(TopologyDescription topology, Changed& added, Changed& removed) {
  auto next = std::make_shared<View>();
  removed = view_->servers;
  for (const ServerDescription& description : topology.servers) {
    const auto known =
        std::find_if(removed.begin(), removed.end(), [&](const auto& old) { return old->address == description.address; });
    if (known != removed.end()) {
      next->servers.push_back(std::move(*known));
      removed.erase(known);
    } else {
      next->servers.push_back(new_server(description.address));
      added.push_back(next->servers.back());
    }
  }
  next->topology = std::move(topology);
  if (listener_ && listener_->hears(EventListener::servers)) {
    const TopologyChange change = compare(view_->topology, next->topology);
    if (change.any) listener_->topology({&view_->topology, &next->topology, &change});
  }
  const auto one = suitable_for_write(next->topology);
  if (one.size() == 1 && next->topology.incompatible.empty() && next->topology.type != TopologyType::sharded)
    next->primary = next->servers[static_cast<std::size_t>(one[0] - next->topology.servers.data())];
  view_ = std::move(next);
}

// After a change, without the lock: servers that went, servers that came, and who waited for news.
void Deployment::settle(const Changed& added, const Changed& removed, const std::vector<std::weak_ptr<Pause>>& waiting) {
  for (const auto& server : removed) {
    server->monitor->stop();
    server->pool->close();
  }
  for (const auto& server : added) server->monitor->start();
  for (const auto& weak : waiting)
    if (const auto pause = weak.lock()) pause->wake();
}

// A pool is made ready and paused together with what is known of its server, so that whoever selects it by a snapshot finds
// connections, or else a newer snapshot.
void Deployment::heard(MonitorNews news) {
  Changed added, removed;
  Pool::Emptied emptied;
  std::vector<std::weak_ptr<Pause>> waiting;
  std::shared_ptr<Server> server;
  const std::string why = news.description.error;
  const bool useless = news.description.type == ServerType::unknown;
  bool useful = false;
  if (listener_ && listener_->hears(EventListener::servers)) listener_->heartbeat(news.description);
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    const Address address = news.description.address;
    replace(apply(view_->topology, std::move(news.description)), added, removed);
    for (const auto& one : view_->servers)
      if (one->address == address) server = one;
    const ServerDescription* known = view_->topology.find(address);
    const bool single = view_->topology.type == TopologyType::single;
    useful = server && known && (known->data_bearing() || (single && known->type != ServerType::unknown));
    if (useful) server->pool->ready();
    if (server && useless) emptied = server->pool->empty(why, news.timed_out);
    waiting.swap(waiting_);
  }
  if (server) server->pool->finish(emptied);
  settle(added, removed, waiting);
  if (useful) server->pool->warm();
}

bool Deployment::takes_seeds() const {
  const TopologyType type = view()->topology.type;
  return type == TopologyType::unknown || type == TopologyType::sharded;
}

void Deployment::seed(std::vector<Address> hosts, std::size_t most) {
  Changed added, removed;
  std::vector<std::weak_ptr<Pause>> waiting;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    replace(apply_seeds(view_->topology, std::move(hosts), most), added, removed);
    waiting.swap(waiting_);
  }
  settle(added, removed, waiting);
}

void Deployment::failed(const OperationFailure& failure) {
  std::shared_ptr<Server> server;
  Verdict verdict;
  Changed added, removed;
  Pool::Emptied emptied;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    for (const auto& one : view_->servers)
      if (one->address == failure.address) server = one;
    if (!server) return;
    verdict = judge(view_->topology, server->pool->generation(), failure);
    if (verdict.mark_unknown)
      replace(apply(view_->topology, unknown_server(failure.address, verdict.text, verdict.topology_version)), added,
              removed);
    if (verdict.clear_pool) emptied = server->pool->empty(verdict.text, false);
  }
  server->pool->finish(emptied);
  // A server that streams says by itself what it has become, after the state its error speaks of; where there is no such
  // state, what it said last may be what it would say next.
  if (verdict.mark_unknown && !verdict.topology_version)
    server->monitor->cancel_check();
  else if (verdict.check_now || verdict.mark_unknown)
    server->monitor->check_now();
}

void Deployment::dial_failed(const Address& address, std::uint64_t generation, const std::exception_ptr& failure) {
  OperationFailure report;
  report.address = address;
  report.generation = generation;
  report.handshake_done = false;
  try {
    std::rethrow_exception(failure);
  } catch (const error& e) {
    if (e.code() == errc::cancelled) return;
    report.kind = e.code() == errc::timeout ? OperationFailure::Kind::timeout : OperationFailure::Kind::network;
    report.text = e.sentence();
  } catch (...) {
    return;
  }
  failed(report);
}

void Deployment::late_reply(const Address& address, const Message& reply) {
  const auto listener = late_.lock();
  const auto server = find(address);
  if (listener && server) listener->late_reply(server, reply);
}

}  // namespace kinship::mongodb
