// TLS over a socket that never blocks: each call does what it can now, and says what it waits for.
// Not thread-safe: a channel calls it under its mutex. Sockets are read and written here, and never raise SIGPIPE.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "driver/mongodb/tls_context.hpp"

struct ssl_st;
struct ssl_session_st;
struct x509_store_ctx_st;

namespace kinship::mongodb {

/// `lost`: nothing more will come of it, see failure().
enum class TlsNeed : std::uint8_t { nothing, readable, writable, lost };

struct TlsStep {
  TlsNeed need{};
  std::size_t count{};  // bytes, when nothing is needed
};

class TlsStream {
 public:
  /// `host`: the name or address in the URI, which the server's certificate must be for. `server`: with which of its ports,
  /// for taking up an earlier session with it.
  TlsStream(std::shared_ptr<const TlsContext> context, std::string host, std::string server, int socket);
  TlsStream(const TlsStream&) = delete;
  /// Says goodbye if it can without waiting; the socket is the caller's to close, afterwards.
  ~TlsStream();

  /// Whether the handshake takes up an earlier session, if the server lets it.
  bool resumes() const noexcept { return resumes_; }
  TlsStep shake_hands();
  TlsStep read(void* bytes, std::size_t most);
  /// After `writable` the same bytes, or more, must be offered again.
  TlsStep write(const void* bytes, std::size_t size);

  /// Bytes of the server's have been taken from the socket that read() has not given out: do not wait for the socket.
  bool has_more() const noexcept;
  /// As read() of one byte, which stays: `readable` says that the other side is there and silent (tickets are no words).
  TlsNeed peek();
  /// A sentence: what was lost, and what helps.
  const std::string& failure() const noexcept { return failure_; }

  /// OpenSSL asks about each certificate of the server's chain.
  static int judge_certificate(int good, x509_store_ctx_st* certificates) noexcept;
  /// OpenSSL hands over a session that may be taken up later, as often as the server gives one. 1: it is ours.
  static int keep_session(ssl_st* ssl, ssl_session_st* session) noexcept;

 private:
  struct Socket {
    int handle{-1};
    int error{};
    bool ended{};
  };
  friend struct SocketBio;

  TlsStep outcome(int result, bool shaking_hands);
  std::string reason(bool shaking_hands);

  const std::shared_ptr<const TlsContext> context_;
  const std::string host_, server_;
  Socket socket_;
  ssl_st* ssl_{};
  bool resumes_{};       // offers an earlier session
  bool open_{};          // shaken hands, and not lost
  std::string verdict_;  // on the certificate, if it is refused
  std::string failure_;
};

}  // namespace kinship::mongodb
