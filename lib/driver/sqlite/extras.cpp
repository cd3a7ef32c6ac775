// Variables (`let`) can be left out: nothing in a filter here could name one, expressions are refused.
#include "extras.hpp"

#include <algorithm>
#include <string>

#include <kinship/driver/extras.hpp>
#include <kinship/error.hpp>

namespace kinship::sqlite {
namespace {

constexpr std::string_view without_effect[] = {
    "comment", "hint", "maxTimeMS", "allowDiskUse", "let", "bypassDocumentValidation", "noCursorTimeout"};

constexpr int not_supported = 115;  // MongoDB's code, CommandNotSupported

[[noreturn]] void refuse(std::string sentence) {
  ErrorContext context;
  context.store_code = not_supported;
  throw error(errc::unsupported, std::move(sentence), std::move(context));
}

void check_fields(bson::DocumentView fields) {
  for (const auto& field : fields)
    if (std::find(std::begin(without_effect), std::end(without_effect), field.name) == std::end(without_effect))
      refuse("The embedded store has no '" + std::string(field.name) +
             "' for an operation: leave it out, or use a MongoDB server");
}

}  // namespace

void check_extras(const OperationContext& context) {
  if (context.extras) check_fields(context.extras->fields.view());
}

void check_extras(const WriteItem& item) {
  if (item.pipeline) refuse_pipeline();
  check_fields(item.more.view());
}

void refuse_pipeline() {
  refuse("The embedded store has no pipelines, so none can be an update: use operators such as $set and $inc");
}

}  // namespace kinship::sqlite
