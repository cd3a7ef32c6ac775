// Described structs through BSON and back: every member type, field order, defaults, absence.
// Stored names may differ from members' names, and documents may hold more or less than the struct.
#include <doctest/doctest.h>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <kinship/error.hpp>
#include <kinship/value/codec.hpp>
#include <kinship/value/value.hpp>
#include <map>
#include <unordered_map>

using namespace kinship;
using bson::Builder;
using bson::Type;
namespace chrono = std::chrono;

namespace {

enum class Status { draft, published };
BOOST_DESCRIBE_ENUM(Status, draft, published)
enum class Level : std::uint8_t { low, high };

struct Address {
  std::string street{};
  int number{};
  bool operator==(const Address&) const = default;
};
BOOST_DESCRIBE_STRUCT(Address, (), (street, number))

struct Everything {
  ObjectId id{};
  bool flag{};
  std::int8_t i8{};
  std::uint8_t u8{};
  std::int16_t i16{};
  std::uint16_t u16{};
  std::int32_t i32{};
  std::uint32_t u32{};
  std::int64_t i64{};
  std::uint64_t u64{};
  long long ll{};
  double d{};
  float f{};
  std::string text{};
  Status status{};
  Level level{};
  Id any_id{};
  Uuid uuid{};
  DateTime date{};
  chrono::sys_days day{};
  chrono::sys_time<chrono::nanoseconds> nano{};
  Decimal128 decimal{};
  Binary binary{};
  std::optional<int> maybe{};
  std::optional<Address> maybe_address{};
  std::vector<std::string> tags{};
  std::vector<bool> bits{};
  std::vector<std::optional<int>> holes{};
  std::vector<Address> places{};
  std::array<double, 2> point{};
  std::map<std::string, int> counts{};
  std::unordered_map<std::string, std::vector<int>> lists{};
  Address address{};
  bool operator==(const Everything&) const = default;
};
BOOST_DESCRIBE_STRUCT(Everything, (),
                      (id, flag, i8, u8, i16, u16, i32, u32, i64, u64, ll, d, f, text, status, level, any_id, uuid, date,
                       day, nano, decimal, binary, maybe, maybe_address, tags, bits, holes, places, point, counts, lists,
                       address))

struct Base {
  int first{1};
};
BOOST_DESCRIBE_STRUCT(Base, (), (first))
struct Derived : Base {
  int second{2};
  int hidden{3};
};
BOOST_DESCRIBE_STRUCT(Derived, (Base), (second))

struct Tree {
  int value{};
  std::vector<Tree> children{};
};
BOOST_DESCRIBE_STRUCT(Tree, (), (value, children))

struct Defaults {
  int number{7};
  std::string text{"default"};
  std::optional<int> maybe{5};
  Id id{9};
};
BOOST_DESCRIBE_STRUCT(Defaults, (), (number, text, maybe, id))

Everything sample() {
  Everything x;
  x.id = ObjectId::make();
  x.flag = true;
  x.i8 = -128;
  x.u8 = 255;
  x.i16 = -32768;
  x.u16 = 65535;
  x.i32 = INT32_MIN;
  x.u32 = UINT32_MAX;
  x.i64 = INT64_MIN;
  x.u64 = INT64_MAX;
  x.ll = -1;
  x.d = 0.1;
  x.f = 0.5f;
  x.text = std::string("a\0b", 3);
  x.status = Status::published;
  x.level = Level::high;
  x.any_id = "key";
  x.uuid = Uuid::make();
  x.date = DateTime(chrono::milliseconds(-5));
  x.day = chrono::sys_days(chrono::days(20000));
  x.nano = chrono::sys_time<chrono::nanoseconds>(chrono::nanoseconds(7'000'000));
  x.decimal = Decimal128("1.50");
  x.binary = Binary("bytes", 0x80);
  x.maybe = 5;
  x.maybe_address = Address{"Optional Road", 1};
  x.tags = {"a", "a tag that needs memory of its own", ""};
  x.bits = {true, false};
  x.holes = {1, std::nullopt, 3};
  x.places = {{"First", 1}, {"Second", 2}};
  x.point = {1.5, -2};
  x.counts = {{"x", 1}, {"y", 2}};
  x.lists = {{"l", {1, 2, 3}}, {"e", {}}};
  x.address = {"Main Street", 42};
  return x;
}

}  // namespace

TEST_CASE("everything goes there and back") {
  const Everything x = sample();
  const bson::Document stored = encode(x);
  bson::validate(stored.bytes().data(), stored.bytes().size());
  CHECK(decode<Everything>(stored) == x);
  CHECK(decode<Everything>(encode(Everything())) == Everything());
}

TEST_CASE("types are stored as promised") {
  const bson::Document d = encode(sample());
  CHECK(d["i8"].is(Type::int32));
  CHECK(d["u16"].is(Type::int32));
  CHECK(d["i32"].is(Type::int32));
  CHECK(d["u32"].is(Type::int64));
  CHECK(d["i64"].is(Type::int64));
  CHECK(d["f"].is(Type::double_));
  CHECK(d["status"].as_string() == "published");
  CHECK(d["level"].as_int32() == 1);
  CHECK(d["uuid"].binary_subtype() == 4);
  CHECK(d["day"].is(Type::date));
  CHECK(d["holes"].as_document()["1"].is(Type::null));
  CHECK(d["address"].as_document()["number"].as_int32() == 42);
  const bson::Document empty = encode(Everything());
  CHECK(empty["maybe"].missing());
  CHECK(empty["any_id"].missing());
  CHECK(empty["tags"].as_document().empty());
  Everything x;
  x.u64 = UINT64_MAX;
  CHECK_THROWS_AS(encode(x), error);
}

