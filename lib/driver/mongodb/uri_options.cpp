// Reads the options of a MongoDB URI one by one, then checks those that belong or do not belong together.
// Warnings and errors name options and what they take; values are never repeated, some of them are secrets.
#include "driver/mongodb/uri_options.hpp"

#include <algorithm>
#include <set>

#include "driver/mongodb/address.hpp"
#include "driver/mongodb/percent.hpp"
#include "driver/mongodb/refuse.hpp"
#include "driver/mongodb/uri_option_table.hpp"
#include "value/nearest.hpp"

namespace kinship::mongodb {
namespace {

[[noreturn]] void wrong(const std::string& what) { refuse(errc::invalid_query, "the MongoDB URI is not valid: " + what); }

std::string about(std::string_view option) { return "the MongoDB URI's option " + std::string(option); }

std::string unknown(const std::string& name, bool quote_names) {
  const bool quotable = quote_names && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
                          return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
                        });
  if (!quotable) return "an option of the MongoDB URI is unknown and was ignored";
  const auto names = uri_option_names();
  const std::string_view near = detail::nearest_name(name, names);
  return about(name) + " is unknown and was ignored" +
         (near.empty() ? std::string() : "; did you mean " + std::string(near) + "?");
}

class Reader {
 public:
  Reader(UriOptions& options, std::vector<std::string>& warnings, bool quote_names)
      : options_(options), warnings_(warnings), quote_names_(quote_names) {}

  void read(std::string_view pair) {
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0)
      wrong("an option after the ? has no name or no value; write ?name=value&name=value");
    const auto given_name = percent_decode(pair.substr(0, equals));
    const auto value = percent_decode(pair.substr(equals + 1));
    if (!given_name || !value) wrong("an option holds a % that is not followed by two hexadecimal digits; write % as %25");
    set(lower_case(*given_name), *value);
  }

  void check_together() const {
    constexpr std::string_view certificates = "tlsAllowInvalidCertificates", ocsp = "tlsDisableOCSPEndpointCheck",
                               revocation = "tlsDisableCertificateRevocationCheck", insecure = "tlsInsecure";
    exclude(insecure, "tlsAllowInvalidHostnames");
    for (const auto other : {certificates, revocation, ocsp}) exclude(insecure, other);
    exclude(certificates, revocation);
    exclude(certificates, ocsp);
    exclude(revocation, ocsp);
    if (!options_.proxy_host && (options_.proxy_port || options_.proxy_username || options_.proxy_password))
      wrong("proxyPort, proxyUsername and proxyPassword need proxyHost");
    if (options_.proxy_username.has_value() != options_.proxy_password.has_value())
      wrong("proxyUsername and proxyPassword go together");
    if (options_.app_name && options_.app_name->size() > 128) wrong("appName is longer than 128 bytes");
  }

 private:
  void set(const std::string& name, const std::string& value) {
    if (name == "wtimeout") return set_old_timeout(value);
    std::string_view spelling;
    const UriOptionRow* row = find_uri_option(name, spelling);
    if (row == nullptr) return warnings_.push_back(unknown(name, quote_names_));
    if (!given_.insert(name).second && name != "readpreferencetags") {
      if (name.starts_with("proxy")) wrong(std::string(spelling) + " is given twice");
      warnings_.push_back(about(spelling) + " is given twice; the last one counts");
    }
    if (name == "authsource" && value.empty())
      wrong("authSource is empty; name the database the user belongs to, or leave it out");
    const auto tls = options_.tls;
    const std::string expected = set_uri_option(*row, value, options_);
    if (!expected.empty()) warnings_.push_back(about(spelling) + " was ignored; it takes " + expected);
    if ((name == "tls" || name == "ssl") && given_.count("tls") && given_.count("ssl") && tls && tls != options_.tls)
      wrong("tls and ssl contradict each other; ssl is the old name of tls");
  }

  // The old name counts only where the new one is not given.
  void set_old_timeout(const std::string& value) {
    warnings_.push_back(about("wtimeout") + " is deprecated; write wTimeoutMS");
    std::string_view spelling;
    if (!given_.count("wtimeoutms")) set_uri_option(*find_uri_option("wtimeoutms", spelling), value, options_);
  }

  void exclude(std::string_view one, std::string_view other) const {
    if (given_.count(lower_case(one)) && given_.count(lower_case(other)))
      wrong(std::string(one) + " and " + std::string(other) + " exclude each other; leave one of them out");
  }

  UriOptions& options_;
  std::vector<std::string>& warnings_;
  bool quote_names_;
  std::set<std::string> given_{};  // in lower case
};

}  // namespace

void read_uri_options(std::string_view query, UriOptions& options, std::vector<std::string>& warnings, bool quote_names) {
  if (query.empty()) return;
  Reader reader(options, warnings, quote_names);
  for (;;) {
    const auto end = query.find('&');
    reader.read(query.substr(0, end));
    if (end == std::string_view::npos) break;
    query.remove_prefix(end + 1);
  }
  reader.check_together();
}

}  // namespace kinship::mongodb
