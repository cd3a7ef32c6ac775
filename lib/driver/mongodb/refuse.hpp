// How the parts of the MongoDB driver that run before anything is sent say no.
// One place for the context these errors carry.
#pragma once

#include <string>
#include <utility>

#include <kinship/error.hpp>

namespace kinship::mongodb {

[[noreturn]] inline void refuse(errc code, std::string sentence, std::string operation = "connect") {
  ErrorContext context;
  context.operation = std::move(operation);
  throw error(code, std::move(sentence), std::move(context));
}

}  // namespace kinship::mongodb
