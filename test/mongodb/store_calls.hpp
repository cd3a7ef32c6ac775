// Every operation of the seam once, as something that can be run against a collection and says what came of it: for tests
// that do the same to all of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <kinship/driver/driver.hpp>

namespace kinship::test {

struct StoreCall {
  const char* name;
  const char* command;  // what is sent, and in errors
  bool retried;         // tried once more after a network error, by default
  awaitable<std::string> (*run)(std::shared_ptr<Driver> driver, std::string collection);
};

const std::vector<StoreCall>& store_calls();

/// Five documents, for the calls to work on.
awaitable<void> fill_for_calls(std::shared_ptr<Driver> driver, std::string collection);

}  // namespace kinship::test
