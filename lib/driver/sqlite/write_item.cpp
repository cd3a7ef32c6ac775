// Inserting, and finding what an item is about before changing it: first all candidates, then the changes, so that a scan
// never meets what it moved.
#include "write_item.hpp"

#include <chrono>
#include <vector>

#include "scan.hpp"
#include "table_writer.hpp"
#include "upsert.hpp"

namespace kinship::sqlite {
namespace {

struct Found {
  std::int64_t rid;
  MatchDetails details;
};

std::vector<Found> find_rows(Connection& connection, const CollectionInfo& collection, const Matcher& matcher,
                             const std::string& hint, bool one, bool details_needed) {
  PlanWish wish;
  wish.hint = hint;
  const Plan plan = make_plan(collection, matcher, wish);
  std::vector<Found> rows;
  Scan scan(connection, collection, plan);
  MatchDetails details;
  while (scan.next()) {
    if (details_needed ? !matcher.matches(scan.document(), details) : !plan.exact && !matcher.matches(scan.document()))
      continue;
    rows.push_back({scan.rid(), details});
    if (one) break;
  }
  return rows;
}

bson::Document get(Connection& connection, const CollectionInfo& collection, std::int64_t rid) {
  Statement statement = connection.statement(Sql::get_document, collection.id);
  statement.bind(1, rid);
  if (!statement.step()) throw error(errc::store, "An index of " + collection.name + " names a document that is not there");
  return bson::Document(statement.document(0));
}

// Whether the document can be stored as it is: an _id of a plain type in front.
bool has_plain_id(bson::DocumentView document) {
  const auto first = document.begin();
  if (first == document.end() || first->name != "_id") return false;
  switch (first->value.type()) {
    case bson::Type::object_id:
    case bson::Type::string:
    case bson::Type::int32:
    case bson::Type::int64:
    case bson::Type::double_:
    case bson::Type::boolean:
    case bson::Type::date:
    case bson::Type::binary:
      return true;
    default:
      return false;
  }
}

bson::Document id_of(bson::DocumentView document) {
  bson::Builder builder;
  builder.append("_id", document.find("_id"));
  return builder.finish();
}

// Several documents change together or not at all.
class ItemSavepoint {
 public:
  ItemSavepoint(Connection& connection, bool needed) : connection_(connection), open_(needed) {
    if (open_) connection_.execute("SAVEPOINT item");
  }
  void keep() {
    if (open_) connection_.execute("RELEASE item");
    open_ = false;
  }
  ~ItemSavepoint() {
    if (!open_ || !connection_.in_transaction()) return;
    try {
      connection_.execute("ROLLBACK TO item; RELEASE item");
      connection_.forget_catalog();
      connection_.refresh();
    } catch (const std::exception&) {  // the transaction itself is failing then, and its owner rolls back
    }
  }

 private:
  Connection& connection_;
  bool open_;
};

void upsert(Connection& connection, const std::string& name, const WriteItem& item, const Change& change,
            std::size_t position, WriteReply& reply) {
  reply.upserted.emplace_back(position, insert_document(connection, name, change.inserted(item.filter)));
}

void update(Connection& connection, const std::string& name, const WriteItem& item, const std::string& hint,
            std::size_t position, WriteReply& reply) {
  const Matcher matcher = Matcher::compile(item.filter.view());
  const Change change(item.kind, item.document, item.array_filters);
  CollectionInfo* collection = connection.catalog().find(name);
  std::vector<Found> rows;
  if (collection != nullptr)
    rows = find_rows(connection, *collection, matcher, hint, item.kind != WriteKind::update_many, change.positional());
  if (rows.empty()) {
    if (item.upsert) upsert(connection, name, item, change, position, reply);
    return;
  }
  ItemSavepoint savepoint(connection, rows.size() > 1);
  TableWriter writer(connection, *collection);
  std::uint64_t modified = 0;
  for (const Found& row : rows) {
    connection.check();
    const bson::Document before = get(connection, *collection, row.rid);
    const UpdateResult result = change.apply(before, row.details);
    if (!result.modified) continue;
    check_storable(result.document);
    writer.replace(row.rid, before, result.document);
    ++modified;
  }
  savepoint.keep();
  reply.matched += rows.size();
  reply.modified += modified;
}

void remove(Connection& connection, const std::string& name, const WriteItem& item, const std::string& hint,
            WriteReply& reply) {
  const Matcher matcher = Matcher::compile(item.filter.view());
  CollectionInfo* collection = connection.catalog().find(name);
  if (collection == nullptr) return;
  const auto rows = find_rows(connection, *collection, matcher, hint, item.kind == WriteKind::delete_one, false);
  TableWriter writer(connection, *collection);
  for (const Found& row : rows) {
    connection.check();
    writer.remove(row.rid, get(connection, *collection, row.rid));
  }
  reply.deleted += rows.size();
}

}  // namespace

CollectionInfo& collection_for_insert(Connection& connection, const std::string& name) {
  if (CollectionInfo* found = connection.catalog().find(name)) return *found;
  if (name.empty() || name.find('\0') != std::string::npos || name.find('$') != std::string::npos)
    throw error(errc::invalid_query, "\"" + name + "\" cannot name a collection: use a non-empty name without $ and NUL");
  return connection.catalog().create(connection, name);
}

bson::Document insert_document(Connection& connection, const std::string& collection, bson::DocumentView document) {
  check_storable(document);
  CollectionInfo& info = collection_for_insert(connection, collection);
  TableWriter writer(connection, info);
  if (has_plain_id(document)) {
    writer.insert(document);
    return id_of(document);
  }
  const bson::Document prepared = prepare_insert(document);
  writer.insert(prepared);
  return id_of(prepared);
}

Change::Change(WriteKind kind, const bson::Document& document, const bson::Document& array_filters)
    : replacement_(document.view()),
      now_ms_(std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
                  .count()) {
  if (kind != WriteKind::replace_one) program_ = UpdateProgram::compile(document, array_filters);
}

UpdateResult Change::apply(bson::DocumentView before, const MatchDetails& details) const {
  return program_ ? program_->apply(before, details, false, now_ms_) : apply_replacement(before, replacement_);
}

bson::Document Change::inserted(bson::DocumentView filter) const {
  return program_ ? upsert_document(filter, *program_, now_ms_) : upsert_replacement(filter, replacement_);
}

void apply_item(Connection& connection, const std::string& collection, const WriteItem& item, const std::string& hint,
                std::size_t position, WriteReply& reply) {
  switch (item.kind) {
    case WriteKind::insert:
      insert_document(connection, collection, item.document);
      ++reply.inserted;
      return;
    case WriteKind::delete_one:
    case WriteKind::delete_many:
      return remove(connection, collection, item, hint, reply);
    default:
      return update(connection, collection, item, hint, position, reply);
  }
}

}  // namespace kinship::sqlite
