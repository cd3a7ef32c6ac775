// Index tables are kept by difference: keys that stay are not touched.
// Instead of a savepoint per change, the few keys already written are taken back; that is several times cheaper.
#include "table_writer.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace kinship::sqlite {
namespace {

constexpr std::size_t largest_document = 16 * 1024 * 1024;

std::string_view bytes_of(bson::DocumentView document) {
  return {reinterpret_cast<const char*>(document.data()), document.size()};
}

}  // namespace

void check_storable(bson::DocumentView document) {
  if (document.size() <= largest_document) {
    bson::validate(document.data(), document.size());
    return;
  }
  ErrorContext context;
  context.store_code = 10334;
  throw error(
      errc::invalid_query,
      "The document has " + std::to_string(document.size()) + " bytes, more than the 16 MiB a document may have: split it",
      std::move(context));
}

bool TableWriter::add_key(const Index& index, std::string_view key, std::int64_t rid) {
  Statement insert = connection_.statement(Sql::insert_key, 0, index.id);
  insert.bind(1, key);
  insert.bind(2, rid);
  return insert.try_insert();
}

void TableWriter::remove_key(const Index& index, std::string_view key, std::int64_t rid) {
  Statement remove = connection_.statement(Sql::delete_key, 0, index.id);
  remove.bind(1, key);
  remove.bind(2, rid);
  remove.run();
}

void TableWriter::extract_keys(Index& index, bson::DocumentView document, IndexKeys& keys) {
  extract(index.spec, document, keys);
  if (keys.multikey && !index.multikey) connection_.catalog().set_multikey(connection_, index);
}

void TableWriter::take_back(std::int64_t rid, std::size_t from) {
  for (std::size_t i = done_.size(); i-- > from;) {
    if (done_[i].added)
      remove_key(*done_[i].index, done_[i].key, rid);
    else
      add_key(*done_[i].index, done_[i].key, rid);
  }
  done_.resize(from);
}

void TableWriter::insert(bson::DocumentView document) {
  done_.clear();
  Statement statement = connection_.statement(Sql::insert_document, collection_.id);
  statement.bind(1, bytes_of(document));
  statement.run();
  const std::int64_t rid = sqlite3_last_insert_rowid(connection_.handle());
  auto undo = [&] {
    take_back(rid, 0);
    Statement remove = connection_.statement(Sql::delete_document, collection_.id);
    remove.bind(1, rid);
    remove.run();
  };
  for (Index& index : collection_.indexes) {
    try {
      extract_keys(index, document, new_keys_);
    } catch (const error&) {
      undo();
      throw;
    }
    for (std::string& key : new_keys_.keys) {
      if (!add_key(index, key, rid)) {
        undo();
        throw DuplicateKey(collection_.name, index, document, key);
      }
      done_.push_back({&index, std::move(key), true});
    }
  }
}

void TableWriter::replace(std::int64_t rid, bson::DocumentView before, bson::DocumentView after) {
  done_.clear();
  for (Index& index : collection_.indexes) {
    try {
      extract_keys(index, after, new_keys_);
    } catch (const error&) {
      take_back(rid, 0);
      throw;
    }
    extract(index.spec, before, old_keys_);
    if (old_keys_.keys == new_keys_.keys) continue;
    const std::size_t mark = done_.size();
    for (std::string& key : old_keys_.keys) {
      if (std::binary_search(new_keys_.keys.begin(), new_keys_.keys.end(), key)) continue;
      remove_key(index, key, rid);
      done_.push_back({&index, key, false});
    }
    for (const std::string& key : new_keys_.keys) {
      if (std::binary_search(old_keys_.keys.begin(), old_keys_.keys.end(), key)) continue;
      if (!add_key(index, key, rid)) {
        take_back(rid, mark);
        take_back(rid, 0);
        throw DuplicateKey(collection_.name, index, after, key);
      }
      done_.push_back({&index, key, true});
    }
  }
  Statement update = connection_.statement(Sql::update_document, collection_.id);
  update.bind(1, rid);
  update.bind(2, bytes_of(after));
  update.run();
}

void TableWriter::remove(std::int64_t rid, bson::DocumentView document) {
  for (const Index& index : collection_.indexes) {
    extract(index.spec, document, old_keys_);
    for (const std::string& key : old_keys_.keys) remove_key(index, key, rid);
  }
  Statement remove = connection_.statement(Sql::delete_document, collection_.id);
  remove.bind(1, rid);
  remove.run();
}

}  // namespace kinship::sqlite
