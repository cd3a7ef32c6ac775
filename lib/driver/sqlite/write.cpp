// The loop over a write's items.
// Errors of an item go into the reply; what ends the whole operation (disk full, cancelled) is thrown.
#include "write.hpp"

#include "duplicate_key.hpp"
#include "errors.hpp"
#include "extras.hpp"

namespace kinship::sqlite {
namespace {

WriteError error_of(std::size_t position, const error& e) {
  WriteError out;
  out.index = position;
  out.code = e.store_code() != 0 ? e.store_code() : 2;  // BadValue
  out.message = e.what();
  if (const auto* duplicate = dynamic_cast<const DuplicateKey*>(&e)) {
    out.key = duplicate->key();
    out.index_name = duplicate->index_name();
  }
  return out;
}

}  // namespace

void WriteJob::run(Connection& connection) {
  for (std::size_t i = 0; i < operation_.items.size(); ++i) {
    connection.check();
    try {
      if (operation_.items[i].pipeline || !operation_.items[i].more.empty()) check_extras(operation_.items[i]);
      apply_item(connection, operation_.collection, operation_.items[i], context().hint, i, reply);
    } catch (const error& e) {
      if (!is_item_error(e)) throw;
      reply.errors.push_back(error_of(i, e));
      if (operation_.ordered) return;
    }
  }
}

}  // namespace kinship::sqlite
