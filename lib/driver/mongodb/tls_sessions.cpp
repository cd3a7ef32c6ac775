// One session a server: whoever connects again wants the newest, whose ticket lives longest.
// OpenSSL counts references to sessions with atomics.
#include "driver/mongodb/tls_sessions.hpp"

#include <openssl/ssl.h>

namespace kinship::mongodb {

void FreeTlsSession::operator()(ssl_session_st* session) const noexcept { ::SSL_SESSION_free(session); }

TlsSession TlsSessions::find(const std::string& server) const {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(server);
  if (found == kept_.end() || !found->second.last || ::SSL_SESSION_is_resumable(found->second.last.get()) != 1)
    return nullptr;
  ::SSL_SESSION_up_ref(found->second.last.get());
  return TlsSession(found->second.last.get());
}

void TlsSessions::keep(const std::string& server, TlsSession session) {
  const std::lock_guard lock(mutex_);
  Kept& kept = kept_[server];
  if (!kept.given_up) kept.last.swap(session);  // the old one is freed by the caller, after the lock
}

void TlsSessions::give_up(const std::string& server) {
  const std::lock_guard lock(mutex_);
  Kept& kept = kept_[server];
  kept.given_up = true;
  kept.last.reset();
}

}  // namespace kinship::mongodb
