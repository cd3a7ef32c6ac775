// The whole of a copy: survey, check, indexes, documents.
// What is refused is refused before the first document is written.
#include <kinship/copy_database.hpp>
#include <kinship/database.hpp>
#include <kinship/value/value.hpp>

#include "copy/copy.hpp"
#include "engine/cancelled.hpp"

namespace kinship {
namespace detail {

void refuse_copy(errc code, std::string sentence) {
  ErrorContext context;
  context.operation = "copy_database";
  throw error(code, std::move(sentence), std::move(context));
}

std::string shown_id(bson::DocumentView document) { return describe(Value(document["_id"]), 200); }

namespace {

// The handle's scope without what would change the meaning of a copy's own queries.
ScopePtr scope_for(const ScopePtr& given, bool source) {
  auto scope = std::make_shared<Scope>(*effective(given));
  if (scope->in_transaction())
    refuse_copy(errc::invalid_query, "a copy cannot be part of a transaction: give copy_database the plain database");
  scope->options.hint({}).collation({});
  if (!source) scope->options.read_preference(ReadPreference::primary);  // it must see what it wrote
  return scope;
}

awaitable<CopyResult> run_copy(ScopePtr from, ScopePtr to, CopyOptions options) {
  Copy copy;
  copy.from = scope_for(from, true);
  copy.to = scope_for(to, false);
  copy.options = std::move(options);
  if (copy.from->core == copy.to->core)
    refuse_copy(errc::invalid_query, "copy_database was given one database as both sides: connect to another one as target");
  co_await survey(&copy);
  if (copy.options.existing() == Existing::refuse) co_await check_existing(&copy);
  co_await copy_indexes(&copy);
  copy.options.report(copy.progress);
  for (const CollectionCopy& collection : copy.collections) co_await copy_documents(&copy, &collection);
  copy.result.collections = copy.collections.size();
  copy.result.documents = copy.progress.documents;
  copy.result.bytes = copy.progress.bytes;
  co_return copy.result;
}

}  // namespace
}  // namespace detail

awaitable<CopyResult> copy_database(Database from, Database to, CopyOptions options) {
  return detail::in_words(detail::run_copy(from.scope(), to.scope(), std::move(options)), detail::Leaves::unknown);
}

}  // namespace kinship
