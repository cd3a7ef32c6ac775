// Arguments whose place is OperationExtras.
// A comment and a hint that are texts go where most users put them: into the context itself.
#include "spec/unified/extras.hpp"

#include <stdexcept>

#include "driver/mongodb/operations.hpp"
#include "spec/report.hpp"

namespace kinship::spec {
namespace {

template <class Change>
void change(OperationContext& context, Change how) {
  auto changed = context.extras ? std::make_shared<OperationExtras>(*context.extras) : std::make_shared<OperationExtras>();
  how(*changed);
  context.extras = std::move(changed);
}

std::chrono::milliseconds milliseconds_of(const Json& number) {
  return std::chrono::milliseconds(number.get<std::int64_t>());
}

const Json* argument(const Call& call, const std::string& name) {
  const auto arguments = call.operation().find("arguments");
  if (arguments == call.operation().end()) return nullptr;
  const auto found = arguments->find(name);
  return found == arguments->end() ? nullptr : &*found;
}

bson::Document without(const Json& object, std::initializer_list<const char*> names) {
  Json rest = object;
  for (const char* name : names) rest.erase(name);
  return rest.empty() ? bson::Document() : from_extended_json(rest);
}

void take_cursor_type(Call& call, OperationContext& context) {
  const std::string type = call.text("cursorType");
  if (!type.starts_with("tailable")) return;
  set_field(context, "tailable", true);
  if (type == "tailableAwait") set_field(context, "awaitData", true);
}

// By the specification a deadline is the whole cursor's unless it is tailable; the seam's is each batch's.
void take_timeout_mode(Call& call, OperationContext& context) {
  const std::string mode = call.text("timeoutMode");
  CursorTime time{};
  if (mode == "iteration")
    time = CursorTime::each_batch;
  else if (mode == "cursorLifetime" || (context.deadline != no_deadline && !is_endless(call)))
    time = CursorTime::whole_cursor;
  if (time != CursorTime::usual) change(context, [&](OperationExtras& extras) { extras.cursor_time = time; });
}

}  // namespace

std::string seam_read_concern(const Json& concern) { return concern.value("level", ""); }

void set_write_concern(OperationContext& context, const Json& concern) {
  const Json& w = concern.value("w", Json(""));
  context.write_concern = w.is_string() ? w.get<std::string>() : std::to_string(w.get<int>());
  bson::Builder out;
  if (concern.contains("journal")) out.append_bool("j", concern.at("journal").get<bool>());
  if (concern.contains("wtimeoutMS")) out.append_int64("wtimeout", concern.at("wtimeoutMS").get<std::int64_t>());
  const bson::Document rest = out.finish();
  if (!rest.empty()) change(context, [&](OperationExtras& extras) { extras.write_concern = rest; });
}

void set_read_preference(OperationContext& context, const Json& preference) {
  constexpr std::pair<const char*, ReadPreference> modes[] = {{"primary", ReadPreference::primary},
                                                              {"primaryPreferred", ReadPreference::primary_preferred},
                                                              {"secondary", ReadPreference::secondary},
                                                              {"secondaryPreferred", ReadPreference::secondary_preferred},
                                                              {"nearest", ReadPreference::nearest}};
  const std::string given = preference.value("mode", "primary");
  for (const auto& [name, mode] : modes)
    if (given == name) context.read_preference = mode;
  const bson::Document more = without(preference, {"mode"});
  if (!more.empty()) change(context, [&](OperationExtras& extras) { extras.read_preference = more; });
}

void set_max_time(OperationContext& context, const Json& milliseconds) {
  change(context, [&](OperationExtras& extras) { extras.max_time = milliseconds_of(milliseconds); });
}

void set_field(OperationContext& context, const std::string& name, const Json& value) {
  change(context, [&](OperationExtras& extras) {
    bson::Builder fields;
    for (const auto& field : extras.fields.view()) fields.append(field.name, field.value);
    extras.fields = fields.append(name, value_from_json(value).view()).finish();
  });
}

bool is_endless(const Call& call) {
  if (call.name() == "createChangeStream") return true;
  const Json* const type = argument(call, "cursorType");
  return type != nullptr && type->get<std::string>().starts_with("tailable");
}

std::size_t seam_batch_size(Call& call) {
  const auto given = static_cast<std::size_t>(call.number("batchSize"));
  const Json* const mode = argument(call, "timeoutMode");
  const bool one_by_one = is_endless(call) || (mode != nullptr && *mode == "iteration");
  return given == 0 && one_by_one ? mongodb::batches_of_server : given;
}

void take_extras(Call& call, OperationContext& context) {
  if (const Json* comment = call.find("comment")) {
    if (comment->is_string())
      context.comment = comment->get<std::string>();
    else
      set_field(context, "comment", *comment);
  }
  if (const Json* hint = call.find("hint")) {
    if (hint->is_string())
      context.hint = hint->get<std::string>();
    else
      set_field(context, "hint", *hint);
  }
  for (const char* name : {"let", "allowDiskUse", "bypassDocumentValidation", "min", "max", "returnKey", "showRecordId"})
    if (const Json* value = call.find(name)) set_field(context, name, *value);
  const bool getmore_only = call.has("command");
  if (const Json* limit = call.find("maxTimeMS")) {
    if (getmore_only)
      change(context, [&](OperationExtras& extras) { extras.max_await_time = milliseconds_of(*limit); });
    else
      set_max_time(context, *limit);
  }
  if (const Json* limit = call.find("maxAwaitTimeMS"))
    change(context, [&](OperationExtras& extras) { extras.max_await_time = milliseconds_of(*limit); });
  take_cursor_type(call, context);
  take_timeout_mode(call, context);
}

}  // namespace kinship::spec
