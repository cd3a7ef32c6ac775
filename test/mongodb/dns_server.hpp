// A DNS server on loopback, by UDP and TCP on one port: a script says what each question is answered with, byte for byte.
// Replies are built here, so that they can be wrong in every way.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace kinship::test {

constexpr int srv = 33, txt = 16;
using Replies = std::vector<std::vector<std::uint8_t>>;

/// A cluster of the domain 0.0.1: its hosts need no look-up. Without TLS, which no script speaks.
inline std::string uri_of(const std::string& options = "") {
  return "mongodb+srv://cluster.0.0.1/?tls=false&serverSelectionTimeoutMS=2000" + options;
}

struct DnsQuery {
  std::vector<std::uint8_t> bytes{};
  std::string name{};
  int type{};
  bool tcp{};
};

class DnsServer {
 public:
  /// The replies to send, in order; none: silence. Called on the server's thread.
  using Script = std::function<Replies(const DnsQuery&)>;
  explicit DnsServer(Script script);
  ~DnsServer();
  DnsServer(const DnsServer&) = delete;

  /// "127.0.0.1:5353"
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  int questions() const { return questions_; }

 private:
  void serve();
  void answer_udp();
  void answer_tcp();

  Script script_;
  int udp_{-1}, tcp_{-1}, stop_[2]{-1, -1};
  int port_{};
  std::atomic<int> questions_{0};
  std::thread thread_;
};

/// A reply to a query: its question, then what is added.
class DnsReply {
 public:
  explicit DnsReply(const DnsQuery& query);

  DnsReply& srv(const std::string& target, int port, std::uint32_t time_to_live = 300);
  DnsReply& txt(const std::vector<std::string>& strings);
  /// An SRV record whose target is these bytes.
  DnsReply& raw_srv(const std::vector<std::uint8_t>& target, int port);
  /// 3: there is no such name; 2: the server failed.
  DnsReply& code(int code);
  DnsReply& truncated();
  /// Where in the reply the next byte will be.
  std::size_t at() const { return bytes_.size(); }

  const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  void record(int type, std::uint32_t time_to_live, const std::vector<std::uint8_t>& data);

  std::vector<std::uint8_t> bytes_;
};

}  // namespace kinship::test
