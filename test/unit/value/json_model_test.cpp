// Models to and from the JSON of people: member names, hex ids, ISO dates; and what a request may not contain.
// The round trip covers every kind of member; the refusals are compared as sentences.
#include <doctest/doctest.h>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <cmath>
#include <kinship/error.hpp>
#include <kinship/value/json.hpp>
#include <map>

using namespace kinship;

namespace {

enum class Status { draft, published };
BOOST_DESCRIBE_ENUM(Status, draft, published)

struct Address {
  std::string street{};
  std::optional<int> number{};
  bool operator==(const Address&) const = default;
};
BOOST_DESCRIBE_STRUCT(Address, (), (street, number))

struct Post {
  ObjectId id{};
  Id author{};
  std::string title{};
  Status status{};
  int likes{7};
  double score{};
  bool active{};
  DateTime created_at{};
  Uuid token{};
  Decimal128 price{};
  Binary blob{};
  std::optional<std::string> note{};
  std::vector<ObjectId> tags{};
  std::vector<bool> bits{};
  std::array<ObjectId, 1> one{};
  std::map<std::string, DateTime> dates{};
  Address address{};
  std::vector<Address> others{};
  json extra{};
  bool operator==(const Post&) const = default;
};
BOOST_DESCRIBE_STRUCT(Post, (),
                      (id, author, title, status, likes, score, active, created_at, token, price, blob, note, tags, bits,
                       one, dates, address, others, extra))

struct Tree {
  std::vector<Tree> children{};
};
BOOST_DESCRIBE_STRUCT(Tree, (), (children))

const ObjectId oid("65ab0000ffff010203040506");

Post sample() {
  Post p;
  p.id = oid;
  p.author = oid;
  p.title = "A title";
  p.status = Status::published;
  p.likes = -1;
  p.score = 0.5;
  p.active = true;
  p.created_at = DateTime(std::chrono::milliseconds(1'709'209'800'250));
  p.token = Uuid("0e37df36-f698-11e6-8dd4-cb9ced3df976");
  p.price = Decimal128("12.30");
  p.blob = Binary("\xff\xff");
  p.note = "note";
  p.tags = {oid};
  p.bits = {true, false};
  p.one = {oid};
  p.dates = {{"d", p.created_at}};
  p.address = {"Main Street", 5};
  p.others = {{"x", std::nullopt}};
  p.extra = json::parse(R"({"z":[1,{"y":null}],"a":1.5})");
  return p;
}

std::string refusal(const char* text) {
  try {
    kinship::from_json<Post>(json::parse(text), "Post");
  } catch (const error& e) {
    CHECK(e.model() == "Post");
    return e.sentence();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a model as JSON") {
  CHECK(to_json(sample()).dump() ==
        R"({"id":"65ab0000ffff010203040506","author":"65ab0000ffff010203040506","title":"A title","status":"published",)"
        R"("likes":-1,"score":0.5,"active":true,"created_at":"2024-02-29T12:30:00.250Z",)"
        R"("token":"0e37df36-f698-11e6-8dd4-cb9ced3df976","price":"12.30","blob":"//8=","note":"note",)"
        R"("tags":["65ab0000ffff010203040506"],"bits":[true,false],"one":["65ab0000ffff010203040506"],)"
        R"("dates":{"d":"2024-02-29T12:30:00.250Z"},"address":{"street":"Main Street","number":5},)"
        R"("others":[{"street":"x","number":null}],"extra":{"z":[1,{"y":null}],"a":1.5}})");
  CHECK(to_json(Post())["note"].is_null());
  CHECK(to_json(Post())["author"].is_null());
}

TEST_CASE("and back, from either kind of JSON") {
  CHECK(from_json<Post>(to_json(sample())) == sample());
  CHECK(from_json<Post>(to_json(Post())) == Post());
  const nlohmann::json plain = nlohmann::json::parse(to_json(sample()).dump());
  Post p;
  from_json(plain, p);
  p.extra = sample().extra;  // whose order a plain json does not keep
  CHECK(p == sample());
}

TEST_CASE("what is not named stays as it is") {
  Post p = sample();
  from_json(json::parse(R"({"title":"new","address":{"number":null}})"), p);
  CHECK(p.title == "new");
  CHECK(p.likes == -1);
  CHECK(p.address == Address{"Main Street", std::nullopt});
  CHECK(from_json<Post>(json::object()).likes == 7);
}

TEST_CASE("JSON's other spellings") {
  const auto p = from_json<Post>(
      json::parse(R"({"id":{"$oid":"65ab0000ffff010203040506"},"author":42,"likes":5.0,"score":3,"price":1.5,"status":1,)"
                  R"("blob":{"$binary":{"base64":"AA==","subType":"80"}},"created_at":"2024-02-29","note":null})"));
  CHECK(p.id == oid);
  CHECK(p.author == 42);
  CHECK(p.likes == 5);
  CHECK(p.score == 3);
  CHECK(p.price == Decimal128("1.5"));
  CHECK(p.status == Status::published);
  CHECK(p.blob.subtype() == 0x80);
  CHECK(to_json(p)["blob"].dump() == R"({"$binary":{"base64":"AA==","subType":"80"}})");
  CHECK(from_json<Post>(json::parse(R"({"author":"a name"})")).author == "a name");
  CHECK(std::isnan(from_json<Post>(json::parse(R"({"score":"NaN"})")).score));
  CHECK(to_json(from_json<Post>(json::parse(R"({"score":"-Infinity"})")))["score"] == "-Infinity");
}

TEST_CASE("wrong types are refused in words") {
  CHECK(refusal(R"({"title":5})") == "field 'title' of Post: found 5, expected string");
  CHECK(refusal(R"({"title":null})") ==
        "field 'title' of Post: found null, expected string; leave the field out, or send a value");
  CHECK(refusal(R"({"title":{"$ne":null}})") == "field 'title' of Post: found {\"$ne\": null}, expected string");
  CHECK(refusal(R"({"id":"65ab"})") == "field 'id' of Post: found \"65ab\", expected ObjectId");
  CHECK(refusal(R"({"likes":"many"})") == "field 'likes' of Post: found \"many\", expected int32");
  CHECK(refusal(R"({"likes":3000000000})") ==
        "field 'likes' of Post: found 3000000000, expected a number in the range of int32");
  CHECK(refusal(R"({"created_at":"soon"})") == "field 'created_at' of Post: found \"soon\", expected date");
  CHECK(refusal(R"({"status":"deleted"})") ==
        "field 'status' of Post: found \"deleted\", expected one of \"draft\", \"published\"");
  CHECK(refusal(R"({"tags":["x"]})") == "field 'tags.0' of Post: found \"x\", expected ObjectId");
  CHECK(refusal(R"({"tags":"x"})") == "field 'tags' of Post: found \"x\", expected array");
  CHECK(refusal(R"({"others":[{"street":"a"},{"street":1}]})") ==
        "field 'others.1.street' of Post: found 1, expected string");
  CHECK(refusal(R"({"dates":{"d":1}})") == "field 'dates.d' of Post: found 1, expected date");
  CHECK(refusal(R"({"address":[]})") == "field 'address' of Post: found an array, expected object");
  CHECK(refusal(R"({"id":{"$oid":5}})").substr(0, 40) == "field 'id' of Post: found {\"$oid\": 5}, e");
  CHECK(refusal(R"({"one":[]})").find("array of 1 elements") != std::string::npos);
  CHECK(refusal(R"([])") == "the document of Post: found an array, expected object");
  for (const char* text : {R"({"active":1})", R"({"active":"true"})", R"({"score":"1.5"})", R"({"price":"ten"})",
                           R"({"blob":"%"})", R"({"token":5})", R"({"likes":1.5})", R"({"bits":[1]})", R"({"dates":[]})",
                           R"({"author":{"a":1}})", R"({"author":true})", R"({"likes":18446744073709551615})"}) {
    CAPTURE(text);
    CHECK(refusal(text) != "accepted");
  }
}

TEST_CASE("unknown fields are refused with the nearest name") {
  CHECK(refusal(R"({"titel":"x"})") == "there is no field 'titel' in Post; did you mean 'title'?");
  CHECK(refusal(R"({"createdAt":"x"})") == "there is no field 'createdAt' in Post; did you mean 'created_at'?");
  CHECK(refusal(R"({"address":{"city":"x"}})") == "there is no field 'address.city' in Post; the fields are street, number");
  CHECK(refusal(R"({"$where":"x"})").substr(0, 34) == "there is no field '$where' in Post");
  try {
    from_json<Address>(json::parse(R"({"x":1})"));
    FAIL("accepted");
  } catch (const error& e) {
    CHECK(e.code() == errc::unknown_field);
  }
}

TEST_CASE("a kinship::json member is stored as BSON and keeps its order") {
  Post p;
  p.extra =
      json::parse(R"({"z":{"$oid":"65ab0000ffff010203040506"},"a":[1,2.5,"x",null,{"$date":"2024-02-29T12:30:00Z"}]})");
  const bson::Document d = encode(p);
  CHECK(d["extra"].as_document()["z"].is(bson::Type::object_id));
  CHECK(decode<Post>(d).extra.dump() == p.extra.dump());
  p.extra = nullptr;
  CHECK(encode(p)["extra"].is(bson::Type::null));
  CHECK(decode<Post>(encode(p)).extra.is_null());
  p.extra = json::parse(R"({"bad":{"$oid":5}})");
  CHECK_THROWS_AS(encode(p), error);
  CHECK(field_type<Post>(described_index<Post>("extra")).kind == FieldKind::json);
}

TEST_CASE("nesting is bounded") {
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += R"({"children":[)";
  for (int i = 0; i < 200; ++i) deep += "]}";
  CHECK_THROWS_AS(from_json<Tree>(json::parse(deep)), error);
  std::string arrays = R"({"extra":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  CHECK_THROWS_AS(from_json<Post>(json::parse(arrays)), error);
  CHECK_THROWS_AS(from_json<Post>(nlohmann::json::parse(arrays)), error);
  CHECK_THROWS_AS(from_extended_json(json::parse(arrays)), error);
  CHECK_THROWS_AS(from_extended_json(nlohmann::json::parse(arrays)), error);
  CHECK_THROWS_AS(Value(json::parse(arrays)), error);
  std::string code = "{\"a\":";
  for (int i = 0; i < 5000; ++i) code += R"({"$code":"","$scope":{"a":)";
  code += "1";
  for (int i = 0; i < 5000; ++i) code += "}}";
  CHECK_THROWS_AS(from_extended_json(json::parse(code + "}")), error);
}
