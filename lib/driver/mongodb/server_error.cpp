// Reads errors out of replies.
// Numbers: https://github.com/mongodb/mongo, src/mongo/base/error_codes.yml.
#include "driver/mongodb/server_error.hpp"

#include <algorithm>

#include "driver/mongodb/bson_read.hpp"

namespace kinship::mongodb {
namespace {

bool one_of(int code, std::initializer_list<int> codes) noexcept {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool says(const ServerError& error, std::string_view words) noexcept {
  return error.message.find(words) != std::string::npos;
}

ServerError read_fields(ErrorShape shape, bson::DocumentView error, bson::DocumentView reply) {
  ServerError out;
  out.shape = shape;
  out.code = read_int(error["code"]).value_or(0);
  out.code_name = read_text(error["codeName"]);
  out.message = read_text(error["errmsg"]);
  out.labels = read_texts(reply["errorLabels"]);
  if (shape != ErrorShape::command)
    for (std::string& label : read_texts(error["errorLabels"])) out.labels.push_back(std::move(label));
  out.topology_version = read_topology_version(reply["topologyVersion"]);
  return out;
}

}  // namespace

bool ServerError::has_label(std::string_view label) const noexcept {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

std::optional<ServerError> read_state_error(bson::DocumentView reply) {
  if (!read_bool(reply["ok"])) return read_fields(ErrorShape::command, reply, reply);
  const bson::ValueView concern = reply["writeConcernError"];
  if (concern.is(bson::Type::document)) return read_fields(ErrorShape::write_concern, concern.as_document(), reply);
  return std::nullopt;
}

// One look at the fields of a reply is enough for most.
static bool is_fine(bson::DocumentView reply) {
  bool ok = false;
  for (const auto& field : reply) {
    if (field.name == "ok") ok = read_bool(field.value);
    if (field.name == "writeErrors" || field.name == "writeConcernError") return false;
  }
  return ok;
}

std::optional<ServerError> read_error(bson::DocumentView reply) {
  if (is_fine(reply)) return std::nullopt;
  if (read_bool(reply["ok"])) {
    const bson::DocumentView writes = read_document(reply["writeErrors"]);
    if (!writes.empty()) return read_fields(ErrorShape::write, read_document(writes.begin()->value), reply);
  }
  return read_state_error(reply);
}

bool is_not_primary(const ServerError& error) noexcept {
  if (error.code != 0) return one_of(error.code, {10107, 13435, 10058});
  return says(error, "not master") && !is_recovering(error);
}

bool is_recovering(const ServerError& error) noexcept {
  if (error.code != 0) return one_of(error.code, {11600, 11602, 13436, 189, 91});
  return says(error, "not master or secondary") || says(error, "node is recovering");
}

bool is_shutting_down(const ServerError& error) noexcept { return one_of(error.code, {11600, 91}); }

}  // namespace kinship::mongodb
