// Server codes to error codes; see https://github.com/mongodb/mongo, src/mongo/base/error_codes.yml for the numbers.
#include "driver/write_failure.hpp"

#include <algorithm>
#include <utility>

#include <kinship/value/value.hpp>

namespace kinship::detail {

errc meaning_of_code(int code) noexcept {
  // 48 to 86: names, fields, indexes; 121: the collection's own validation; 168: pipelines; 10334: too large.
  constexpr int refused[] = {2, 9, 14, 28, 40, 48, 52, 54, 56, 57, 66, 67, 68, 72, 73, 85, 86, 121, 168, 10334};
  if (code == 11000) return errc::duplicate_key;
  if (code == 112) return errc::conflict;
  if (code == 115) return errc::unsupported;
  return std::find(std::begin(refused), std::end(refused), code) != std::end(refused) ? errc::invalid_query : errc::store;
}

namespace {

bool applied_something(const WriteReply& reply) {
  return reply.inserted + reply.modified + reply.deleted + reply.upserted.size() > 0;
}

}  // namespace

void throw_if_failed(const WriteReply& reply, const std::string& collection, ErrorContext context, bool in_transaction) {
  if (reply.errors.empty()) return;
  const WriteError& first = reply.errors.front();
  const errc code = meaning_of_code(first.code);
  std::string sentence = first.message;
  if (code == errc::duplicate_key) {
    context.key = describe(Value(first.key), 200);
    if (sentence.find(collection) == std::string::npos || sentence.find(first.index_name) == std::string::npos)
      sentence = "'" + collection + "' already has a document with this key in its unique index " + first.index_name +
                 ": use another value, or update that document";
  }
  if (reply.errors.size() > 1) sentence += " (and " + std::to_string(reply.errors.size() - 1) + " more items failed)";
  context.store_code = first.code;
  context.outcome = !in_transaction && applied_something(reply) ? Outcome::partial : Outcome::not_applied;
  throw error(code, std::move(sentence), std::move(context));
}

}  // namespace kinship::detail
