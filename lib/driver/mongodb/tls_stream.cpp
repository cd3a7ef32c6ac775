// OpenSSL on a non-blocking socket. Its own socket BIO writes with write(), which raises SIGPIPE where the other side has
// gone: ours sends. Errors of OpenSSL's lie in a queue of the thread, so it is emptied before every call.
#include "driver/mongodb/tls_stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <climits>
#include <cstring>

#include "driver/mongodb/refuse.hpp"
#include "driver/mongodb/tls_certificate.hpp"

namespace kinship::mongodb {

/// A BIO over TlsStream::Socket.
struct SocketBio {
  using Socket = TlsStream::Socket;

  static Socket& socket_of(BIO* bio) { return *static_cast<Socket*>(::BIO_get_data(bio)); }

  static int moved(BIO* bio, ssize_t count, int retry) {
    ::BIO_clear_retry_flags(bio);
    if (count > 0) return static_cast<int>(count);
    if (count == 0) {
      socket_of(bio).ended = true;
      return 0;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
      ::BIO_set_flags(bio, retry | BIO_FLAGS_SHOULD_RETRY);
    else
      socket_of(bio).error = errno;
    return -1;
  }
  static int write(BIO* bio, const char* bytes, int size) {
    const auto count = ::send(socket_of(bio).handle, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL | MSG_DONTWAIT);
    return moved(bio, count, BIO_FLAGS_WRITE);
  }
  static int read(BIO* bio, char* bytes, int size) {
    const auto count = ::recv(socket_of(bio).handle, bytes, static_cast<std::size_t>(size), MSG_DONTWAIT);
    return moved(bio, count, BIO_FLAGS_READ);
  }
  static long control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF) return socket_of(bio).ended ? 1 : 0;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }
  static BIO_METHOD* make_method() {
    BIO_METHOD* made = ::BIO_meth_new(::BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "kinship socket");
    if (made == nullptr) return nullptr;
    ::BIO_meth_set_write(made, &SocketBio::write);
    ::BIO_meth_set_read(made, &SocketBio::read);
    ::BIO_meth_set_ctrl(made, &SocketBio::control);
    return made;
  }
  static BIO* make(Socket& socket) {
    static BIO_METHOD* const method = make_method();
    BIO* bio = method != nullptr ? ::BIO_new(method) : nullptr;
    if (bio == nullptr) return nullptr;
    ::BIO_set_data(bio, &socket);
    ::BIO_set_init(bio, 1);
    return bio;
  }
};

TlsStream::TlsStream(std::shared_ptr<const TlsContext> context, std::string host, std::string server, int socket)
    : context_(std::move(context)), host_(std::move(host)), server_(std::move(server)) {
  socket_.handle = socket;
  ssl_ = ::SSL_new(context_->get());
  BIO* const bio = ssl_ != nullptr ? SocketBio::make(socket_) : nullptr;
  bool good = bio != nullptr;
  if (good) {
    ::SSL_set_bio(ssl_, bio, bio);
    ::SSL_set_connect_state(ssl_);
    good = SSL_set_app_data(ssl_, this) == 1;
    boost::system::error_code no_number;
    boost::asio::ip::make_address(host_, no_number);
    X509_VERIFY_PARAM* const wanted = ::SSL_get0_param(ssl_);
    // A name in the subject counts for nothing: that is what subjectAltName is for.
    ::X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (!no_number)
      good = good && ::X509_VERIFY_PARAM_set1_ip_asc(wanted, host_.c_str()) == 1;
    else
      good = good && ::SSL_set_tlsext_host_name(ssl_, host_.c_str()) == 1 &&
             ::X509_VERIFY_PARAM_set1_host(wanted, host_.c_str(), 0) == 1;
  }
  if (good) {
    const TlsSession earlier = context_->sessions().find(server_);
    resumes_ = earlier && ::SSL_set_session(ssl_, earlier.get()) == 1;
    return;
  }
  ::SSL_free(ssl_);
  refuse(errc::unavailable, "OpenSSL does not begin a TLS connection (" + openssl_reason() + ")");
}

