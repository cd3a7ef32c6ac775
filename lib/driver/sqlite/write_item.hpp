// One change of a collection's documents: which documents, and what becomes of them.
// Shared by writes and find-and-modify.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <kinship/driver/driver.hpp>

#include "connection.hpp"
#include "matcher.hpp"
#include "update.hpp"

namespace kinship::sqlite {

/// The collection, made on the first insert into it. Names that cannot be stored are `invalid_query`.
CollectionInfo& collection_for_insert(Connection& connection, const std::string& name);

/// Stores a document; returns its _id as {"_id": value}.
bson::Document insert_document(Connection& connection, const std::string& collection, bson::DocumentView document);

/// An update or replacement, compiled.
class Change {
 public:
  Change(WriteKind kind, const bson::Document& document, const bson::Document& array_filters);

  UpdateResult apply(bson::DocumentView before, const MatchDetails& details) const;
  /// What an upsert stores.
  bson::Document inserted(bson::DocumentView filter) const;
  bool positional() const noexcept { return program_ && program_->needs_match_details(); }

 private:
  std::optional<UpdateProgram> program_;  // none: a replacement
  bson::DocumentView replacement_;
  std::int64_t now_ms_;
};

void apply_item(Connection& connection, const std::string& collection, const WriteItem& item, const std::string& hint,
                std::size_t position, WriteReply& reply);

}  // namespace kinship::sqlite
