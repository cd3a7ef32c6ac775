// mongodb+srv after DNS was asked: the first look-up, which gives the hosts, and later ones, by which mongos servers that
// come and go are noticed ("Polling SRV Records for mongos Discovery"). Runs on the client's executor; nothing blocks it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <mutex>

#include "driver/mongodb/dns_lookup.hpp"
#include "driver/mongodb/pause.hpp"

namespace kinship::mongodb {

class Deployment;

/// Tests ask a server of their own, and do not wait a minute.
struct SrvSettings {
  std::string server{};  // "127.0.0.1:5353"; empty: the system's
  std::chrono::milliseconds least_wait{std::chrono::seconds(60)};
};

/// What DNS has for the name now, options of the TXT record among it. Asks within connectTimeoutMS. Throws `unavailable` or
/// `timeout`, with the name; a cancelled one ends at once.
awaitable<DnsAnswer> ask_for_hosts(MongoUri uri, SrvSettings settings);
/// A number below `end`.
std::size_t random_place(std::size_t end);

class SrvWatch : public std::enable_shared_from_this<SrvWatch> {
 public:
  SrvWatch(boost::asio::any_io_executor executor, std::shared_ptr<Deadlines> deadlines, std::shared_ptr<const MongoUri> uri,
           SrvSettings settings, std::weak_ptr<Deployment> deployment);

  /// The first look-up after `time_to_live`, a minute at least. Ends by itself when the deployment is no sharded cluster.
  void start(std::chrono::seconds time_to_live);
  void stop();

 private:
  using Wait = std::chrono::milliseconds;

  static awaitable<void> run(std::shared_ptr<SrvWatch> self, Wait wait);
  static awaitable<void> rest(std::shared_ptr<SrvWatch> self, Wait wait);
  static awaitable<Wait> ask(std::shared_ptr<SrvWatch> self, std::shared_ptr<DnsLookup> lookup);
  std::shared_ptr<DnsLookup> new_lookup();
  Wait heartbeat() const;
  bool wanted() const;

  const boost::asio::any_io_executor executor_;
  const std::shared_ptr<Deadlines> deadlines_;
  const std::shared_ptr<const MongoUri> uri_;
  const SrvSettings settings_;
  const std::weak_ptr<Deployment> deployment_;

  mutable std::mutex mutex_;
  bool stopped_{};
  std::shared_ptr<Pause> pause_;
  std::shared_ptr<DnsLookup> lookup_;
};

}  // namespace kinship::mongodb
