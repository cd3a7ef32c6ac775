// Options to an SSL_CTX. A file that cannot be used is an error here, not a handshake that fails later.
// The password of a key goes to OpenSSL and nowhere else.
#include "driver/mongodb/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstring>

#include "driver/mongodb/refuse.hpp"
#include "driver/mongodb/tls_stream.hpp"

namespace kinship::mongodb {
namespace {

[[noreturn]] void wrong_file(const char* option, const std::string& file, const std::string& what) {
  refuse(errc::invalid_query, std::string("the MongoDB URI's ") + option + "=" + file + " " + what);
}

struct KeyPassword {
  const std::string* given{};
  bool asked{};
};

// Without it, OpenSSL would ask at the terminal.
int give_password(char* buffer, int size, int, void* data) {
  auto* password = static_cast<KeyPassword*>(data);
  if (password == nullptr) return -1;
  password->asked = true;
  if (password->given == nullptr || password->given->size() > static_cast<std::size_t>(size)) return -1;
  std::memcpy(buffer, password->given->data(), password->given->size());
  return static_cast<int>(password->given->size());
}

}  // namespace

std::string openssl_reason() {
  const unsigned long code = ::ERR_peek_error();
  std::string text = "unknown reason";
  if (ERR_SYSTEM_ERROR(code))
    text = std::strerror(ERR_GET_REASON(code));
  else if (const char* reason = ::ERR_reason_error_string(code))
    text = reason;
  ::ERR_clear_error();
  return text;
}

TlsContext::TlsContext(const UriOptions& options) : context_(::SSL_CTX_new(::TLS_client_method())) {
  if (context_ == nullptr) refuse(errc::unavailable, "OpenSSL gives no TLS (" + openssl_reason() + ")");
  try {
    const bool insecure = options.tls_insecure.value_or(false);
    any_certificate_ = insecure || options.tls_allow_invalid_certificates.value_or(false);
    any_host_ = insecure || options.tls_allow_invalid_hostnames.value_or(false);
    ::SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
    ::SSL_CTX_set_options(context_, SSL_OP_NO_RENEGOTIATION);
    ::SSL_CTX_set_mode(context_,
                       SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    ::SSL_CTX_set_read_ahead(context_, 1);
    ::SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    ::SSL_CTX_sess_set_new_cb(context_, &TlsStream::keep_session);
    ::SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, &TlsStream::judge_certificate);
    trust(options);
    const auto& password = options.tls_certificate_key_file_password;
    if (options.tls_certificate_key_file) present(*options.tls_certificate_key_file, password ? &*password : nullptr);
  } catch (...) {
    ::SSL_CTX_free(context_);
    throw;
  }
}

TlsContext::~TlsContext() { ::SSL_CTX_free(context_); }

void TlsContext::trust(const UriOptions& options) {
  ::ERR_clear_error();
  if (!options.tls_ca_file) {
    ::SSL_CTX_set_default_verify_paths(context_);
    return;
  }
  // What is named is trusted, also if it is the certificate of an intermediate authority, or the server's own.
  ::X509_VERIFY_PARAM_set_flags(::SSL_CTX_get0_param(context_), X509_V_FLAG_PARTIAL_CHAIN);
  if (::SSL_CTX_load_verify_file(context_, options.tls_ca_file->c_str()) != 1)
    wrong_file("tlsCAFile", *options.tls_ca_file,
               "cannot be used (" + openssl_reason() + "): name a PEM file with the authority's certificate");
}

void TlsContext::present(const std::string& file, const std::string* password) {
  constexpr char option[] = "tlsCertificateKeyFile";
  ::ERR_clear_error();
  KeyPassword for_key{password, false};
  ::SSL_CTX_set_default_passwd_cb(context_, &give_password);
  ::SSL_CTX_set_default_passwd_cb_userdata(context_, &for_key);
  if (::SSL_CTX_use_certificate_chain_file(context_, file.c_str()) != 1)
    wrong_file(
        option, file,
        "cannot be used (" + openssl_reason() + "): name a PEM file with our certificate, then those above it, and the key");
  const bool key = ::SSL_CTX_use_PrivateKey_file(context_, file.c_str(), SSL_FILETYPE_PEM) == 1;
  ::SSL_CTX_set_default_passwd_cb_userdata(context_, nullptr);
  if (!key) {
    const std::string reason = openssl_reason();
    if (for_key.asked && password == nullptr)
      wrong_file(option, file, "holds a key that is encrypted: give its password with tlsCertificateKeyFilePassword");
    if (for_key.asked)
      wrong_file(option, file, "holds a key that tlsCertificateKeyFilePassword does not open (" + reason + ")");
    wrong_file(option, file, "holds no key that fits its certificate (" + reason + "): put both into the one PEM file");
  }
  if (::SSL_CTX_check_private_key(context_) != 1)
    wrong_file(option, file, "holds a key that is not that of its certificate (" + openssl_reason() + ")");
  has_certificate_ = true;
}

}  // namespace kinship::mongodb
