// See random_documents.hpp.
#include "store/random_documents.hpp"

#include <cmath>
#include <set>

namespace kinship::test {
namespace {

constexpr const char* names[] = {"a", "b", "c"};

Value special(bson::Builder& builder) { return Value(builder.finish().view().begin()->value); }

}  // namespace

Value RandomDocuments::scalar() {
  bson::Builder builder;
  switch (below(24)) {
    case 0:
      return nullptr;
    case 1:
      return chance(50);
    case 2:
      return static_cast<double>(below(4)) + (chance(30) ? 0.5 : 0.0);
    case 3:
      return static_cast<std::int64_t>(below(3)) + (chance(30) ? (std::int64_t{1} << 53) : 0);
    case 4:
      return Decimal128::parse(chance(50) ? "1" : chance(50) ? "1.50" : "9007199254740993");
    case 5:
      return chance(50) ? std::nan("") : chance(50) ? -0.0 : -INFINITY;
    case 6:
      return std::string("a\0b", 1 + static_cast<std::size_t>(below(3)));
    case 7:
      return std::string(chance(50) ? "ab" : chance(50) ? "abc" : "b");
    case 8:
      return std::string();
    case 9:
      return special(builder.append_date("", below(3)));
    case 10:
      return special(builder.append_timestamp("", static_cast<std::uint64_t>(below(3))));
    case 11:
      return special(builder.append_binary("", static_cast<std::uint8_t>(below(2)), std::string_view("xyz", 1 + below(3))));
    case 12: {
      const std::uint8_t id[12] = {static_cast<std::uint8_t>(below(3))};
      return special(builder.append_object_id("", id));
    }
    case 13:
      return special(chance(50) ? builder.append_min_key("") : builder.append_max_key(""));
    case 14:
      return special(builder.append_regex("", chance(50) ? "^a" : "b", ""));
    default:
      return below(4);
  }
}

Value RandomDocuments::list(int depth) {
  bson::Builder builder;
  builder.begin_array("");
  for (int left = below(4); left > 0; --left) builder.append("", value(depth + 1).view());
  builder.end();
  return special(builder);
}

Value RandomDocuments::value(int depth) {
  const int kind = below(10);
  if (depth > 2 || kind < 5) return scalar();
  if (kind < 8) return list(depth);
  bson::Builder builder;
  for (const char* name : names)
    if (chance(50)) builder.append(name, value(depth + 1).view());
  if (chance(10)) builder.append("0", scalar().view());
  return Value(builder.finish());
}

bson::Document RandomDocuments::document(int id) {
  bson::Builder builder;
  builder.append_int32("_id", id);
  for (const char* name : names)
    if (chance(75)) builder.append(name, value().view());
  return builder.finish();
}

std::string RandomDocuments::path() {
  std::string out = names[below(3)];
  while (chance(35)) out += chance(20) ? "." + std::to_string(below(2)) : std::string(".") + names[below(3)];
  return out;
}

// A regular expression is a pattern here and no value; operators refuse it.
Value RandomDocuments::operand(int depth) {
  for (;;) {
    Value out = chance(70) ? scalar() : value(depth + 1);
    if (out.type() != bson::Type::regex) return out;
  }
}

Value RandomDocuments::condition(int depth) {
  bson::Builder out;
  static constexpr const char* comparisons[] = {"$eq", "$gt", "$gte", "$lt", "$lte", "$ne"};
  const int kind = below(14);
  if (kind < 6) {
    out.append(comparisons[kind], operand(depth).view());
    if (chance(40)) out.append(comparisons[1 + below(4)], operand(depth).view());
  } else if (kind < 9) {
    out.begin_array(kind == 8 ? "$nin" : "$in");
    for (int left = below(4); left > 0; --left) out.append("", operand(depth).view());
    out.end();
  } else if (kind == 9) {
    out.append_bool("$exists", chance(50));
  } else if (kind == 10) {
    out.append_string("$regex", chance(50) ? "^a" : chance(50) ? "^ab" : "b");
  } else if (kind == 11 && depth < 2) {
    out.append("$not", condition(depth + 1).view());
  } else if (kind == 12 && depth < 2) {
    out.append("$elemMatch", chance(50) ? condition(depth + 1).view() : Value(filter(depth + 1)).view());
  } else {
    out.begin_array("$all");
    for (int left = 1 + below(2); left > 0; --left) out.append("", operand(depth).view());
    out.end();
  }
  return Value(out.finish());
}

bson::Document RandomDocuments::filter(int depth) {
  bson::Builder out;
  if (depth < 2 && chance(25)) {
    out.begin_array(chance(60) ? "$or" : chance(60) ? "$and" : "$nor");
    for (int left = 1 + below(3); left > 0; --left) out.append("", Value(filter(depth + 1)).view());
    out.end();
  }
  std::set<std::string> taken;
  for (int left = below(3) + (depth > 0); left > 0; --left) {
    const std::string at = path();
    if (taken.insert(at).second) out.append(at, chance(40) ? operand(depth).view() : condition(depth).view());
  }
  return out.finish();
}

bson::Document RandomDocuments::index_keys() {
  bson::Builder out;
  std::set<std::string> taken;
  for (int left = 1 + below(3); left > 0; --left) {
    std::string at = path();
    if (taken.insert(at).second) out.append_int32(at, chance(50) ? 1 : -1);
  }
  return out.finish();
}

bson::Document RandomDocuments::sort_keys() {
  bson::Builder out;
  std::set<std::string> taken;
  for (int left = below(3); left > 0; --left) {
    std::string at = path();
    if (taken.insert(at).second) out.append_int32(at, chance(50) ? 1 : -1);
  }
  return out.append_int32("_id", chance(50) ? 1 : -1).finish();
}

}  // namespace kinship::test
