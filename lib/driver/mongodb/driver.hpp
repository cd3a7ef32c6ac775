// MongoDB behind the seam: connect, and get a Driver. See client.hpp for how commands run.
// Sockets and timers live on the executor that awaits `open_mongodb`; completions go to whoever awaits an operation.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <kinship/driver/driver.hpp>

namespace kinship {

namespace detail {
struct Observer;
}

/// Opens a client for a `mongodb://` or `mongodb+srv://` URI and verifies that a server answers. Errors: `invalid_query`
/// (the URI), `unsupported` (what this driver refuses), `unauthorized`, `unavailable` (no server within
/// serverSelectionTimeoutMS).
awaitable<std::shared_ptr<Driver>> open_mongodb(std::string uri);
/// The same with observers that are told of everything from the start. `lazy`: no server is verified.
awaitable<std::shared_ptr<Driver>> open_mongodb(std::string uri, std::vector<std::shared_ptr<detail::Observer>> observers,
                                                bool lazy = false);

namespace mongodb {
struct SrvSettings;
}
/// With another way to DNS than the system's; for tests.
awaitable<std::shared_ptr<Driver>> open_mongodb(std::string uri, mongodb::SrvSettings srv);

}  // namespace kinship
