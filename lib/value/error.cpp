// The error category and the text of kinship::error: the sentence, then where it happened in brackets.
// Parts of the context that are empty leave no trace in the text.
#include <kinship/error.hpp>

#include <utility>

namespace kinship {
namespace {

class Category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "kinship"; }
  std::string message(int code) const override {
    switch (static_cast<errc>(code)) {
      case errc::unbound:
        return "object is not bound to a database";
      case errc::not_loaded:
        return "relationship is not loaded";
      case errc::not_found:
        return "not found";
      case errc::duplicate_key:
        return "duplicate key";
      case errc::conflict:
        return "write conflict";
      case errc::restricted:
        return "restricted by a relationship";
      case errc::strict_loading:
        return "loading is strict";
      case errc::type_mismatch:
        return "type mismatch";
      case errc::unknown_field:
        return "unknown field";
      case errc::invalid_model:
        return "invalid model";
      case errc::invalid_query:
        return "invalid query";
      case errc::timeout:
        return "timeout";
      case errc::cancelled:
        return "cancelled";
      case errc::unavailable:
        return "store unavailable";
      case errc::unauthorized:
        return "unauthorized";
      case errc::transaction_aborted:
        return "transaction aborted";
      case errc::unsupported:
        return "unsupported by this store";
      case errc::store:
        return "store error";
    }
    return "unknown error";
  }
};

const char* outcome_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::not_applied:
      return "";
    case Outcome::applied:
      return "outcome applied";
    case Outcome::partial:
      return "outcome partial";
    case Outcome::unknown:
      return "outcome unknown";
  }
  return "";
}

std::string text_of(const std::string& sentence, const ErrorContext& context) {
  std::string where = context.model;
  // A relationship usually says its model: "User.posts".
  const bool whole = context.relationship.find('.') != std::string::npos;
  if (whole)
    where = context.relationship;
  else if (!context.relationship.empty())
    where += (where.empty() ? "" : ".") + context.relationship;
  auto add = [&where](const std::string& part) {
    if (part.empty()) return;
    if (!where.empty()) where += ", ";
    where += part;
  };
  add(context.operation);
  if (!context.key.empty()) add("key " + context.key);
  add(outcome_text(context.outcome));
  if (context.store_code != 0) add("store code " + std::to_string(context.store_code));
  return where.empty() ? sentence : sentence + " [" + where + "]";
}

}  // namespace

const boost::system::error_category& error_category() noexcept {
  static const Category category;
  return category;
}

boost::system::error_code make_error_code(errc code) noexcept { return {static_cast<int>(code), error_category()}; }

error::error(errc code, std::string sentence, ErrorContext context)
    : system_error(make_error_code(code)),
      context_(std::move(context)),
      sentence_(std::move(sentence)),
      text_(text_of(sentence_, context_)) {}

}  // namespace kinship
