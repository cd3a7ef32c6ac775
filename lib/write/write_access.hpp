// Reading and setting single fields of objects through their model, for the engine's writes.
// Values travel as BSON, so no write knows a C++ type.
#pragma once

#include <kinship/error.hpp>
#include <kinship/relationship/batch_load.hpp>
#include <kinship/value/value.hpp>

#include "engine/engine.hpp"
#include "model/model_info.hpp"
#include "model/object_fields.hpp"
#include "relationship/cohort.hpp"

namespace kinship::detail {

/// A field as it would be stored; missing for an absent optional. `keep` holds its bytes.
bson::ValueView field_value(const ModelInfo& model, const void* object, std::size_t index, bson::Document& keep);
void set_field(const ModelInfo& model, void* object, std::size_t index, bson::ValueView value);
void set_field(const ModelInfo& model, void* object, std::size_t index, const Value& value);

bson::Document encode_object(const ModelInfo& model, const void* object);
/// The index of a described member by its stored name.
std::size_t index_of(const ModelInfo& model, std::string_view stored);

/// The cohort of the object's members that carries what was read; null if there is none.
std::shared_ptr<Cohort> baseline_cohort(const ModelInfo& model, void* object, std::uint32_t& ordinal);

/// After a write that changed one field beside the object: the baseline holds it too. No query.
void rebase_field(const ScopePtr& scope, const ModelInfo& model, void* object, std::string_view field,
                  bson::ValueView value);

/// {"_id": key}
bson::Document by_id(const ModelInfo& model, const void* object);
/// Gives a nil ObjectId or Uuid key a value; false when the object has its key.
bool make_key(const ModelInfo& model, void* object);
/// Binds members to a cohort of one made of `document`.
void bind_alone(ScopePtr scope, const ModelInfo& model, void* object, bson::Document document);
Value now();

[[noreturn]] void fail(errc code, std::string sentence, const ModelInfo& model, const char* operation, std::string key = {});

}  // namespace kinship::detail
