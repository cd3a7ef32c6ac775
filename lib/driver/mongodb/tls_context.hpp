// What a client's TLS connections share: whom to trust, who we are, what to overlook. Made once per client.
// Thread-safe once it is made.
#pragma once

#include <memory>
#include <string>

#include "driver/mongodb/tls_sessions.hpp"
#include "driver/mongodb/uri_options.hpp"

struct ssl_ctx_st;

namespace kinship::mongodb {

class TlsContext {
 public:
  /// Reads certificate files (the system's bundle takes 20 ms): off the loop. Throws `invalid_query` that names the option
  /// and what is wrong with its file.
  explicit TlsContext(const UriOptions& options);
  TlsContext(const TlsContext&) = delete;
  ~TlsContext();

  ssl_ctx_st* get() const noexcept { return context_; }
  /// Whether a certificate of ours is at hand.
  bool has_certificate() const noexcept { return has_certificate_; }
  bool any_certificate() const noexcept { return any_certificate_; }
  bool any_host() const noexcept { return any_host_; }
  /// Of servers whose certificates were good, for this context's idea of good.
  TlsSessions& sessions() const noexcept { return sessions_; }

 private:
  void trust(const UriOptions& options);
  void present(const std::string& file, const std::string* password);

  ssl_ctx_st* context_;
  mutable TlsSessions sessions_;
  bool has_certificate_{}, any_certificate_{}, any_host_{};
};

/// The reason of the first error in OpenSSL's queue, which is emptied; "unknown reason" if there is none.
std::string openssl_reason();

}  // namespace kinship::mongodb
