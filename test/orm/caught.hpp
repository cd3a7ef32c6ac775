// What a call threw, as values to check: `const Caught e = co_await caught(db.insert(x));`.
// Nothing thrown: `happened` is false.
#pragma once

#include <string>
#include <utility>

#include <kinship/error.hpp>
#include <kinship/fwd.hpp>

namespace kinship::test {

class Caught {
 public:
  Caught() = default;
  explicit Caught(const error& e)
      : happened(true),
        code(static_cast<errc>(e.code().value())),
        outcome(e.outcome()),
        text(e.what()),
        key(e.key()),
        relationship(e.relationship()) {}
  bool says(const char* part) const { return text.find(part) != std::string::npos; }

  bool happened{false};
  errc code{};
  Outcome outcome{};
  std::string text{};
  std::string key{};
  std::string relationship{};
};

template <class Task>
awaitable<Caught> caught(Task task) {
  Caught result;
  try {
    co_await std::move(task);
  } catch (const error& e) {
    result = Caught(e);
  }
  co_return result;
}

}  // namespace kinship::test
