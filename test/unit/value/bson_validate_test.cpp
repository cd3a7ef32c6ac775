// What validate() accepts and refuses, fault by fault, and that no damage to a document leads outside its bytes.
// The sanitizers are the judges of the mutations: whatever is accepted is read to the last value.
#include <doctest/doctest.h>

#include <boost/describe/class.hpp>
#include <kinship/error.hpp>
#include <kinship/value/json.hpp>
#include <map>
#include <memory>
#include <random>

using namespace kinship;
using bson::Builder;

namespace {

using Bytes = std::vector<std::uint8_t>;

struct Sample {
  ObjectId id{};
  std::string text{};
  std::int32_t number{};
  double real{};
  std::vector<std::string> list{};
  std::map<std::string, int> map{};
  json any{};
};
BOOST_DESCRIBE_STRUCT(Sample, (), (id, text, number, real, list, map, any))

std::string fault(const Bytes& bytes, bool trailing = false) {
  try {
    bson::validate(bytes.data(), bytes.size(), trailing);
  } catch (const error& e) {
    CHECK(e.code() == errc::store);
    return e.sentence().substr(0, e.sentence().find(';'));
  }
  return "valid";
}

// A document of one field "a" of that type.
Bytes field(std::uint8_t type, Bytes payload) {
  Bytes bytes{0, 0, 0, 0, type, 'a', 0};
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  bytes.push_back(0);
  bytes[0] = static_cast<std::uint8_t>(bytes.size());
  return bytes;
}

bson::Document everything() {
  return from_extended_json(json::parse(
      R"({"id":{"$oid":"56e1fc72e0c917e9c4714161"},"text":"some text","number":5,"real":1.5,"list":["a","b"],)"
      R"("map":{"x":1},"any":{"date":{"$date":"2024-01-01T00:00:00Z"},"re":{"$regularExpression":{"pattern":"a","options":"i"}},)"
      R"("bin":{"$binary":{"base64":"//8=","subType":"02"}},"code":{"$code":"f","$scope":{"x":[1]}},)"
      R"("ptr":{"$dbPointer":{"$ref":"b","$id":{"$oid":"56e1fc72e0c917e9c4714161"}}},"sym":{"$symbol":"s"},)"
      R"("dec":{"$numberDecimal":"1.5"},"ts":{"$timestamp":{"t":1,"i":2}},"min":{"$minKey":1},"b":true,"u":{"$undefined":true}}})"));
}

// Everything that reads documents, over bytes that hold nothing beyond the document.
void read_all(const Bytes& bytes) {
  const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[bytes.size()]);
  std::copy(bytes.begin(), bytes.end(), exact.get());
  bson::DocumentView view;
  try {
    view = bson::validate(exact.get(), bytes.size());
  } catch (const error&) {
    return;
  }
  (void)to_extended_json(view, true).dump(-1, ' ', false, json::error_handler_t::replace);
  (void)describe(bson::ValueView(bson::Type::document, view.data(), view.size()), 10'000);
  try {
    (void)decode<Sample>(view);
  } catch (const error& e) {
    CHECK(e.code() == errc::type_mismatch);
  }
}

}  // namespace

TEST_CASE("faults are named with their place") {
  CHECK(fault({5, 0, 0, 0, 0}) == "valid");
  CHECK(fault({}) == "BSON is damaged at byte 0: a document is cut short");
  CHECK(fault({5, 0, 0, 0}) == "BSON is damaged at byte 0: a document is cut short");
  CHECK(fault({4, 0, 0, 0, 0}) != "valid");
  CHECK(fault({6, 0, 0, 0, 0}) == "BSON is damaged at byte 0: a document is cut short");
  CHECK(fault({5, 0, 0, 0, 1}) == "BSON is damaged at byte 4: a document has no terminator");
  CHECK(fault({5, 0, 0, 0, 0, 9}) == "BSON is damaged at byte 5: bytes follow the document");
  CHECK(fault({5, 0, 0, 0, 0, 9}, true) == "valid");
  CHECK(fault({255, 255, 255, 255, 0}) == "BSON is damaged at byte 0: a document is cut short");
  CHECK(fault({7, 0, 0, 0, 10, 'a', 0}) == "BSON is damaged at byte 5: a field name has no terminator");
  CHECK(fault({7, 0, 0, 0, 0, 0, 0}) == "BSON is damaged at byte 4: a document ends before its length says");
  CHECK(fault(field(20, {})) == "BSON is damaged at byte 7: a value is of no known type");
  CHECK(fault(field(8, {2})) == "BSON is damaged at byte 7: a bool is neither 0 nor 1");
}