TlsStream::~TlsStream() {
  ::ERR_clear_error();
  // A server that went and a network that broke say nothing against the session, which OpenSSL would else not take up again.
  const bool told =
      (::SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0;  // of fatal alerts OpenSSL has drawn its conclusion
  if (!open_ && (told || socket_.ended || socket_.error != 0))
    ::SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  if (open_) ::SSL_shutdown(ssl_);
  ::SSL_free(ssl_);
  ::ERR_clear_error();
}

int TlsStream::judge_certificate(int good, x509_store_ctx_st* certificates) noexcept {
  if (good == 1) return 1;
  try {
    const int code = ::X509_STORE_CTX_get_error(certificates);
    const auto* ssl = static_cast<SSL*>(::X509_STORE_CTX_get_ex_data(certificates, ::SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* self = static_cast<TlsStream*>(SSL_get_app_data(ssl));
    const bool about_host = is_about_host(code);
    if (about_host ? self->context_->any_host() : self->context_->any_certificate()) return 1;
    self->verdict_ = certificate_trouble(code, ::X509_STORE_CTX_get_current_cert(certificates),
                                         ::X509_STORE_CTX_get_error_depth(certificates), self->host_);
  } catch (...) {  // no memory for a sentence: refused without one
  }
  return 0;
}

int TlsStream::keep_session(ssl_st* ssl, ssl_session_st* session) noexcept {
  try {
    const auto* self = static_cast<const TlsStream*>(SSL_get_app_data(ssl));
    self->context_->sessions().keep(self->server_, TlsSession(session));
  } catch (...) {  // no memory: it is freed
  }
  return 1;
}

TlsStep TlsStream::shake_hands() {
  ::ERR_clear_error();
  const int result = ::SSL_do_handshake(ssl_);
  if (result == 1) open_ = true;
  const TlsStep step = outcome(result, true);
  if (resumes_ && step.need == TlsNeed::lost) context_->sessions().give_up(server_);
  return step;
}

TlsStep TlsStream::read(void* bytes, std::size_t most) {
  ::ERR_clear_error();
  return outcome(::SSL_read(ssl_, bytes, static_cast<int>(std::min<std::size_t>(most, INT_MAX))), false);
}

TlsStep TlsStream::write(const void* bytes, std::size_t size) {
  ::ERR_clear_error();
  const TlsStep step = outcome(::SSL_write(ssl_, bytes, static_cast<int>(std::min<std::size_t>(size, INT_MAX))), false);
  if (step.need != TlsNeed::lost || socket_.error == 0) return step;
  // Before it closed the connection the server may have said why.
  socket_.error = 0;
  char byte;
  const std::string lost = failure_;
  ::ERR_clear_error();
  if (outcome(::SSL_read(ssl_, &byte, 1), false).need != TlsNeed::lost || ::SSL_get_shutdown(ssl_) == 0) failure_ = lost;
  return step;
}

bool TlsStream::has_more() const noexcept { return ::SSL_has_pending(ssl_) == 1; }

TlsNeed TlsStream::peek() {
  char byte;
  ::ERR_clear_error();
  return outcome(::SSL_peek(ssl_, &byte, 1), false).need;
}

TlsStep TlsStream::outcome(int result, bool shaking_hands) {
  TlsStep step;
  if (result > 0) {
    step.count = static_cast<std::size_t>(result);
    return step;
  }
  switch (::SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
      step.need = TlsNeed::readable;
      return step;
    case SSL_ERROR_WANT_WRITE:
      step.need = TlsNeed::writable;
      return step;
    default:
      break;
  }
  step.need = TlsNeed::lost;
  open_ = false;
  failure_ = reason(shaking_hands);
  return step;
}

std::string TlsStream::reason(bool shaking_hands) {
  const unsigned long code = ::ERR_peek_error();
  ::ERR_clear_error();
  if (!verdict_.empty()) return verdict_;
  const bool said = ERR_GET_LIB(code) == ERR_LIB_SSL && !socket_.ended;
  if (said) return tls_trouble(ERR_GET_REASON(code), context_->has_certificate());
  const std::string how = socket_.error != 0 ? std::string(" (") + std::strerror(socket_.error) + ")" : "";
  if (shaking_hands)
    return "the server closed the connection in the TLS handshake" + how +
           "; does it speak TLS on this port? If not, leave out tls=true";
  if (socket_.error != 0) return "the connection was lost" + how;
  return "the server closed the connection before its reply";
}

}  // namespace kinship::mongodb
