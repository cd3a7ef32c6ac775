// Finds in the document the values that made a key, for the text and the reply.
// Of an array it is the element that collided, if the index has this one field.
#include "duplicate_key.hpp"

#include <kinship/value/value.hpp>

#include "key_encoding.hpp"

namespace kinship::sqlite {
namespace {

constexpr int duplicate_key_code = 11000;

bson::Document key_document(const IndexSpec& spec, bson::DocumentView document, std::string_view key) {
  bson::Builder builder;
  for (const IndexField& field : spec.fields) {
    bson::ValueView found, first;
    std::string encoded;
    walk(field.path, document, Leaf::expand, [&](const Visited& visited) {
      if (first.missing()) first = visited.value;
      encoded.clear();
      append_key(encoded, visited.value, field.descending);
      if (spec.fields.size() != 1 || encoded != key) return false;
      found = visited.value;
      return true;
    });
    if (found.missing()) found = first;
    if (found.missing())
      builder.append_null(field.path.text());
    else
      builder.append(field.path.text(), found);
  }
  return builder.finish();
}

ErrorContext context_of(const bson::Document& key) {
  ErrorContext context;
  context.key = describe(bson::ValueView(bson::Type::document, key.view().data(), key.view().size()));
  context.store_code = duplicate_key_code;
  return context;
}

}  // namespace

DuplicateKey::DuplicateKey(const std::string& collection, const Index& index, bson::DocumentView document,
                           std::string_view key)
    : error(errc::duplicate_key,
            "E11000 duplicate key: collection " + collection + " already has a document with this key in its unique index " +
                index.name + ": use another value, or update that document",
            context_of(key_document(index.spec, document, key))),
      key_(key_document(index.spec, document, key)),
      index_name_(index.name) {}

}  // namespace kinship::sqlite
