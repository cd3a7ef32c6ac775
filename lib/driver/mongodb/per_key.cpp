// A limit for each of many keys, in one command: the server finds each key's documents by itself.
// Results are {i: the key's place in the `$in`, d: the document}.
#include <algorithm>

#include <kinship/error.hpp>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/operations.hpp"
#include "driver/mongodb/pipeline.hpp"

namespace kinship::mongodb {

bson::ValueView keys_in(const bson::Document& filter, const std::string& field) {
  const bson::ValueView keys = read_document(filter[field])["$in"];
  if (keys.is(bson::Type::array)) return keys;
  throw error(errc::invalid_query, "Asking for each key of '" + field + "' needs {\"" + field +
                                       "\": {\"$in\": [...]}} at the top level of the filter");
}

// One document of the collection is enough to begin with: the keys are unwound out of it, and each looks its own up. An
// empty collection has none, and no results either. Results are {i: the key's place in the `$in`, d: the document}.
bson::Document per_key_pipeline(const FindOperation& operation) {
  const PerKey& per_key = *operation.per_key;
  bson::Builder out;
  begin_pipeline(out);
  add_number(out, "$limit", 1);
  begin_stage(out, "$project");
  out.append_int32("_id", 0).begin_document("k").begin_array("$literal");
  std::int32_t place = 0;
  for (const auto& key : keys_in(operation.filter, per_key.field).as_document())
    out.begin_document("").append_int32("i", place++).append("k", key.value).end();
  out.end().end();
  end_stage(out);
  out.begin_document("").append_string("$unwind", "$k").end();
  begin_stage(out, "$group");  // of equal keys the first counts
  out.append_string("_id", "$k.k").begin_document("i").append_string("$min", "$k.i").end();
  end_stage(out);
  begin_stage(out, "$sort");
  out.append_int32("i", 1);
  end_stage(out);
  begin_stage(out, "$lookup");
  out.append_string("from", operation.collection).append_string("localField", "_id");
  out.append_string("foreignField", per_key.field).append_string("as", "d").begin_array("pipeline");
  const bson::Document rest = without(operation.filter, per_key.field);
  if (!rest.empty()) add_stage(out, "$match", rest.view());
  if (!operation.sort.empty()) add_stage(out, "$sort", operation.sort.view());
  if (per_key.skip != 0) add_number(out, "$skip", per_key.skip);
  if (per_key.limit != 0) add_number(out, "$limit", per_key.limit);
  if (!operation.projection.empty()) add_stage(out, "$project", operation.projection.view());
  out.end();
  end_stage(out);
  out.begin_document("").append_string("$unwind", "$d").end();
  if (operation.skip != 0) add_number(out, "$skip", operation.skip);
  if (operation.limit != 0) add_number(out, "$limit", operation.limit);
  begin_stage(out, "$project");
  out.append_int32("_id", 0).append_int32("i", 1).append_int32("d", 1);
  end_stage(out);
  return finish_pipeline(out);
}

static bool excludes(bson::ValueView value) {
  return value.is(bson::Type::boolean) ? !value.as_bool() : read_integer(value) == 0;
}

// The projection of a whole document, for documents in the field d beside i.
static void add_projection_of_d(bson::Builder& pipeline, bson::DocumentView projection) {
  const bson::ValueView id = projection["_id"];
  const bool with_id = id.missing() || !excludes(id);
  bool includes = !id.missing() && with_id;
  for (const auto& field : projection)
    if (field.name != "_id") includes = !excludes(field.value);
  pipeline.begin_document("");
  if (includes) {
    pipeline.begin_document("$project").append_int32("i", 1);
    if (with_id) pipeline.append_int32("d._id", 1);
    for (const auto& field : projection)
      if (field.name != "_id") pipeline.append("d." + std::string(field.name), field.value);
  } else {
    pipeline.begin_array("$unset");
    for (const auto& field : projection)
      if (field.name != "_id" || !with_id) pipeline.append_string("", "d." + std::string(field.name));
  }
  pipeline.end().end();
}

bson::Document grouped_pipeline(const FindOperation& operation) {
  const PerKey& per_key = *operation.per_key;
  const bson::ValueView keys = keys_in(operation.filter, per_key.field);
  bson::Builder out;
  begin_pipeline(out);
  add_stage(out, "$match", operation.filter.view());
  if (!operation.sort.empty()) add_stage(out, "$sort", operation.sort.view());
  begin_stage(out, "$project");
  out.append_int32("_id", 0).append_string("d", "$$ROOT");
  append_asked_elements(out, "$" + per_key.field, keys);
  end_stage(out);
  out.begin_document("").append_string("$unwind", "$k").end();
  begin_stage(out, "$group");
  out.append_string("_id", "$k").begin_document("d").append_string("$push", "$d").end();
  end_stage(out);
  constexpr std::uint64_t everything = 1 << 30;  // a sum of two is a number still
  const std::uint64_t limit = per_key.limit == 0 ? everything : std::min(per_key.limit, everything);
  begin_stage(out, "$project");
  out.append_int32("_id", 0).begin_document("d").begin_array("$slice").append_string("", "$d");
  out.append_int32("", static_cast<std::int32_t>(std::min(per_key.skip, everything)));
  out.append_int32("", static_cast<std::int32_t>(limit)).end().end();
  out.begin_document("i").begin_array("$indexOfArray");
  out.begin_document("").append("$literal", keys).end().append_string("", "$_id").end().end();
  end_stage(out);
  begin_stage(out, "$sort");
  out.append_int32("i", 1);
  end_stage(out);
  out.begin_document("").append_string("$unwind", "$d").end();
  if (operation.skip != 0) add_number(out, "$skip", operation.skip);
  if (operation.limit != 0) add_number(out, "$limit", operation.limit);
  if (!operation.projection.empty()) add_projection_of_d(out, operation.projection.view());
  return finish_pipeline(out);
}

}  // namespace kinship::mongodb
