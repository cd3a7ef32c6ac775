// What a query must know about a model's stored fields: names, types, and what nests in what.
// The model layer fills one catalogue per model; conditions, updates and orders are resolved against it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kinship {

/// How a field's values are stored, as far as queries care. `any` takes everything (json members, an Id of open type).
enum class StoredKind : std::uint8_t {
  any,
  boolean,
  int32,
  int64,
  floating,
  string,
  object_id,
  uuid,
  date,
  decimal128,
  binary,
  enumeration,
  document,  // a described struct: `nested` says what is in it
  map        // free keys
};

/// "string", "ObjectId", "date", ...: for error texts.
std::string_view to_string(StoredKind kind) noexcept;

struct StoredType {
  StoredKind kind{StoredKind::any};
  bool array{};      // an array whose elements are of `kind`
  bool optional{};   // null is stored absent
  bool reference{};  // the key of another model (a BelongsTo, an id array)

  friend bool operator==(const StoredType&, const StoredType&) = default;
};

struct FieldCatalog;

struct FieldInfo {
  std::string member{};  // "author"
  std::string stored{};  // "author_id"; the key is "_id"
  StoredType type{};
  const FieldCatalog* nested{};  // of a described struct, or of the elements of an array of them; outlives the catalogue
};

/// The stored fields of one model or nested struct. Immutable once queries use it, then safe to share between threads.
struct FieldCatalog {
  std::string model{};
  std::vector<FieldInfo> fields{};

  /// By member or stored name; "id" and "_id" both find the key. Null: there is none.
  const FieldInfo* find(std::string_view name) const noexcept;
};

}  // namespace kinship
