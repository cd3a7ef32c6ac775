// SASLprep by libidn, which keeps to Unicode 3.2 as the RFC does.
// Characters that Unicode 3.2 had not assigned are let through: passwords may be newer than the RFC.
#include "driver/mongodb/saslprep.hpp"

#include <stringprep.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "driver/mongodb/refuse.hpp"

namespace kinship::mongodb {

std::string saslprep(std::string_view password) {
  if (std::all_of(password.begin(), password.end(), [](char c) { return c >= 0x20 && c < 0x7f; }))
    return std::string(password);
  const auto wrong = [] {
    refuse(errc::invalid_query,
           "the password holds characters that SASLprep (RFC 4013) forbids; choose another one for this user");
  };
  if (password.find('\0') != std::string_view::npos) wrong();
  char* prepared = nullptr;
  const std::string text(password);
  // stringprep_profile() forbids unassigned code points unless told otherwise by the flag.
  const int status = stringprep_profile(text.c_str(), &prepared, "SASLprep", static_cast<Stringprep_profile_flags>(0));
  const std::unique_ptr<char, decltype(&std::free)> owner(prepared, &std::free);
  if (status != STRINGPREP_OK || prepared == nullptr) wrong();
  return std::string(prepared);
}

}  // namespace kinship::mongodb
