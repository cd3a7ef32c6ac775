// The suite "BSON corpus" on our own codec: bytes, canonical and relaxed Extended JSON, each into the others.
// JSON is compared parsed; the text of a $numberDouble by its value, since it may be written in several ways.
#include <cstdlib>
#include <kinship/error.hpp>
#include <kinship/value/bson_utf8.hpp>

#include "spec/files.hpp"
#include "spec/suites.hpp"
#include "value/hex.hpp"

namespace kinship::spec {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes bytes_of(const std::string& hex) {
  Bytes bytes(hex.size() / 2);
  expect(detail::from_hex(hex, bytes.data(), bytes.size()), "the test's hexadecimal digits are odd");
  return bytes;
}

std::string hex_of(bson::DocumentView document) { return detail::to_hex(document.data(), document.size()); }

Json normal(const Json& json) {
  if (json.is_array()) {
    Json out = Json::array();
    for (const Json& one : json) out.push_back(normal(one));
    return out;
  }
  if (!json.is_object()) return json;
  Json out = Json::object();
  for (const auto& [name, value] : json.items()) {
    const bool number = name == "$numberDouble" && value.is_string();
    const std::string text = number ? value.get<std::string>() : "";
    const bool finite = number && text.find_first_of("Nn") == std::string::npos;
    out[name] = finite ? Json(std::strtod(text.c_str(), nullptr)) : normal(value);
  }
  return out;
}

std::string text_of(const Json& json) { return normal(json).dump(-1, ' ', false, Json::error_handler_t::replace); }

// Through views and a builder, field by field: what decoding and encoding keep.
void copy(bson::Builder& out, bson::DocumentView document) {
  for (const auto& [name, value] : document) {
    if (value.is(bson::Type::document)) {
      copy(out.begin_document(name), value.as_document());
      out.end();
    } else if (value.is(bson::Type::array)) {
      copy(out.begin_array(name), value.as_document());
      out.end();
    } else if (value.is(bson::Type::regex)) {
      out.append_regex(name, value.regex_pattern(), value.regex_options());
    } else {
      out.append(name, value);
    }
  }
}
std::string copied(bson::DocumentView document) {
  bson::Builder out;
  copy(out, document);
  return hex_of(out.finish());
}

void same(const std::string& got, const std::string& wanted, const char* what) {
  expect(got == wanted, std::string(what) + ": is " + got + ", should be " + wanted);
}

void run_valid(const Json& test) {
  const Bytes canonical = bytes_of(test["canonical_bson"]);
  const bson::DocumentView document = bson::validate(canonical.data(), canonical.size());
  const std::string hex = hex_of(document);
  bson::check_utf8(document);
  const Json json = Json::parse(test["canonical_extjson"].get<std::string>());
  const std::string text = text_of(json);
  const bool lossy = test.value("lossy", false);

  same(copied(document), hex, "BSON to BSON");
  same(text_of(to_extended_json(document, true)), text, "BSON to canonical JSON");
  const bson::Document read = from_extended_json(json);
  if (!lossy) same(hex_of(read), hex, "canonical JSON to BSON");
  same(text_of(to_extended_json(read, true)), text, "canonical JSON to canonical JSON");
  if (const Json& relaxed = member(test, "relaxed_extjson"); !relaxed.is_null()) {
    const Json wanted = Json::parse(relaxed.get<std::string>());
    same(text_of(to_extended_json(document, false)), text_of(wanted), "BSON to relaxed JSON");
    same(text_of(to_extended_json(from_extended_json(wanted), false)), text_of(wanted), "relaxed JSON to relaxed JSON");
  }
  if (const Json& degenerate = member(test, "degenerate_bson"); !degenerate.is_null()) {
    const Bytes bytes = bytes_of(degenerate);
    const bson::DocumentView odd = bson::validate(bytes.data(), bytes.size());
    same(text_of(to_extended_json(odd, true)), text, "degenerate BSON to canonical JSON");
    same(copied(odd), hex, "degenerate BSON to BSON");
  }
  if (const Json& degenerate = member(test, "degenerate_extjson"); !degenerate.is_null()) {
    const bson::Document odd = from_extended_json(Json::parse(degenerate.get<std::string>()));
    same(text_of(to_extended_json(odd, true)), text, "degenerate JSON to canonical JSON");
    if (!lossy) same(hex_of(odd), hex, "degenerate JSON to BSON");
  }
}

template <class Use>
void refused(Use use) {
  try {
    use();
  } catch (const error&) {
    return;
  } catch (const Json::exception&) {
    return;  // no JSON at all
  }
  expect(false, "is accepted");
}

void run_file(Report& report, const std::string& file_name, const Json& file) {
  const auto add = [&](const char* group, const Json& test, auto run) {
    report.run(file_name + ": " + group + ": " + test["description"].get<std::string>(), run);
  };
  for (const Json& test : member(file, "valid")) add("valid", test, [&] { run_valid(test); });
  for (const Json& test : member(file, "decodeErrors")) {
    add("decode error", test, [&] {
      const Bytes bytes = bytes_of(test["bson"]);
      refused([&] { bson::check_utf8(bson::validate(bytes.data(), bytes.size())); });
    });
  }
  const bool decimal = file["bson_type"] == "0x13";
  for (const Json& test : member(file, "parseErrors")) {
    add("parse error", test, [&] {
      refused([&] {
        if (decimal)
          from_extended_json(Json{{"d", {{"$numberDecimal", test["string"]}}}});
        else
          from_extended_json(Json::parse(test["string"].get<std::string>()));
      });
    });
  }
}

}  // namespace

void bson_corpus(Report& report) {
  report.suite("bson-corpus");
  each_file("bson_corpus", [&](const std::string& name, const Json& file) { run_file(report, name, file); });
}

}  // namespace kinship::spec
