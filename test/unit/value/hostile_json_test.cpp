// JSON that strangers send: every character of typed documents changed, and nonsense put in place of every value.
// Whatever happens, it is a kinship::error or valid BSON.
#include <doctest/doctest.h>

#include <boost/describe/class.hpp>
#include <kinship/error.hpp>
#include <kinship/value/json.hpp>
#include <map>
#include <random>

using namespace kinship;

namespace {

struct Guest {
  ObjectId id{};
  Id key{};
  std::string name{};
  std::uint8_t age{};
  double score{};
  DateTime since{};
  Uuid uuid{};
  Decimal128 money{};
  Binary blob{};
  std::optional<int> maybe{};
  std::vector<std::string> tags{};
  std::map<std::string, int> counts{};
  json any{};
};
BOOST_DESCRIBE_STRUCT(Guest, (), (id, key, name, age, score, since, uuid, money, blob, maybe, tags, counts, any))

const char* const extended =
    R"({"id":{"$oid":"56e1fc72e0c917e9c4714161"},"key":7,"name":"text","age":{"$numberInt":"5"},"score":{"$numberDouble":"1.5"},)"
    R"("since":{"$date":{"$numberLong":"1356351330501"}},"uuid":{"$uuid":"c8edabc3-f738-4ca3-b68d-ab92a91478a3"},)"
    R"("money":{"$numberDecimal":"1.50"},"blob":{"$binary":{"base64":"//8=","subType":"00"}},"maybe":null,"tags":["a","b"],)"
    R"("counts":{"x":1},"any":{"re":{"$regularExpression":{"pattern":"a","options":"i"}},"ts":{"$timestamp":{"t":1,"i":2}},)"
    R"("code":{"$code":"f","$scope":{"x":1}},"ptr":{"$dbPointer":{"$ref":"b","$id":{"$oid":"56e1fc72e0c917e9c4714161"}}},)"
    R"("min":{"$minKey":1},"un":{"$undefined":true},"sym":{"$symbol":"s"}}})";

// True if any reader accepted it.
bool feed(const json& value) {
  int accepted = 0;
  const auto attempt = [&accepted](auto&& read) {
    try {
      read();
      ++accepted;
    } catch (const error& e) {
      CHECK_FALSE(e.sentence().empty());
    }
  };
  attempt([&value] {
    const bson::Document document = from_extended_json(value);
    CHECK_NOTHROW(bson::validate(document.bytes().data(), document.bytes().size()));
    CHECK(from_extended_json(to_extended_json(document, true)) == document);
    (void)decode<Guest>(document);
  });
  attempt([&value] { (void)plain_value(value); });
  attempt([&value] { (void)to_json(from_json<Guest>(value)); });
  return accepted > 0;
}

void replace_each(json& whole, json& part, const json& other) {
  if (!part.is_structured()) return;
  for (json& child : part) {
    json kept = std::exchange(child, other);
    feed(whole);
    child = std::move(kept);
    replace_each(whole, child, other);
  }
}

}  // namespace

TEST_CASE("the sample itself is accepted everywhere") {
  const json value = json::parse(extended);
  CHECK_NOTHROW(decode<Guest>(from_extended_json(value)));
  CHECK_NOTHROW(from_json<Guest>(value));
}

TEST_CASE("every character changed") {
  const std::string text = extended;
  const std::string characters = "0-9\"\\{}[]:,$ eE.+tfn\x01\x80\xff";
  int parsed = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    for (const char c : characters) {
      std::string changed = text;
      changed[i] = c;
      const json value = json::parse(changed, nullptr, false);
      if (value.is_discarded()) continue;
      ++parsed;
      feed(value);
    }
  CHECK(parsed > 1000);
}

TEST_CASE("nonsense in place of every value") {
  json whole = json::parse(extended);
  const json nonsense[] = {json(),
                           json(true),
                           json(-1),
                           json(UINT64_MAX),
                           json(1e308),
                           json(""),
                           json(std::string("\0\xff", 2)),
                           json(std::string(1000, '9')),
                           json::array(),
                           json::array({1}),
                           json::object(),
                           json::parse(R"({"$oid":1})"),
                           json::parse(R"({"$code":"x","$scope":{"$scope":{}}})"),
                           json::parse(R"({"":{"$numberLong":"1"}})"),
                           json::binary({1, 2, 3}, 2),
                           json(json::value_t::discarded)};
  for (const json& other : nonsense) {
    feed(other);
    replace_each(whole, whole, other);
  }
}

TEST_CASE("random small documents of typed keys") {
  std::mt19937 random(99);
  const char* const keys[] = {"$oid",  "$date",  "$numberLong", "$binary", "base64", "subType",
                              "$code", "$scope", "$timestamp",  "t",       "i",      "$dbPointer",
                              "$ref",  "$id",    "a",           "",        "id",     "any"};
  const auto make = [&](const auto& self, int depth) -> json {
    switch (random() % (depth > 4 ? 4 : 7)) {
      case 0:
        return random() % 100;
      case 1:
        return "56e1fc72e0c917e9c4714161";
      case 2:
        return nullptr;
      case 3:
        return "00";
      case 4:
        return json::array({self(self, depth + 1)});
      default: {
        json object = json::object();
        for (unsigned n = random() % 3; n > 0; --n) object[keys[random() % std::size(keys)]] = self(self, depth + 1);
        return object;
      }
    }
  };
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) accepted += feed(make(make, 0));
  CHECK(accepted > 1000);
}