TEST_CASE("every type's own faults") {
  CHECK(fault(field(1, Bytes(8))) == "valid");
  CHECK(fault(field(1, Bytes(7))) != "valid");
  CHECK(fault(field(2, {2, 0, 0, 0, 'x', 0})) == "valid");
  CHECK(fault(field(2, {0, 0, 0, 0, 0})) != "valid");
  CHECK(fault(field(2, {2, 0, 0, 0, 'x', 'y'})) != "valid");
  CHECK(fault(field(2, {255, 255, 255, 255, 0})) != "valid");
  CHECK(fault(field(2, {1, 0})) != "valid");
  CHECK(fault(field(3, {5, 0, 0, 0, 0})) == "valid");
  CHECK(fault(field(3, {4, 0, 0, 0})) != "valid");
  CHECK(fault(field(3, {0, 0, 0, 0})) != "valid");
  CHECK(fault(field(4, {6, 0, 0, 0, 0})) != "valid");
  CHECK(fault(field(5, {1, 0, 0, 0, 0, 9})) == "valid");
  CHECK(fault(field(5, {2, 0, 0, 0, 0, 9})) != "valid");
  CHECK(fault(field(5, {255, 255, 255, 255, 0})) != "valid");
  CHECK(fault(field(5, {5, 0, 0, 0, 2, 1, 0, 0, 0, 9})) == "valid");
  CHECK(fault(field(5, {5, 0, 0, 0, 2, 2, 0, 0, 0, 9})) != "valid");
  CHECK(fault(field(5, {3, 0, 0, 0, 2, 1, 0, 0})) != "valid");
  CHECK(fault(field(7, Bytes(11))) != "valid");
  CHECK(fault(field(11, {'a', 0, 'i', 0})) == "valid");
  CHECK(fault(field(11, {'a', 0})) != "valid");
  CHECK(fault(field(11, {'a'})) != "valid");
  CHECK(fault(field(12, {2, 0, 0, 0, 'x', 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})) == "valid");
  CHECK(fault(field(12, {2, 0, 0, 0, 'x', 0, 1})) != "valid");
  CHECK(fault(field(15, {14, 0, 0, 0, 1, 0, 0, 0, 0, 5, 0, 0, 0, 0})) == "valid");
  CHECK(fault(field(15, {13, 0, 0, 0, 1, 0, 0, 0, 0, 5, 0, 0, 0, 0})) != "valid");
  CHECK(fault(field(15, {3, 0, 0, 0})) != "valid");
  CHECK(fault(field(15, {4, 0, 0, 0})) != "valid");
  CHECK(fault(field(19, Bytes(15))) != "valid");
  CHECK(fault(field(255, {})) == "valid");
  CHECK(fault(field(127, {1})) != "valid");
}

TEST_CASE("depth is bounded at two hundred documents") {
  const auto nested = [](std::size_t depth, std::uint8_t type) {
    Bytes bytes{5, 0, 0, 0, 0};
    for (std::size_t i = 1; i < depth; ++i) {
      Bytes outer{0, 0, 0, 0, type, '0', 0};
      outer.insert(outer.end(), bytes.begin(), bytes.end());
      outer.push_back(0);
      const auto size = static_cast<std::uint32_t>(outer.size());
      std::memcpy(outer.data(), &size, 4);
      bytes = outer;
    }
    return bytes;
  };
  for (const std::uint8_t type : {3, 4}) {
    CHECK(fault(nested(200, type)) == "valid");
    CHECK(fault(nested(201, type)).find("nested more than 200 deep") != std::string::npos);
    CHECK(fault(nested(20'000, type)) != "valid");
  }
}

TEST_CASE("every byte of a document changed, and every cut") {
  const Bytes original = everything().bytes();
  CHECK(fault(original) == "valid");
  for (std::size_t i = 0; i < original.size(); ++i) {
    Bytes bytes = original;
    for (const int change : {0, 1, 2, 3, 4, 5, 8, 11, 12, 13, 15, 16, 19, 127, 128, 255}) {
      bytes[i] = static_cast<std::uint8_t>(change);
      read_all(bytes);
      bytes[i] = static_cast<std::uint8_t>(original[i] + change);
      read_all(bytes);
    }
    read_all(Bytes(original.begin(), original.begin() + static_cast<std::ptrdiff_t>(i)));
    // The same cut with a length that agrees.
    Bytes cut(original.begin(), original.begin() + static_cast<std::ptrdiff_t>(i));
    if (cut.size() < 5) continue;
    const auto size = static_cast<std::uint32_t>(cut.size());
    std::memcpy(cut.data(), &size, 4);
    cut.back() = 0;
    read_all(cut);
  }
}

TEST_CASE("random bytes, and random damage of several bytes") {
  std::mt19937 random(12345);
  const Bytes original = everything().bytes();
  for (int round = 0; round < 20'000; ++round) {
    Bytes noise(5 + random() % 60);
    for (auto& byte : noise) byte = static_cast<std::uint8_t>(random() % 4 == 0 ? random() : random() % 20);
    const auto size = static_cast<std::uint32_t>(noise.size());
    std::memcpy(noise.data(), &size, 4);
    noise.back() = 0;
    read_all(noise);
    Bytes damaged = original;
    for (int i = 0; i < 3; ++i) damaged[4 + random() % (damaged.size() - 5)] = static_cast<std::uint8_t>(random() % 24);
    read_all(damaged);
  }
}
