// The document is found as a find with limit 1 would, in the same order, then changed like a write item.
// What is returned is the document before or after, projected.
#include "find_and_modify.hpp"

#include "extras.hpp"
#include "find.hpp"
#include "table_writer.hpp"
#include "write_item.hpp"

namespace kinship::sqlite {
namespace {

struct Target {
  std::int64_t rid;
  bson::Document document;
  MatchDetails details;
};

std::optional<Target> find_first(Connection& connection, const CollectionInfo& collection, const FindQuery& query) {
  const Plan plan = make_plan(collection, query.matcher, query.wish());
  Scan scan(connection, collection, plan);
  SortedDocuments first(query.sorter, 1);
  MatchDetails details;
  while (scan.next()) {
    if (!query.matcher.matches(scan.document(), details)) continue;
    if (in_order(query, plan)) return Target{scan.rid(), bson::Document(scan.document()), details};
    first.add(scan.document(), scan.rid(), details);
  }
  const auto found = first.finish();
  if (found.empty()) return std::nullopt;
  return Target{found[0].rid, bson::Document(found[0].document()), found[0].details};
}

FindQuery query_of(const FindAndModifyOperation& operation, std::string_view hint) {
  FindOperation find;
  find.collection = operation.collection;
  find.filter = operation.filter;
  find.sort = operation.sort;
  find.projection = operation.projection;
  find.limit = 1;
  return FindQuery(std::move(find), hint);
}

}  // namespace

void FindAndModifyJob::run(Connection& connection) {
  if (operation_.pipeline) refuse_pipeline();
  const FindQuery query = query_of(operation_, context().hint);
  const bool deletes = operation_.kind == WriteKind::delete_one;
  std::optional<Change> change;
  if (!deletes) change.emplace(operation_.kind, operation_.document, operation_.array_filters);
  CollectionInfo* collection = connection.catalog().find(operation_.collection);
  std::optional<Target> target;
  if (collection != nullptr) target = find_first(connection, *collection, query);
  Results results(query.projected());
  if (!target) {
    if (deletes || !operation_.upsert) return;
    const bson::Document document = change->inserted(operation_.filter);
    reply.upserted = insert_document(connection, operation_.collection, document);
    if (operation_.return_new) results.add(document);
    reply.document = results.finish();
    return;
  }
  reply.matched = true;
  TableWriter writer(connection, *collection);
  if (deletes) {
    writer.remove(target->rid, target->document);
    results.add(target->document, target->details);
  } else {
    const UpdateResult result = change->apply(target->document, target->details);
    if (result.modified) {
      check_storable(result.document);
      writer.replace(target->rid, target->document, result.document);
    }
    results.add(operation_.return_new ? result.document : target->document, target->details);
  }
  reply.document = results.finish();
}

}  // namespace kinship::sqlite
