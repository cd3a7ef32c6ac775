// Typed conditions: member pointers become names, values keep their types; what they say is what their texts say.
#include <doctest/doctest.h>

#include <boost/describe.hpp>
#include <kinship/query/field.hpp>
#include <kinship/query/select.hpp>
#include <optional>
#include <string>
#include <vector>

using namespace kinship;

namespace {

enum class Status { draft, live };
BOOST_DESCRIBE_ENUM(Status, draft, live)

struct City {
  std::string name{};
  int zip{};
};
BOOST_DESCRIBE_STRUCT(City, (), (name, zip))

struct Base {
  ObjectId id{};
};
BOOST_DESCRIBE_STRUCT(Base, (), (id))

struct Post : Base {
  std::string title{};
  int likes{};
  bool active{};
  std::optional<std::string> subtitle{};
  std::optional<City> place{};
  std::vector<std::string> tags{};
  std::vector<int> scores{};
  std::vector<City> stops{};
  DateTime at{};
  Status status{};
  Uuid uuid{};
  Decimal128 price{};
};
BOOST_DESCRIBE_STRUCT(Post, (Base), (title, likes, active, subtitle, place, tags, scores, stops, at, status, uuid, price))

std::string text(const Condition& condition) { return to_string(condition); }

}  // namespace

TEST_CASE("comparisons") {
  CHECK(text(field<&Post::likes> == 10) == R"({"likes": 10})");
  CHECK(text(field<&Post::likes> != 10) == R"({"likes": {"$ne": 10}})");
  CHECK(text(field<&Post::likes> > 10) == R"({"likes": {"$gt": 10}})");
  CHECK(text(field<&Post::likes> >= 10) == R"({"likes": {"$gte": 10}})");
  CHECK(text(field<&Post::likes> < 10L) == R"({"likes": {"$lt": 10}})");
  CHECK(text(field<&Post::likes> <= 10.5) == R"({"likes": {"$lte": 10.5}})");
  CHECK(text(field<&Post::title> == "x") == R"({"title": "x"})");
  CHECK(text(field<&Post::active> == true) == R"({"active": true})");
  CHECK(text(field<&Post::price> > 3) == R"({"price": {"$gt": 3}})");
  CHECK(text(field<&Post::price> == Decimal128("1.20")) == R"({"price": 1.20})");
}

TEST_CASE("text stands for ids, dates and decimals until the query is resolved") {
  CHECK(text(field<&Base::id> == "65ab00000000000000000001") == R"({"id": "65ab00000000000000000001"})");
  CHECK(text(field<&Post::at> >= "2024-01-01") == R"({"at": {"$gte": "2024-01-01"}})");
  CHECK(text(field<&Post::at> == DateTime(std::chrono::milliseconds(0))) == R"({"at": 1970-01-01T00:00:00Z})");
  CHECK(text(field<&Post::uuid> == "x") == R"({"uuid": "x"})");
  CHECK(text(field<&Post::price> == "1.20") == R"({"price": "1.20"})");
}

TEST_CASE("optionals take a value, nullopt and nullptr") {
  CHECK(text(field<&Post::subtitle> == "x") == R"({"subtitle": "x"})");
  CHECK(text(field<&Post::subtitle> == std::nullopt) == R"({"subtitle": null})");
  CHECK(text(field<&Post::subtitle> != nullptr) == R"({"subtitle": {"$ne": null}})");
  CHECK(text(field<&Post::subtitle> == std::optional<std::string>("x")) == R"({"subtitle": "x"})");
  CHECK(text(field<&Post::subtitle> == std::optional<std::string>()) == R"({"subtitle": null})");
  CHECK(text(field<&Post::subtitle>.is_null()) == R"({"subtitle": null})");
  CHECK(text(field<&Post::subtitle>.exists(false)) == R"({"subtitle": {"$exists": false}})");
}

