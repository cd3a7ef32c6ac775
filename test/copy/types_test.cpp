// Every BSON type, there and back again, byte for byte; large documents; ids of every type.
// What comes back is compared with what was put in, not with what went through.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "copy/sides.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

// A value the builder has no name for, from its bytes.
void append_raw(bson::Builder& builder, const char* name, bson::Type type, std::string_view bytes) {
  builder.append(name, bson::ValueView(type, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                       static_cast<std::uint32_t>(bytes.size())));
}

bson::Document every_type(int id) {
  using namespace std::string_view_literals;
  bson::Builder b;
  b.append_int32("_id", id);
  b.append_double("double", 1.0).append_double("nan", std::nan("")).append_double("minus_zero", -0.0);
  b.append_double("infinity", std::numeric_limits<double>::infinity());
  b.append_string("string", "caf\xc3\xa9").append_string("with_nul", "a\0b"sv).append_string("empty", "");
  b.begin_document("document").append_int32("b", 1).append_int32("a", 2).begin_document("empty").end().end();
  b.begin_array("array").append_int32("", 1).append_null("").begin_array("").end().end();
  for (const int subtype : {0, 1, 3, 4, 5, 6, 8, 128, 255})
    b.append_binary("binary" + std::to_string(subtype), static_cast<std::uint8_t>(subtype), "0123456789abcdef");
  b.append_binary("old_binary", 2, "\4\0\0\0abcd"sv).append_binary("no_bytes", 0, "");
  b.append_object_id("object_id", reinterpret_cast<const std::uint8_t*>("twelve bytes"));
  b.append_bool("true", true).append_bool("false", false);
  b.append_date("date", 1'700'000'000'123).append_date("before_1970", -1);
  b.append_date("first_date", std::numeric_limits<std::int64_t>::min());
  b.append_null("null").append_regex("regex", "^a.*b$", "imsx").append_regex("plain_regex", "", "");
  b.append_int32("int32", std::numeric_limits<std::int32_t>::min());
  b.append_timestamp("timestamp", (std::uint64_t{1'700'000'000} << 32) | 7);
  b.append_timestamp("last_timestamp", std::numeric_limits<std::uint64_t>::max());
  b.append_int64("small_int64", 5).append_int64("int64", std::numeric_limits<std::int64_t>::max());
  for (const char* text : {"1.50", "-0", "NaN", "Infinity", "9.999999999999999999999999999999999E+6144"})
    b.append(std::string("decimal ") + text, Value(Decimal128(text)).view());
  b.append_min_key("min_key").append_max_key("max_key");
  append_raw(b, "undefined", bson::Type::undefined, "");
  append_raw(b, "symbol", bson::Type::symbol, "\4\0\0\0sym\0"sv);
  append_raw(b, "code", bson::Type::code, "\6\0\0\0x + 1\0"sv);
  append_raw(b, "code_with_scope", bson::Type::code_with_scope, "\x16\0\0\0\2\0\0\0x\0\x0c\0\0\0\x10x\0\1\0\0\0\0"sv);
  append_raw(b, "db_pointer", bson::Type::db_pointer, "\2\0\0\0c\0twelve bytes"sv);
  return b.finish();
}

bson::Document with_id(const Value& id) { return doc("_id", id, "text", "x"); }

}  // namespace

TEST_CASE("every type comes back as it was, byte for byte") {
  Embedded before, after;
  Other between;
  const bson::Document document = every_type(1);
  REQUIRE(bson::validate(document.view().data(), document.view().size()).size() == document.view().size());
  before.insert("types", {document, every_type(2)});
  CHECK(copy(before, between).inserted == 2);
  CHECK(copy(between, after).inserted == 2);
  const auto found = after.find("types", {}, doc("_id", 1));
  REQUIRE(found.size() == 2);
  CHECK(found[0] == document);
  CHECK(found[1] == every_type(2));
  CHECK(copy(before, between).inserted == 0);  // seen as equal, so nothing is written a second time
  CHECK(copy(between, after).inserted == 0);
}

TEST_CASE("ids of every type a key may have, compared in small batches when the copy goes on") {
  Embedded before, after;
  Other between;
  std::vector<bson::Document> documents;
  for (const Value& id : {Value(nullptr), Value(1), Value(std::int64_t{1} << 60), Value(2.5), Value("text"), Value(""),
                          Value(true), Value(doc("a", 1, "b", "x")), Value(doc()), Value(ObjectId::make())})
    documents.push_back(with_id(id));
  bson::Builder keys;
  keys.append_date("", 1).append_binary("", 4, "0123456789abcdef").append_timestamp("", 77).append_min_key("");
  keys.append_max_key("");
  const bson::Document more = keys.finish();
  for (const auto& key : more.view()) documents.push_back(with_id(Value(key.value)));
  const std::size_t count = documents.size();
  before.insert("ids", documents);
  CHECK(copy(before, between, CopyOptions().batch_documents(4)).inserted == count);
  const CopyResult again = copy(before, between, CopyOptions().batch_documents(3));
  CHECK(again.inserted == 0);
  CHECK(again.documents == count);
  CHECK(copy(between, after, CopyOptions().batch_documents(2)).inserted == count);
  CHECK(contents(*before.driver).documents == contents(*after.driver).documents);
}

TEST_CASE("large documents go one by one, in writes of bounded size") {
  Embedded before, after;
  Other between;
  for (int i = 0; i < 5; ++i) before.insert("large", {doc("_id", i, "text", std::string(5'000'000 + i, 'x'))});
  before.insert("large", {doc("_id", 9, "text", std::string(15'000'000, 'y'))});
  const std::uint64_t calls = between.faults->calls();
  std::uint64_t last = 0, reports = 0;
  auto watch = [&](const CopyProgress& progress) {
    CHECK(progress.bytes - last <= 21'000'000);  // a batch of 16 MB, and the document that went beyond it
    last = progress.bytes;
    ++reports;
  };
  CHECK(copy(before, between, CopyOptions().batch_bytes(1 << 20).on_progress(watch)).inserted == 6);
  CHECK(between.faults->calls() - calls == 1 + 6 + 1);  // listed, six writes, counted
  CHECK(reports >= 4);
  CHECK(copy(between, after).inserted == 6);
  CHECK(contents(*before.driver).documents == contents(*after.driver).documents);
}
