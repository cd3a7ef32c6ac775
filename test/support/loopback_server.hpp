// Takes connections on a free port of the loopback and serves each on a thread of its own, with blocking sockets.
// Its end ends all of them and waits for their threads: a member of this type comes after what its threads use.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace kinship::test {

class LoopbackServer {
 public:
  /// Must not close the socket.
  using Serve = std::function<void(int socket)>;
  explicit LoopbackServer(Serve serve, bool ipv6 = false);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;

  int port() const { return port_; }
  bool stopping() const { return stopping_; }
  /// A socket that a thread opened itself: it ends with the others.
  void keep(int socket);

 private:
  void accept_all();

  const Serve serve_;
  int listener_, port_{};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace kinship::test