TEST_CASE("enums are stored by name") {
  CHECK(text(field<&Post::status> == Status::live) == R"({"status": "live"})");
  CHECK(text(field<&Post::status>.in(Status::draft, Status::live)) == R"({"status": {"$in": ["draft", "live"]}})");
}

TEST_CASE("in takes values or a range") {
  CHECK(text(field<&Post::likes>.in(1, 2, 3)) == R"({"likes": {"$in": [1, 2, 3]}})");
  CHECK(text(field<&Post::likes>.in(std::vector<int>{1, 2})) == R"({"likes": {"$in": [1, 2]}})");
  CHECK(text(field<&Post::likes>.not_in(1)) == R"({"likes": {"$nin": [1]}})");
  CHECK(text(field<&Post::likes>.in()) == R"({"likes": {"$in": []}})");
  CHECK(text(field<&Post::title>.in(std::string("a"), "b")) == R"({"title": {"$in": ["a", "b"]}})");
}

TEST_CASE("arrays") {
  CHECK(text(field<&Post::tags> == "x") == R"({"tags": "x"})");
  CHECK(text(field<&Post::tags>.contains("x")) == R"({"tags": "x"})");
  CHECK(text(field<&Post::tags> == std::vector<std::string>{"x"}) == R"({"tags": ["x"]})");
  CHECK(text(field<&Post::tags>.in("x", "y")) == R"({"tags": {"$in": ["x", "y"]}})");
  CHECK(text(field<&Post::tags>.all("x", "y")) == R"({"tags": {"$all": ["x", "y"]}})");
  CHECK(text(field<&Post::tags>.size(2)) == R"({"tags": {"$size": 2}})");
  CHECK(text(field<&Post::tags>.matches("^x", "i")) == R"({"tags": {"$regex": "^x", "$options": "i"}})");
  CHECK(text(field<&Post::scores>.any(element > 5 && element < 9)) == R"({"scores": {"$elemMatch": {"$gt": 5, "$lt": 9}}})");
  CHECK(text(field<&Post::stops>.any(field<&City::zip> > 5 && field<&City::name> == "Rome")) ==
        R"({"stops": {"$elemMatch": {"zip": {"$gt": 5}, "name": "Rome"}}})");
}

TEST_CASE("paths go through optionals and arrays") {
  CHECK(text(field<&Post::place, &City::name> == "Rome") == R"({"place.name": "Rome"})");
  CHECK(text(field<&Post::stops, &City::zip> == 5) == R"({"stops.zip": 5})");
  CHECK(field<&Post::place, &City::name>.name() == "place.name");
}

TEST_CASE("mod and matches") {
  CHECK(text(field<&Post::likes>.mod(4, 1)) == R"({"likes": {"$mod": [4, 1]}})");
  CHECK(text(field<&Post::title>.matches("a+")) == R"({"title": {"$regex": "a+"}})");
}

TEST_CASE("select names members") {
  CHECK(select<&Post::title, &Base::id>().fields() == std::vector<std::string>{"title", "id"});
  CHECK((select<&Post::place>().fields() == std::vector<std::string>{"place"}));
}

TEST_CASE("stored types of members") {
  CHECK(stored_type<int>() == StoredType{StoredKind::int32, false, false, false});
  CHECK(stored_type<std::uint32_t>().kind == StoredKind::int64);
  CHECK(stored_type<std::int64_t>().kind == StoredKind::int64);
  CHECK(stored_type<float>().kind == StoredKind::floating);
  CHECK(stored_type<std::optional<std::string>>() == StoredType{StoredKind::string, false, true, false});
  CHECK(stored_type<std::vector<ObjectId>>() == StoredType{StoredKind::object_id, true, false, false});
  CHECK(stored_type<std::vector<std::vector<int>>>() == StoredType{StoredKind::any, true, false, false});
  CHECK(stored_type<City>().kind == StoredKind::document);
  CHECK(stored_type<Status>().kind == StoredKind::enumeration);
  CHECK(stored_type<DateTime>().kind == StoredKind::date);
  CHECK(stored_type<Id>().kind == StoredKind::any);
}
