// The error of a change that a unique index forbids, with the values that collide.
#pragma once

#include <string>
#include <string_view>

#include <kinship/error.hpp>
#include <kinship/value/bson.hpp>

#include "catalog.hpp"

namespace kinship::sqlite {

class DuplicateKey : public error {
 public:
  /// `key` is the index key of `document` that was taken.
  DuplicateKey(const std::string& collection, const Index& index, bson::DocumentView document, std::string_view key);
  const bson::Document& key() const noexcept { return key_; }
  const std::string& index_name() const noexcept { return index_name_; }

 private:
  bson::Document key_;
  std::string index_name_;
};

}  // namespace kinship::sqlite
