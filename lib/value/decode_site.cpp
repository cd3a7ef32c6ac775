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
  if (index_ == static_cast<std::size_t>(-1) && field_.data() == nullptr) return text;  // nothing entered yet
  if (!text.empty()) text += '.';
  if (index_ != static_cast<std::size_t>(-1)) return text + std::to_string(index_);
  return text.append(field_);
}

void DecodeSite::wrong_type(bson::ValueView found, std::string_view expected) const {
  if (source_ == Source::json)
    refuse(describe(found), expected, found.is(bson::Type::null) ? "leave the field out, or send a value" : "");
  else if (found.is(bson::Type::null))
    refuse("null", expected, "make the member std::optional if null is meant");
  else
    refuse(std::string(bson::type_name(found.type())) + " " + describe(found), expected,
           "correct the stored document or the member's type");
}

void DecodeSite::wrong_value(bson::ValueView found, std::string_view expected) const {
  refuse(describe(found), expected, source_ == Source::json ? "" : "correct the stored document or the member's type");
}

void DecodeSite::refuse(std::string_view found, std::string_view expected, std::string_view cure) const {
  ErrorContext context;
  if (model() != nullptr) context.model = model();
  const std::string where = path();
  std::string sentence = where.empty() ? "the document" : "field '" + where + "'";
  if (!context.model.empty()) sentence += " of " + context.model;
  sentence.append(": found ").append(found).append(", expected ").append(expected);
  if (!cure.empty()) sentence.append("; ").append(cure);
  throw error(errc::type_mismatch, std::move(sentence), std::move(context));
}

}  // namespace kinship
