// The texts of decoding errors: model, dotted path, what was found, what was expected, and what to do about it.
// Built only when something is wrong.
#include <kinship/error.hpp>
#include <kinship/value/decode_site.hpp>
#include <kinship/value/field_type.hpp>
#include <kinship/value/value.hpp>

namespace kinship {

std::string_view to_string(FieldKind kind) noexcept {
  constexpr std::string_view names[] = {"any",        "boolean", "integer", "floating", "string", "ObjectId", "Uuid", "date",
                                        "Decimal128", "Binary",  "Id",      "object",   "array",  "map",      "JSON"};
  return names[static_cast<std::size_t>(kind)];
}

std::string DecodeSite::path() const {
  std::string text = parent_ != nullptr ? parent_->path() : std::string();
  if (!text.empty()) text += '.';
  if (index_ != static_cast<std::size_t>(-1)) return text + std::to_string(index_);
  return text.append(field_);
}

void DecodeSite::wrong_type(bson::ValueView found, std::string_view expected) const {
  if (found.is(bson::Type::null))
    refuse("null", expected, "make the member std::optional if null is meant");
  else
    refuse(std::string(bson::type_name(found.type())) + " " + describe(found), expected,
           "correct the stored document or the member's type");
}

void DecodeSite::wrong_value(bson::ValueView found, std::string_view expected) const {
  refuse(describe(found), expected, "correct the stored document or the member's type");
}

void DecodeSite::refuse(const std::string& found, std::string_view expected, std::string_view cure) const {
  ErrorContext context;
  if (model() != nullptr) context.model = model();
  std::string sentence = "field '" + path() + "'";
  if (!context.model.empty()) sentence += " of " + context.model;
  sentence.append(": found ").append(found).append(", expected ").append(expected).append("; ").append(cure);
  throw error(errc::type_mismatch, std::move(sentence), std::move(context));
}

}  // namespace kinship
