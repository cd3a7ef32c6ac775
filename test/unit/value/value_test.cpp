// Value: which BSON every C++ type becomes, how large values are shared, and what describe() says of them.
// Implicit conversion is tested by copy-initialisation, as in a condition {"field", value}.
#include <doctest/doctest.h>

#include <boost/describe/enum.hpp>
#include <kinship/error.hpp>
#include <kinship/value/value.hpp>
#include <sstream>

using namespace kinship;
using bson::Type;

namespace {
enum class Status { draft, published };
BOOST_DESCRIBE_ENUM(Status, draft, published)
enum class Plain : std::uint8_t { a = 3 };
enum class Wide : std::int64_t { a = 1LL << 40 };

static_assert(sizeof(Value) == 32);
static_assert(!std::is_convertible_v<char, Value>);
static_assert(!std::is_convertible_v<void*, Value>);
static_assert(!std::is_convertible_v<int*, Value>);
static_assert(std::is_nothrow_move_constructible_v<Value>);
}  // namespace

TEST_CASE("numbers keep the width of their type") {
  const Value a = 5, b = 5u, c = std::int64_t{5}, d = std::int8_t{-5}, e = std::uint16_t{5}, f = 0, g = 5ull, h = 2.5,
              i = 2.5f;
  CHECK(a.type() == Type::int32);
  CHECK(a.view().as_int32() == 5);
  CHECK(b.type() == Type::int64);
  CHECK(c.view().as_int64() == 5);
  CHECK(d.view().as_int32() == -5);
  CHECK(e.type() == Type::int32);
  CHECK(f.type() == Type::int32);
  CHECK(g.type() == Type::int64);
  CHECK(h.view().as_double() == 2.5);
  CHECK(i.type() == Type::double_);
  CHECK_THROWS_AS(Value(~0ull), error);
  CHECK(a != c);
}

TEST_CASE("the other types") {
  const std::string text = "string";
  const Value a = true, b = "chars", c = text, d = std::string_view("view"), e = nullptr, f = std::nullopt, g;
  CHECK(a.view().as_bool());
  CHECK(b.view().as_string() == "chars");
  CHECK(c.view().as_string() == "string");
  CHECK(d.view().as_string() == "view");
  CHECK(e.is_null());
  CHECK(f.is_null());
  CHECK(g.is_null());
  const ObjectId oid = ObjectId::make();
  const Uuid uuid = Uuid::make();
  const Value h = oid, i = uuid, j = Id(7), k = Id(), l = Id(uuid), m = Decimal128("1.5"), n = Binary("raw", 9);
  CHECK(Id::from(h) == oid);
  CHECK(Id::from(i) == uuid);
  CHECK(j.view().as_int64() == 7);
  CHECK(k.is_null());
  CHECK(l == i);
  CHECK(Decimal128::from_bytes(m.view().data()) == Decimal128("1.5"));
  CHECK(n.view().binary_subtype() == 9);
  CHECK(n.view().binary_bytes() == "raw");
  const Value day = std::chrono::sys_days(std::chrono::days(1)), moment = DateTime(std::chrono::milliseconds(9));
  CHECK(day.view().as_int64() == 86'400'000);
  CHECK(moment.type() == Type::date);
}

TEST_CASE("enums are stored by name when described") {
  const Value a = Status::published, b = Plain::a, c = Wide::a, d = static_cast<Status>(9);
  CHECK(a.view().as_string() == "published");
  CHECK(b.view().as_int32() == 3);
  CHECK(c.view().as_int64() == 1LL << 40);
  CHECK(d.view().as_int32() == 9);
}

TEST_CASE("optionals, vectors and documents") {
  const std::optional<int> none, five = 5;
  const Value a = none, b = five, c = std::vector<std::string>{"x", "y"}, d = std::vector<bool>{true, false};
  CHECK(a.is_null());
  CHECK(b == Value(5));
  CHECK(c.type() == Type::array);
  CHECK(c.view().as_document()["1"].as_string() == "y");
  CHECK(d.view().as_document()["0"].as_bool());
  const Value nested = std::vector<std::vector<int>>{{1}, {2, 3}};
  CHECK(describe(nested) == "[[1], [2, 3]]");
  const auto document = bson::Builder().append_int32("a", 1).finish();
  const Value e = document, f = document["a"], g = document["none"], h = document.view();
  CHECK(e.view().as_document() == document.view());
  CHECK(f == Value(1));
  CHECK(g.is_null());
  CHECK(h == e);
}

TEST_CASE("large values are shared between copies and freed once") {
  const std::string large(1000, 'x');
  Value a = large;
  Value b = a;
  CHECK(b.view().data() == a.view().data());
  a = 5;
  CHECK(b.view().as_string() == large);
  Value c = std::move(b);
  b = c;
  const Value& self = b;
  b = self;
  CHECK(b == c);
  c = std::move(a);
  CHECK(c == Value(5));
  CHECK(a.is_null());  // moved from
  // Around the edge of the inline buffer.
  for (std::size_t n = 15; n < 24; ++n) CHECK(Value(std::string(n, 'y')).view().as_string() == std::string(n, 'y'));
}

TEST_CASE("values are described for messages") {
  std::ostringstream out;
  out << Value("text") << ' ' << Value(5.0) << ' ' << Value(true) << ' ' << Value() << ' ' << Value(Binary("abc", 5));
  CHECK(out.str() == "\"text\" 5.0 true null Binary(5, 3 bytes)");
  CHECK(describe(Value(std::string(100, 'x')), 5) == "\"xxxxx...\"");
  const auto d = bson::Builder().append_int32("a", 1).append_regex("r", "^x", "i").append_date("d", 0).finish();
  CHECK(describe(Value(d)) == "{\"a\": 1, \"r\": /^x/i, \"d\": 1970-01-01T00:00:00Z}");
  CHECK(describe(Value(std::vector<int>(100, 7)), 10) == "[7, 7, 7, 7, ...]");
  CHECK(describe(Value(1e300)) == "1e+300");
}
