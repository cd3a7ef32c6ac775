// What a Database hands on to the store as it is: raw collections and commands, in JSON.
// Apart from database.cpp, since JSON costs seconds to compile.
#include <kinship/collection.hpp>
#include <kinship/database.hpp>
#include <kinship/value/json.hpp>

#include "engine/observed_driver.hpp"

namespace kinship {

static awaitable<nlohmann::ordered_json> command_of(detail::ScopePtr given, bson::Document command) {
  const detail::ScopePtr scope = detail::effective(std::move(given));
  OperationContext context = scope->context();
  bson::Document reply = co_await scope->core->driver->command(std::move(command), std::move(context));
  co_return to_extended_json(reply.view());
}

Collection Database::collection(std::string name) const {
  return Collection(std::make_shared<detail::ObservedDriver>(detail::effective(scope_)), std::move(name));
}

awaitable<nlohmann::ordered_json> Database::command(const nlohmann::ordered_json& command) const {
  return command_of(scope_, from_extended_json(command));
}
}  // namespace kinship
