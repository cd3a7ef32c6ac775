// Aggregation pipelines, as they are built: stage by stage into one array.
// What the questions for many keys have in common.
#pragma once

#include <string>

#include <kinship/value/bson.hpp>

namespace kinship::mongodb {

/// The filter without its condition on `field`.
inline bson::Document without(const bson::Document& filter, const std::string& field) {
  bson::Builder out;
  for (const auto& element : filter.view())
    if (element.name != field) out.append(element.name, element.value);
  return out.finish();
}

inline void begin_stage(bson::Builder& pipeline, const char* name) { pipeline.begin_document("").begin_document(name); }
inline void end_stage(bson::Builder& pipeline) { pipeline.end().end(); }

inline void add_stage(bson::Builder& pipeline, const char* name, bson::DocumentView what) {
  pipeline.begin_document("").append(name, what).end();
}
inline void add_number(bson::Builder& pipeline, const char* name, std::uint64_t number) {
  pipeline.begin_document("").append_int64(name, static_cast<std::int64_t>(number)).end();
}

/// A pipeline is built as the one field of a document, and taken out of it.
inline void begin_pipeline(bson::Builder& out) { out.begin_array("p"); }
inline bson::Document finish_pipeline(bson::Builder& pipeline) {
  const bson::Document whole = pipeline.end().finish();
  return bson::Document(whole["p"].as_document());
}

/// {k: the value at `path`, of an array those of its elements that are among the keys, each once}. Missing is null.
inline void append_asked_elements(bson::Builder& out, const std::string& path, bson::ValueView keys) {
  out.begin_document("k").begin_array("$cond");
  out.begin_document("").append_string("$isArray", path).end();
  out.begin_document("").begin_array("$setIntersection").append_string("", path);
  out.begin_document("").append("$literal", keys).end().end().end();
  out.begin_array("").begin_document("").begin_array("$ifNull").append_string("", path).append_null("").end().end().end();
  out.end().end();
}

/// Whether an array has one element.
inline bool is_one(bson::ValueView array) {
  const bson::DocumentView elements = array.as_document();
  return !elements.empty() && ++elements.begin() == elements.end();
}

}  // namespace kinship::mongodb
