// A MongoDB connection string taken apart: mongodb://user:password@host1,host2/database?option=value, and mongodb+srv://.
// Nothing is looked up here: of a mongodb+srv URI `hosts` holds the one name whose SRV records name the servers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "driver/mongodb/address.hpp"
#include "driver/mongodb/uri_options.hpp"

namespace kinship::mongodb {

struct MongoUri {
  bool srv{};
  std::string srv_name{};        // of mongodb+srv: the name DNS is asked about; stays when srv.hpp has filled in the servers
  std::vector<Address> hosts{};  // in the order given
  std::optional<std::string> username{};
  std::optional<std::string> password{};  // "" was given as "user:@"
  std::string database{};                 // "": none was given
  UriOptions options{};
  std::vector<std::string> warnings{};  // sentences about options that were ignored

  bool tls() const noexcept { return options.tls.value_or(srv); }
  /// For messages: scheme, hosts and database, never a credential or an option.
  std::string text() const;
};

/// Throws `kinship::error` (`invalid_query`) that says what is wrong and how to write it, without any text of the URI but
/// names of options; so no part of a badly written password gets into a log.
MongoUri parse_uri(std::string_view uri);

}  // namespace kinship::mongodb
