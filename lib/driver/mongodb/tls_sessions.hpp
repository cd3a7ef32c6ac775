// TLS sessions a client takes up again with its next connection to the same server: no certificates are sent and judged a
// second time, which is most of what a handshake costs. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

struct ssl_session_st;

namespace kinship::mongodb {

struct FreeTlsSession {
  void operator()(ssl_session_st* session) const noexcept;
};
using TlsSession = std::unique_ptr<ssl_session_st, FreeTlsSession>;

class TlsSessions {
 public:
  /// The last one that `server` gave, or null. It stays for others: servers are well-known to whoever may read the network.
  TlsSession find(const std::string& server) const;
  void keep(const std::string& server, TlsSession session);
  /// A handshake that began with one failed: from now on every handshake with this server is a whole one.
  void give_up(const std::string& server);

 private:
  struct Kept {
    TlsSession last{};
    bool given_up{};
  };
  mutable std::mutex mutex_;
  std::map<std::string, Kept> kept_;
};

}  // namespace kinship::mongodb
