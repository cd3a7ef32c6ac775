// What server codes mean to a caller; codes that refuse what was asked are in driver/write_failure.cpp, for all stores.
// Unauthorized messages quote the whole command with its values: only their beginning is kept.
#include "driver/mongodb/reply_error.hpp"

#include <algorithm>

#include <kinship/value/value.hpp>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/retry.hpp"
#include "driver/write_failure.hpp"

namespace kinship::mongodb {
namespace {

bool one_of(int code, std::initializer_list<int> codes) noexcept {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool is_duplicate(int code) noexcept { return one_of(code, {11000, 11001, 12582}); }

errc meaning_of(const ServerError& failure) {
  const int code = failure.code;
  if (failure.has_label(transient_transaction_error) || code == 112) return errc::conflict;
  if (one_of(code, {225, 251, 256, 290})) return errc::transaction_aborted;
  if (is_duplicate(code)) return errc::duplicate_key;
  if (one_of(code, {50, 89, 202, 262})) return errc::timeout;
  if (one_of(code, {13, 18})) return errc::unauthorized;
  if (one_of(code, {59, 115, 235, 238, 263}) || (code == 20 && failure.message.find("Transaction numbers") == 0))
    return errc::unsupported;
  if (failure.shape == ErrorShape::network || is_connection_lost(failure) || one_of(code, {6, 7, 9001}) ||
      is_overloaded(failure))
    return errc::unavailable;
  if (failure.shape == ErrorShape::write_concern) return errc::store;
  return detail::meaning_of_code(code);
}

std::string advice(const ServerError& failure) {
  switch (failure.code) {
    case 13:
      if (failure.message.find("requires authentication") != std::string::npos)
        return "; log in: mongodb://user:password@host";
      return "; give the user a role that may do this";
    case 18:
      return "; check user name, password and authSource";
    case 20:
      return failure.message.find("Transaction numbers") == 0 ? "; transactions need a replica set, of one member at least"
                                                              : "";
    case 50:
      return "; raise the timeout, or help the query with an index";
    case 64:
      return "; the write was done, but not enough members have it yet: check their state, or ask for less with w";
    case 112:
      return "; run the transaction again";
    case 10334:
      return "; a document holds at most 16 MB";
    default:
      break;
  }
  if (is_not_primary(failure) || is_recovering(failure)) return "; try again when the set has elected a primary";
  return "";
}

std::string sentence_of(const ServerError& failure, const ErrorPlace& place) {
  std::string text = failure.message.empty() ? failure.code_name : failure.message;
  if (failure.code == 13) text = text.substr(0, text.find(" to execute command"));
  if (text.empty()) text = "the server reports an error without a text";
  text += advice(failure);
  if (!place.server.empty() && text.find(place.server) == std::string::npos) text += " (" + place.server + ")";
  return text;
}

std::string duplicate_sentence(const std::string& collection, std::string_view index) {
  std::string text = "E11000 duplicate key: ";
  text += collection.empty() ? "the collection" : "collection " + collection;
  text += " already has a document with this key in its unique index";
  if (!index.empty()) text.append(" ").append(index);
  return text + ": use another value, or update that document";
}

}  // namespace

std::string_view index_name_in(std::string_view message) noexcept {
  constexpr std::string_view before = " index: ", after = " dup key:";
  const auto at = message.find(before);
  if (at == std::string_view::npos) return {};
  message.remove_prefix(at + before.size());
  const auto end = message.find(after);
  message = message.substr(0, end);
  // Old servers write "db.collection.$name".
  const auto dollar = message.find(".$");
  if (dollar != std::string_view::npos) message.remove_prefix(dollar + 2);
  while (!message.empty() && message.back() == ' ') message.remove_suffix(1);
  return message;
}

CommandError to_error(const ServerError& failure, const ErrorPlace& place, Outcome outcome_of_network) {
  ErrorContext context;
  context.operation = place.collection.empty() ? place.operation : place.operation + " on " + place.collection;
  context.store_code = failure.code;
  if (failure.shape == ErrorShape::network) context.outcome = outcome_of_network;
  if (failure.shape == ErrorShape::write_concern) context.outcome = Outcome::applied;
  if (failure.has_label(unknown_commit_result)) context.outcome = Outcome::unknown;
  if (failure.has_label(transient_transaction_error)) context.outcome = Outcome::not_applied;  // none of it will be
  const errc code = meaning_of(failure);
  std::string sentence = code == errc::duplicate_key ? duplicate_sentence(place.collection, index_name_in(failure.message))
                                                     : sentence_of(failure, place);
  return CommandError(code, std::move(sentence), std::move(context), failure);
}

WriteError read_write_error(bson::DocumentView item, const std::string& collection) {
  WriteError out;
  const auto index = read_integer(item["index"]);
  out.index = index && *index > 0 ? static_cast<std::size_t>(*index) : 0;
  out.code = read_int(item["code"]).value_or(0);
  out.message = read_text(item["errmsg"]);
  if (!is_duplicate(out.code)) return out;
  out.code = 11000;
  out.index_name = index_name_in(out.message);
  out.key = bson::Document(read_document(item["keyValue"]));
  out.message = duplicate_sentence(collection, out.index_name);
  if (!out.key.empty()) out.message += " (" + describe(Value(out.key), 200) + ")";
  return out;
}

std::vector<WriteError> read_write_errors(bson::DocumentView reply, const std::string& collection, std::size_t first) {
  std::vector<WriteError> out;
  for (const auto& item : read_document(reply["writeErrors"])) {
    if (!item.value.is(bson::Type::document)) continue;
    out.push_back(read_write_error(item.value.as_document(), collection));
    out.back().index += first;
  }
  return out;
}

}  // namespace kinship::mongodb
