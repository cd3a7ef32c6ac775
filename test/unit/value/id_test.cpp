// Id and Uuid: implicit in both directions, exact in comparison, ordered as the stores order.
// The comparisons stand inside CHECK on purpose: they must not be ambiguous there.
#include <doctest/doctest.h>

#include <algorithm>
#include <kinship/error.hpp>
#include <kinship/value/id.hpp>
#include <sstream>
#include <unordered_set>

using namespace kinship;

namespace {
const ObjectId oid("65ab0000ffff010203040506");
const Uuid uuid("0e37df36-f698-11e6-8dd4-cb9ced3df976");

bson::Document stored(const Id& id) {
  bson::Builder b;
  id.append_to(b, "k");
  return b.finish();
}
}  // namespace

TEST_CASE("a uuid is parsed, printed and made") {
  CHECK(uuid.to_string() == "0e37df36-f698-11e6-8dd4-cb9ced3df976");
  CHECK(Uuid("0E37DF36F69811E68DD4CB9CED3DF976") == uuid);
  CHECK_FALSE(Uuid::parse("0e37df36-f698-11e6-8dd4-cb9ced3df97"));
  CHECK_FALSE(Uuid::parse("0e37df36-f698-11e6-8dd44cb9ced3df976"));
  CHECK_FALSE(Uuid::parse("0e37df36-f698-11e6-8dd4-cb9ced3df97x"));
  CHECK_THROWS_AS(Uuid("x"), error);
  const Uuid made = Uuid::make();
  CHECK(made != Uuid::make());
  CHECK(made.to_string()[14] == '4');
  CHECK(Uuid().is_nil());
  CHECK_FALSE(made.is_nil());
  std::ostringstream out;
  out << uuid;
  CHECK(out.str() == uuid.to_string());
}

TEST_CASE("an id takes every kind of key and compares with it") {
  const Id a = oid, b = 7, c = "text", d = uuid, e = std::string("text"), f = 7u, g = std::int64_t{7};
  CHECK(a == oid);
  CHECK(oid == a);
  CHECK(b == 7);
  CHECK(7 == b);
  CHECK(b == 7u);
  CHECK(b == std::int64_t{7});
  CHECK(b == f);
  CHECK(f == g);
  CHECK(c == "text");
  CHECK("text" == c);
  CHECK(c == e);
  CHECK(c == std::string("text"));
  CHECK(c == std::string_view("text"));
  CHECK(d == uuid);
  CHECK(a != ObjectId());
  CHECK(b != 8);
  CHECK(c != "other");
  CHECK(a != b);
  CHECK_FALSE(a == 7);
  CHECK_FALSE(Id(-1) == ~0ull);
  CHECK_FALSE(Id() == 0);
  CHECK_THROWS_AS(Id(~0ull), error);
}

TEST_CASE("none and nil") {
  CHECK(Id().is_none());
  CHECK(Id(std::nullopt).is_none());
  CHECK(Id().is_nil());
  CHECK_FALSE(Id(ObjectId()).is_none());
  CHECK(Id(ObjectId()).is_nil());
  CHECK(Id(Uuid()).is_nil());
  CHECK(Id("").is_nil());
  CHECK_FALSE(Id(0).is_nil());
  CHECK(static_cast<bool>(Id(oid)));
  CHECK_FALSE(static_cast<bool>(Id()));
}

TEST_CASE("an id gives its key back, and says so when it is another") {
  const Id a = oid;
  const ObjectId back = a;
  CHECK(back == oid);
  const std::int64_t number = Id(42);
  CHECK(number == 42);
  const std::string text = Id("x");
  CHECK(text == "x");
  const Uuid u = Id(uuid);
  CHECK(u == uuid);
  CHECK(a.get_if<std::string>() == nullptr);
  CHECK(a.type() == IdType::object_id);
  CHECK_THROWS_WITH_AS(a.get<std::string>(),
                       "the id 65ab0000ffff010203040506 is of type ObjectId, not string; ask type() first", error);
}

TEST_CASE("ids are copied, moved and assigned over each other, text or not") {
  const std::string text = "a text too long for the small string buffer";
  Id a = text, b = 5;
  a = b;
  CHECK(a == 5);
  a = Id(text);
  b = a;
  CHECK(b == text);
  Id c = std::move(b);
  CHECK(c == text);
  const Id& self = c;
  c = self;
  CHECK(c == text);
  c = Id(oid);
  CHECK(c == oid);
  c = uuid;
  c = 5;
  CHECK(c == 5);
  CHECK(Id(5) == c);  // nothing of the UUID is left
}

TEST_CASE("ids go to the store and come back") {
  for (const Id& id : {Id(), Id(oid), Id(7), Id("s"), Id(uuid)}) CHECK(Id::from(stored(id)["k"]) == id);
  bson::Builder b;
  b.append_int32("i", 5)
      .append_double("whole", 5)
      .append_double("half", 5.5)
      .append_bool("b", true)
      .append_double("big", 1e30);
  const auto d = b.append_double("nan", std::numeric_limits<double>::quiet_NaN()).append_binary("bin", 4, "short").finish();
  CHECK(Id::from(d["i"]) == 5);
  CHECK(Id::from(d["whole"]) == 5);
  CHECK(Id::from(d["missing"]).is_none());
  for (const char* name : {"half", "b", "big", "nan", "bin"}) CHECK_FALSE(Id::try_from(d[name]));
  CHECK_THROWS_AS(Id::from(d["b"]), error);
}

TEST_CASE("text is parsed as a key of a type") {
  CHECK(*Id::parse("65ab0000ffff010203040506", IdType::object_id) == oid);
  CHECK(*Id::parse("-42", IdType::integer) == -42);
  CHECK(*Id::parse("42", IdType::string) == "42");
  CHECK(*Id::parse(uuid.to_string(), IdType::uuid) == uuid);
  for (const auto type : {IdType::none, IdType::object_id, IdType::integer, IdType::uuid})
    CHECK_FALSE(Id::parse("4x", type));
}

TEST_CASE("order, text and hash") {
  std::vector<Id> ids{oid, uuid, "b", "a", 9, -1, Id()};
  std::sort(ids.begin(), ids.end());
  CHECK(ids == std::vector<Id>{Id(), -1, 9, "a", "b", uuid, oid});
  std::ostringstream out;
  for (const Id& id : {Id(), Id(3), Id("x")}) out << id << ' ';
  CHECK(out.str() == "none 3 x ");
  CHECK(Id(oid).to_string() == oid.to_string());
  std::unordered_set<Id> set(ids.begin(), ids.end());
  set.insert(9);
  CHECK(set.size() == 7);
}
