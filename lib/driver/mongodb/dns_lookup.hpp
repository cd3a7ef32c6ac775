// The SRV and TXT records of a mongodb+srv name, asked for by c-ares. `run` blocks its thread until the answers are there or
// `stop` is called; nothing here knows an event loop.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "driver/mongodb/srv.hpp"

namespace kinship::mongodb {

struct DnsQuestion {
  std::string service{};  // "_mongodb._tcp.cluster.example.com"
  std::string text{};     // "cluster.example.com"; empty: its TXT records are not asked for
  std::string server{};   // "127.0.0.1:5353", for tests; empty: the system's
};

struct DnsAnswer {
  std::vector<SrvRecord> records{};     // none: there are none
  std::vector<std::string> texts{};     // each with its strings joined
  std::chrono::seconds time_to_live{};  // the least of the SRV records
};

class DnsLookup {
 public:
  explicit DnsLookup(DnsQuestion question);
  ~DnsLookup();
  DnsLookup(const DnsLookup&) = delete;

  /// Throws `unavailable` when a server of DNS failed, or answered what is no answer. Once.
  void run();
  /// From any thread, at any time: `run` returns at once, with an error nobody wants.
  void stop() noexcept;
  /// After `run`.
  const DnsAnswer& answer() const noexcept { return answer_; }

 private:
  const DnsQuestion question_;
  int wake_{-1};  // an eventfd; readable: stop
  DnsAnswer answer_;
};

/// What the bytes of a reply say. Both throw `unavailable` for what is no proper reply.
DnsAnswer read_srv_reply(const unsigned char* bytes, int size, const std::string& name);
std::vector<std::string> read_txt_reply(const unsigned char* bytes, int size, const std::string& name);

}  // namespace kinship::mongodb
