// What a test says of a loop that was watched: figures always, and a failure beyond the limit.
// Apart from the watch itself, so that Asio and doctest meet in no file.
#pragma once

#include <doctest/doctest.h>

#include "support/stall_watch.hpp"

namespace kinship::test {

inline void check_stalls(const Stalls& stalls) {
  MESSAGE("longest gap " << stalls.longest_gap << " ms, handler " << stalls.longest_handler << " ms, blocked "
                         << stalls.longest_blocked << " ms; " << stalls.handlers << " handlers, " << stalls.ticks
                         << " ticks");
  CHECK(stalls.longest_gap <= stall_limit());
  CHECK(stalls.longest_blocked <= stall_limit());
}

}  // namespace kinship::test
