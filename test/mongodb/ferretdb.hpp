// Where test/servers/ferretdb.sh has started its servers, and URIs to them.
// The user root has the password "rootpw"; the servers other than `users` let everybody in.
#pragma once

#include <string>

#include "mongodb/certificates.hpp"

namespace kinship::test {

/// False where the tests run without them: then each says that it is skipped.
bool has_ferretdb();

/// A variable that ferretdb.sh sets, without its prefix: "TLS_PORT".
std::string ferretdb(const char* name);

/// mongodb://CREDENTIAL@HOST:PORT/test?OPTIONS and what short tests want; `port` is a variable. "" for no credential.
std::string ferretdb_uri(const std::string& credential, const char* port, const std::string& options = "",
                         const std::string& host = "127.0.0.1");

/// What opening the URI and finding something there throws; "" for nothing. Checks the code, and that no password of these
/// tests is in the text.
std::string failure_of(const std::string& uri, int code);

}  // namespace kinship::test
