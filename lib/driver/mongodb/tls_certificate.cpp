// Certificates to sentences. Names are those in subjectAltName, as they would have to be written in the URI.
// Alerts are numbered in RFC 8446; OpenSSL adds 1000.
#include "driver/mongodb/tls_certificate.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <memory>
#include <string_view>

namespace kinship::mongodb {
namespace {

namespace ip = boost::asio::ip;

std::string shown(const ASN1_STRING* text) {
  const std::string_view bytes(reinterpret_cast<const char*>(::ASN1_STRING_get0_data(text)),
                               static_cast<std::size_t>(std::max(0, ::ASN1_STRING_length(text))));
  std::string out(bytes.substr(0, 100));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c <= 0x20 || c >= 0x7f; }, '?');
  return out;
}

std::string address_text(const ASN1_STRING* bytes) {
  const auto* at = ::ASN1_STRING_get0_data(bytes);
  const int size = ::ASN1_STRING_length(bytes);
  if (size == 4) {
    ip::address_v4::bytes_type four;
    std::copy_n(at, 4, four.begin());
    return ip::address_v4(four).to_string();
  }
  if (size != 16) return "?";
  ip::address_v6::bytes_type sixteen;
  std::copy_n(at, 16, sixteen.begin());
  return ip::address_v6(sixteen).to_string();
}

// "db.example.com, 10.0.0.1"
std::string names_of(const X509* certificate) {
  if (certificate == nullptr) return "";
  const std::unique_ptr<GENERAL_NAMES, decltype(&::GENERAL_NAMES_free)> names(
      static_cast<GENERAL_NAMES*>(::X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      &::GENERAL_NAMES_free);
  std::string out;
  int listed = 0;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS && name->type != GEN_IPADD) continue;
    if (++listed > 5) return out + ", ...";
    out += (out.empty() ? "" : ", ");
    out += name->type == GEN_DNS ? shown(name->d.dNSName) : address_text(name->d.iPAddress);
  }
  return out;
}

std::string date_text(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ::ASN1_TIME_to_tm(time, &parts) != 1) return "a time that cannot be read";
  char text[32];
  return std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts) > 0 ? text : "?";
}

constexpr char for_tests[] = " (for tests, tlsAllowInvalidCertificates=true accepts any)";

}  // namespace

bool is_about_host(int code) noexcept {
  return code == X509_V_ERR_HOSTNAME_MISMATCH || code == X509_V_ERR_IP_ADDRESS_MISMATCH;
}

std::string certificate_trouble(int code, const x509_st* certificate, int depth, const std::string& host) {
  const std::string whose = depth == 0 ? "the server's certificate" : "a certificate above the server's";
  switch (code) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: {
      const std::string names = names_of(certificate);
      return whose +
             (names.empty() ? " names no host (it has no subjectAltName), so it is not for " + host
                            : " is for " + names + " and not for " + host) +
             ": connect by a name in it (for tests, tlsAllowInvalidHostnames=true accepts any)";
    }
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return whose + " expired on " + date_text(certificate ? ::X509_get0_notAfter(certificate) : nullptr) +
             ": it must be renewed" + for_tests;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return whose + " is not valid before " + date_text(certificate ? ::X509_get0_notBefore(certificate) : nullptr) +
             ": check the clocks" + for_tests;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_CERT_UNTRUSTED:
      return "the server's certificate is not from an authority this client trusts (" +
             std::string(::X509_verify_cert_error_string(code)) + "): name the authority's with tlsCAFile" + for_tests;
    default:
      return whose + " is not accepted (" + ::X509_verify_cert_error_string(code) + "): it must be replaced" + for_tests;
  }
}

std::string tls_trouble(int reason, bool has_certificate) {
  const char* text = ::ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, static_cast<unsigned long>(reason)));
  const std::string why = std::string(" (") + (text != nullptr ? text : "unknown reason") + ")";
  switch (reason) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_RECORD_TOO_SMALL:
    case SSL_R_UNKNOWN_PROTOCOL:
      return "what answers there does not speak TLS" + why + ": leave out tls=true, or give the port where the server does";
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return "the server speaks no TLS that is new enough" + why + ": it needs TLS 1.2 or 1.3";
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
      if (has_certificate)
        return "the server does not accept this client" + why + ": check the certificate in tlsCertificateKeyFile";
      return "the server does not accept this client" + why +
             ": if it wants a client's certificate, name one with tlsCertificateKeyFile";
    default:
      return "TLS failed" + why;
  }
}

}  // namespace kinship::mongodb
