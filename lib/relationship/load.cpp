// The first co_await on a relationship: what is loaded is returned, else the sibling's window is loaded for all of it.
// A window's load runs detached from its awaiters, so a cancelled one leaves the others alone.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <kinship/error.hpp>

#include "engine/cancelled.hpp"
#include "relationship/children.hpp"
#include "relationship/load_state.hpp"

namespace kinship::detail {

namespace asio = boost::asio;

static awaitable<void> load_window(std::shared_ptr<Cohort> cohort, const RelationshipInfo* relationship,
                                   std::size_t window) {
  std::shared_ptr<const LoadedWindow> rows;
  std::exception_ptr failure;
  try {
    rows = co_await window_rows(cohort, relationship, window, Narrowing(), ModelPath());
  } catch (...) {
    failure = std::current_exception();
  }
  cohort->finish(*relationship, window, std::move(rows), failure);
}

static awaitable<LoadedRange> load_single(std::shared_ptr<Cohort> cohort, const RelationshipInfo* relationship,
                                          std::uint32_t ordinal) {
  const ScopePtr scope = effective(cohort->scope());
  OwnerKeys owners(*relationship);
  for (const auto& bytes : cohort->keep()) owners.keep(bytes);
  if (cohort->assigned()) owners.keep(cohort->assigned());
  owners.add_owner(cohort->key_document(ordinal));
  const std::uint32_t generation = cohort->generation(*relationship, ordinal);
  Fetched fetched = co_await fetch(scope, std::move(owners), Narrowing());
  std::vector<std::uint32_t> ordinals(1, ordinal);
  std::shared_ptr<const LoadedWindow> rows =
      co_await children_of(scope, cohort, relationship, std::move(fetched), std::move(ordinals), false);
  const LoadedRange range = rows->at(0);
  // Unloaded again meanwhile: this answer is of before.
  if (cohort->generation(*relationship, ordinal) == generation) cohort->set_single(*relationship, ordinal, range);
  co_return range;
}

[[noreturn]] static void throw_strict(const RelationshipInfo& relationship, const char* file, unsigned line) {
  ErrorContext context;
  context.model = relationship.owner->name;
  context.relationship = relationship.metadata.label();
  context.operation = "load";
  std::string where = file ? std::string(" at ") + file + ":" + std::to_string(line) : std::string();
  throw error(errc::strict_loading,
              relationship.metadata.label() + " is not loaded and may not load by itself" + where +
                  "; load it with the query, .with(&" + relationship.owner->name + "::" + relationship.metadata.name +
                  "), or by batch_load",
              std::move(context));
}

[[noreturn]] static void throw_not_selected(const RelationshipInfo& relationship) {
  ErrorContext context;
  context.model = relationship.owner->name;
  context.relationship = relationship.metadata.label();
  context.operation = "load";
  throw error(errc::invalid_query,
              "the field " + relationship.owner->name + "." + relationship.draft.foreign + " that " +
                  relationship.metadata.label() + " is loaded by was not selected; name it in select as well",
              std::move(context));
}

static awaitable<LoadedRange> load_missing(Handle handle) {
  const RelationshipInfo& relationship = required_info(handle);
  LoadedRange range;
  const Place place(handle, relationship);
  const std::shared_ptr<Cohort> cohort = place.cohort();
  const std::uint32_t ordinal = place.ordinal();
  const Fetch mode = relationship.metadata.config.fetch;
  const bson::ValueView key = owner_key(relationship, cohort->key_document(ordinal));
  if (key.missing() && cohort->partial()) throw_not_selected(relationship);
  if (key.missing() || key.is(bson::Type::null)) co_return range;  // no reference, no query
  if (cohort->strict() || mode == Fetch::strict) throw_strict(relationship, handle.file(), handle.line());
  if (mode == Fetch::single || cohort->unloaded(relationship, ordinal)) {
    range = co_await load_single(cohort, &relationship, ordinal);
    co_return range;
  }
  const std::size_t window = ordinal / cohort->window_size(relationship);
  bool claimed = false;
  const std::shared_ptr<Gate> gate = cohort->claim(relationship, window, claimed);
  if (claimed)
    asio::co_spawn(co_await asio::this_coro::executor, load_window(cohort, &relationship, window), asio::detached);
  try {
    co_await gate->wait();
  } catch (const error& e) {
    // A row that cannot be read fails the owner it belongs to, not its siblings: each looks for its own then.
    if (e.code() != errc::type_mismatch) throw;
  }
  if (!cohort->loaded(relationship, ordinal, false, range)) range = co_await load_single(cohort, &relationship, ordinal);
  co_return range;
}

static awaitable<LoadedRange> load_handle(Handle handle) {
  LoadedRange range;
  if (!rows_now(handle, required_info(handle), false, range)) range = co_await in_words(load_missing(std::move(handle)));
  co_return range;
}
awaitable<LoadedRange> load(Handle handle) { return load_handle(std::move(handle)); }

static awaitable<LoadedRange> links_of(Handle handle, const ModelInfo* join) {
  const RelationshipInfo& relationship = required_info(handle);
  if (relationship.join != join) {
    ErrorContext context;
    context.model = relationship.owner->name;
    context.relationship = relationship.metadata.label();
    context.operation = "links";
    throw error(errc::invalid_query,
                relationship.metadata.label() + " has no " + join->name + " rows: " +
                    (relationship.join ? "it goes through " + relationship.join->name + "; ask for links<" +
                                             relationship.join->name + ">()"
                                       : "it has no join model"),
                std::move(context));
  }
  const std::shared_ptr<Cohort> cohort = ManagerAccess::cohort(handle);
  const ScopePtr scope = effective(cohort->scope());
  OwnerKeys owners(relationship);
  for (const auto& bytes : cohort->keep()) owners.keep(bytes);
  owners.add_owner(cohort->key_document(ManagerAccess::ordinal(handle)));
  Fetched fetched = co_await fetch_links(scope, std::move(owners));
  LoadedRange range = co_await rows_of(scope, *join, std::move(fetched));
  co_return range;
}
awaitable<LoadedRange> load_links(Handle handle, const ModelInfo* join) {
  return in_words(links_of(std::move(handle), &linked(*join)));
}

}  // namespace kinship::detail
