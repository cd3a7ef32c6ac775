// What was wrong with a server's certificate, or with TLS itself, in sentences that say which option helps.
// What certificates hold comes from the other side: it is shortened, and only plain characters are shown.
#pragma once

#include <string>

struct x509_st;

namespace kinship::mongodb {

/// Whether OpenSSL's verification error is that the certificate is for somebody else.
bool is_about_host(int code) noexcept;

/// `depth`: 0 is the server's own certificate, the others are those of its authorities. `certificate` may be null.
std::string certificate_trouble(int code, const x509_st* certificate, int depth, const std::string& host);

/// Of a reason in OpenSSL's queue, mostly an alert that the server sent.
std::string tls_trouble(int reason, bool has_certificate);

}  // namespace kinship::mongodb
