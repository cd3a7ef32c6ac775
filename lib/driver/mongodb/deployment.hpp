// The servers of a client: what is known of them, their pools and monitors, and the choice of one for an operation.
// Thread-safe. Snapshots are immutable; whoever finds no server waits until the next one.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "driver/mongodb/monitor.hpp"
#include "driver/mongodb/pool.hpp"
#include "driver/mongodb/selection.hpp"
#include "driver/mongodb/topology_change.hpp"
#include "driver/mongodb/topology_error.hpp"

namespace kinship::mongodb {

/// A server as operations see it.
struct Server {
  Address address{};
  std::shared_ptr<Pool> pool{};
  std::shared_ptr<Monitor> monitor{};
};

/// Which servers may take an operation.
struct Target {
  bool writes{true};
  ReadSelector read{};                   // if it does not write
  std::vector<Address> deprioritized{};  // where it failed just now
  const Server* only{};                  // no other will do
};

/// The topology at one moment, with the servers in it.
struct View {
  TopologyDescription topology{};
  std::vector<std::shared_ptr<Server>> servers{};  // as topology.servers
  std::shared_ptr<Server> primary{};               // the one for primary reads and for writes, if there is exactly one
};

struct LateReply {
  virtual ~LateReply() = default;
  virtual void late_reply(const std::shared_ptr<Server>& server, const Message& reply) = 0;
};

class Deployment final : public PoolObserver, public std::enable_shared_from_this<Deployment> {
 public:
  /// `listener` is told of connections and of changes of the topology; null: nobody is.
  Deployment(std::shared_ptr<Dialer> dialer, std::weak_ptr<LateReply> late, std::shared_ptr<EventListener> listener = {});

  void start();
  void stop();

  std::shared_ptr<const View> view() const;
  /// A server for the target, or null: none is known then.
  std::shared_ptr<Server> try_select(const View& view, const Target& target) const;
  /// Waits for one until `deadline` and serverSelectionTimeoutMS. Throws `unavailable` with what is known of each server.
  awaitable<std::shared_ptr<Server>> select(Target target, std::string operation, Deadline deadline);
  std::shared_ptr<Server> find(const Address& address) const;

  /// News of a server, from its monitor.
  void heard(MonitorNews news);
  /// The hosts DNS has now for a mongodb+srv name; at most `most` of them (0: all).
  void seed(std::vector<Address> hosts, std::size_t most);
  /// Whether it still goes by what DNS says: not known yet what it is, or a sharded cluster.
  bool takes_seeds() const;
  /// An operation or a handshake failed there.
  void failed(const OperationFailure& failure);

  void dial_failed(const Address& address, std::uint64_t generation, const std::exception_ptr& failure) override;
  void late_reply(const Address& address, const Message& reply) override;

 private:
  using Changed = std::vector<std::shared_ptr<Server>>;

  std::shared_ptr<Server> new_server(const Address& address);
  void replace(TopologyDescription topology, Changed& added, Changed& removed);
  static void settle(const Changed& added, const Changed& removed, const std::vector<std::weak_ptr<Pause>>& waiting);
  std::shared_ptr<Pause> wait_for_change(const std::shared_ptr<const View>& seen, Deadline until);
  void check_all() const;
  static awaitable<std::shared_ptr<Server>> select_of(std::shared_ptr<Deployment> self, Target target, std::string operation,
                                                      Deadline deadline);
  std::shared_ptr<Server> select_in(const View& view, const Target& target) const;

  const std::shared_ptr<Dialer> dialer_;
  const std::weak_ptr<LateReply> late_;
  const std::shared_ptr<EventListener> listener_;

  mutable std::mutex mutex_;
  std::shared_ptr<const View> view_;
  std::vector<std::weak_ptr<Pause>> waiting_;
  bool stopped_{};
};

}  // namespace kinship::mongodb