TEST_CASE("fields in another order, unknown fields and missing ones") {
  Builder b;
  b.append_string("later", "x").append_null("unknown").append_int32("n", 1).append_double("n2", 5);
  const auto d = b.finish();
  const std::vector<std::string> names{"n", "later", "m", "i"};
  Defaults x;
  decode_fields(d, x, names, "Defaults");
  CHECK(x.number == 1);
  CHECK(x.text == "x");  // stands before "n", which was read first
  CHECK_FALSE(x.maybe);  // missing reads as nullopt
  CHECK(x.id.is_none());
  const Defaults y = decode<Defaults>(bson::Document());
  CHECK(y.number == 7);
  CHECK(y.text == "default");
  // A name that is the beginning of the stored one, and the reverse.
  const auto e = Builder().append_int32("numbers", 1).append_int32("numb", 2).append_int32("number", 3).finish();
  CHECK(decode<Defaults>(e).number == 3);
}

TEST_CASE("every order of fields gives the same object") {
  struct Field {
    const char* name;
    int value;
  };
  std::vector<std::string> order{"i32", "i64", "maybe", "u8"};
  std::sort(order.begin(), order.end());
  do {
    Builder b;
    for (const auto& name : order) b.append_int32(name, name[0]).append_int32("?" + name, 0);
    const auto x = decode<Everything>(b.finish());
    CHECK(x.i32 == 'i');
    CHECK(x.i64 == 'i');
    CHECK(x.maybe == 'm');
    CHECK(x.u8 == 'u');
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("stored names are the model's, nested ones the members'") {
  const std::vector<std::string> names{"_id", "road"};
  Builder b;
  encode_fields(b, Address{"x", 3}, names);
  const auto d = b.finish();
  CHECK(d["_id"].as_string() == "x");
  CHECK(d["road"].as_int32() == 3);
  Address back;
  decode_fields(d, back, names, "Address");
  CHECK(back == Address{"x", 3});
  const std::vector<std::string> few{"_id"};
  CHECK_THROWS_AS(decode_fields(d, back, few, "Address"), error);
}

TEST_CASE("numbers widen on read") {
  const auto d =
      Builder().append_int32("i64", 5).append_double("i32", 6).append_int64("d", 7).append_int32("decimal", 8).finish();
  const auto x = decode<Everything>(d);
  CHECK(x.i64 == 5);
  CHECK(x.i32 == 6);
  CHECK(x.d == 7);
  CHECK(x.decimal == Decimal128("8"));
  const auto e =
      Builder().append_int32("status", 1).append_double("level", 1).append_null("maybe").append_null("any_id").finish();
  CHECK(decode<Everything>(e).status == Status::published);
  CHECK(decode<Everything>(e).level == Level::high);
}

TEST_CASE("inherited members, members by name and by pointer") {
  CHECK(described_count<Derived> == 2);
  CHECK(described_index<Derived>("second") < 2);
  CHECK(described_index<Derived>("hidden") == 2);
  CHECK(described_name<Address>(1) == "number");
  CHECK(member_name<&Address::number>() == "number");
  CHECK(member_name<&Derived::first>() == "first");
  CHECK(member_index<Derived, &Derived::first>() == described_index<Derived>("first"));
  CHECK(member_index<Derived, &Derived::hidden>() == 2);
  const auto d = encode(Derived{});
  CHECK(d["first"].as_int32() == 1);
  CHECK(d["second"].as_int32() == 2);
  CHECK(d["hidden"].missing());
  CHECK(decode<Derived>(Builder().append_int32("first", 8).finish()).first == 8);
}

TEST_CASE("field types") {
  const auto type = [](std::string_view name) { return field_type<Everything>(described_index<Everything>(name)); };
  CHECK(type("id").kind == FieldKind::object_id);
  CHECK(type("u8").kind == FieldKind::integer);
  CHECK(std::string_view(type("u8").name) == "uint8");
  CHECK(type("maybe").optional);
  CHECK(type("maybe").kind == FieldKind::integer);
  CHECK(type("tags").kind == FieldKind::array);
  CHECK(type("tags").element == FieldKind::string);
  CHECK(type("lists").kind == FieldKind::map);
  CHECK(type("status").kind == FieldKind::string);
  CHECK(type("level").kind == FieldKind::integer);
  CHECK(type("address").kind == FieldKind::document);
  CHECK(to_string(FieldKind::uuid) == "Uuid");
}

TEST_CASE("structs that hold their own kind") {
  Tree tree{1, {{2, {}}, {3, {{4, {}}}}}};
  const Tree back = decode<Tree>(encode(tree));
  CHECK(back.children[1].children[0].value == 4);
  Tree deep;
  for (int i = 0; i < 60; ++i) deep = Tree{i, {deep}};
  CHECK_THROWS_AS(encode(deep), error);  // an array and a document a level: 120 deep
}
