// Compiling a find and running it to its end, streamed or sorted.
// Rows of the scan are borrowed from SQLite's page and copied once, into the batch.
#include "find.hpp"

#include "cursor.hpp"
#include "store.hpp"

namespace kinship::sqlite {
namespace {

/// What a batch of a cursor holds at most, as MongoDB's: memory is bounded whatever the documents' size.
constexpr std::size_t most_batch_bytes = 16 * 1024 * 1024;

Batch sorted(Connection& connection, const CollectionInfo& collection, const FindQuery& query, const Plan& plan) {
  const auto& operation = query.operation;
  SortedDocuments kept(query.sorter, operation.limit == 0 ? 0 : operation.skip + operation.limit);
  Scan scan(connection, collection, plan);
  MatchDetails details;
  while (scan.next()) {
    if (!query.accepts(scan.document(), plan.exact, details)) continue;
    kept.add(scan.document(), scan.rid(), details);
  }
  connection.check();
  Results results(query.projected());
  const auto documents = kept.finish();
  for (std::size_t i = operation.skip; i < documents.size(); ++i) results.add(documents[i].document(), documents[i].details);
  return results.finish();
}

}  // namespace

FindQuery::FindQuery(FindOperation&& from, std::string_view index_hint)
    : operation(std::move(from)),
      hint(index_hint),
      matcher(Matcher::compile(operation.filter.view())),
      sorter(Sorter::compile(operation.sort)),
      sorts(!sorter.empty()) {
  if (operation.projection.empty()) return;
  projection = Projection::compile(operation.projection);
  if (projection->identity()) projection.reset();
  positional_ = projection && projection->needs_match_details();
}

PlanWish FindQuery::wish() const noexcept {
  PlanWish wish;
  if (sorts) wish.sort = &sorter;
  wish.limited = operation.limit != 0 || operation.batch_size != 0;
  wish.hint = hint;
  return wish;
}

bool in_order(const FindQuery& query, const Plan& plan) noexcept {
  return !query.sorts || (plan.sorted && plan.keys.size() <= 1);
}

FindStream::FindStream(Connection& connection, const CollectionInfo& collection, const FindQuery& query, Plan plan)
    : connection_(connection),
      query_(query),
      plan_(std::move(plan)),
      scan_(connection, collection, plan_),
      skip_(query.operation.skip),
      left_(query.operation.limit == 0 ? UINT64_MAX : query.operation.limit) {}

Batch FindStream::next(std::size_t count) {
  Results results(query_.projected());
  MatchDetails details;
  while (!ended_ && (count == 0 || (results.size() < count && results.bytes() < most_batch_bytes))) {
    if (!scan_.next()) {
      ended_ = true;
      break;
    }
    const bson::DocumentView document = scan_.document();
    if (!query_.accepts(document, plan_.exact, details)) continue;
    if (skip_ > 0) {
      --skip_;
      continue;
    }
    results.add(document, details);
    ended_ = --left_ == 0;
  }
  return results.finish();
}

Batch find_all(Connection& connection, const FindQuery& query) {
  const CollectionInfo* collection = connection.catalog().find(query.operation.collection);
  if (collection == nullptr) return {};
  if (query.operation.per_key) return find_per_key(connection, *collection, query);
  Plan plan = make_plan(*collection, query.matcher, query.wish());
  if (!in_order(query, plan)) return sorted(connection, *collection, query, plan);
  return FindStream(connection, *collection, query, std::move(plan)).next(0);
}

FindJob::FindJob(std::shared_ptr<Store> store, FindOperation operation)
    : Job(std::move(operation.context)), store_(std::move(store)), operation_(std::move(operation)) {}

void FindJob::run(Connection& connection) {
  const std::size_t count = operation_.batch_size;
  const bool pins = count != 0 && context().session == nullptr && !operation_.per_key;
  FindQuery query(std::move(operation_), context().hint);
  if (!pins) {
    reply.first = find_all(connection, query);
    if (count != 0) reply.cursor = cut(reply.first, count);
    return;
  }
  reply = open_cursor(store_, std::move(query), connection, *this);
}

}  // namespace kinship::sqlite
