// Models of every shape: keys of all types, renamed fields, inherited members, nested structs, indexes that hold.
// Each is stored and read back through its relationships.
#include <doctest/doctest.h>

#include <boost/describe.hpp>
#include <kinship/collection.hpp>
#include <kinship/database.hpp>
#include <kinship/model/define.hpp>
#include <kinship/query/field.hpp>
#include <kinship/query/update.hpp>
#include <kinship/testing.hpp>
#include <kinship/value/json.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orm/caught.hpp"
#include "support/run.hpp"

namespace keys {

using kinship::awaitable;
using kinship::Database;
using kinship::errc;
using kinship::test::Caught;
using kinship::test::caught;

struct Line;
struct Order {
  std::int64_t number{};
  std::string customer{};
  kinship::OneToMany<Line> lines{};
};
struct Line {
  kinship::Uuid id{};
  kinship::BelongsTo<Order> order{};
  std::string article{};
};
struct City;
struct Country {
  std::string code{};
  std::string name{};
  int scratch{};
  kinship::OneToMany<City> cities{};
};
struct City {
  kinship::ObjectId id{};
  std::optional<std::string> country{};  // a plain member as foreign key
  std::string name{};
};
struct Part {
  std::string name{};
  std::optional<double> weight{};
};
struct Stored {
  kinship::ObjectId id{};
  std::string label{};
};
struct Machine : Stored {
  Part main{};
  std::vector<Part> spares{};
  std::map<std::string, int> counts{};
  std::optional<int> year{};
};
BOOST_DESCRIBE_STRUCT(Order, (), (number, customer))
BOOST_DESCRIBE_STRUCT(Line, (), (id, order, article))
BOOST_DESCRIBE_STRUCT(Country, (), (code, name))
BOOST_DESCRIBE_STRUCT(City, (), (id, country, name))
BOOST_DESCRIBE_STRUCT(Part, (), (name, weight))
BOOST_DESCRIBE_STRUCT(Stored, (), (id, label))
BOOST_DESCRIBE_STRUCT(Machine, (Stored), (main, spares, counts, year))
inline kinship::Model mapping(kinship::of<Order>) {
  return kinship::define<Order>("orders")
      .key<&Order::number>()
      .field<&Order::customer>("cust")
      .one_to_many<&Order::lines, &Line::order>({.cascade_delete = true});
}
inline kinship::Model mapping(kinship::of<Line>) {
  return kinship::define<Line>("lines").belongs_to<&Line::order>().index<&Line::order, &Line::article>({.unique = true});
}
inline kinship::Model mapping(kinship::of<Country>) {
  return kinship::define<Country>("countries")
      .key<&Country::code>()
      .transient<&Country::scratch>()
      .one_to_many<&Country::cities, &City::country>({.on_delete = kinship::OnDelete::nullify});
}
inline kinship::Model mapping(kinship::of<City>) { return kinship::define<City>("cities"); }
inline kinship::Model mapping(kinship::of<Machine>) { return kinship::define<Machine>("machines"); }

static awaitable<void> integers_and_uuids() {
  Database db = co_await kinship::testing::memory();
  co_await db.ensure_indexes<Order, Line>();
  Order zero, big;
  zero.customer = "z";
  big.number = 9'000'000'000'000;
  co_await db.insert(zero);
  co_await db.insert(big);
  Line line;
  line.article = "a";
  co_await big.lines.add(line);
  CHECK(line.id != kinship::Uuid());
  CHECK(line.order.id() == big.number);
  Line same;
  same.article = "a";
  const Caught e = co_await caught(big.lines.add(same));
  CHECK(e.code == errc::duplicate_key);
  CHECK(e.says("lines"));
  CHECK(e.says("order_id_1_article_1"));
  CHECK(same.id == kinship::Uuid());
  CHECK(!same.order.id());
  co_await zero.lines.add(same);
  auto orders = co_await db.find<Order>().order_by<&Order::number>().all();
  REQUIRE(orders.size() == 2);
  auto lines = co_await orders[1].lines.all();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].id == line.id);
  CHECK(orders[0].lines.size() == 1);
  kinship::Collection raw = db.collection("orders");
  const kinship::json renamed = kinship::json::parse(R"({"_id": 0, "cust": "z"})");
  CHECK(co_await raw.count(renamed) == 1);
  CHECK(co_await db.find<Order>().where({"customer", "z"}).count() == 1);
  auto got = co_await db.get<Order>(big.number);
  CHECK(got);
  auto by_text = co_await db.get<Line>(line.id.to_string());
  CHECK(by_text);
  Order taken;
  const Caught twice = co_await caught(db.insert(taken));
  CHECK(twice.code == errc::duplicate_key);
  auto result = co_await db.remove(*got);
  CHECK(result.deleted() == 2);
  const Caught wrong = co_await caught(db.get<Line>("not a uuid"));
  CHECK(wrong.code == errc::type_mismatch);
  co_await db.close();
}
TEST_CASE("integer and Uuid keys; a unique index holds and is named") { kinship::test::run(integers_and_uuids()); }

static awaitable<void> strings() {
  Database db = co_await kinship::testing::memory();
  Country country;
  country.code = "de";
  country.scratch = 7;
  co_await db.insert(country);
  City city;
  city.name = "Kiel";
  co_await country.cities.add(city);
  REQUIRE(city.country);
  CHECK(*city.country == "de");
  CHECK(co_await country.cities.count() == 1);
  co_await country.cities.remove(city);
  CHECK(!city.country);
  CHECK(co_await country.cities.count() == 0);
  co_await country.cities.add(city);
  auto result = co_await db.remove(country);
  CHECK(result.deleted() == 1);
  CHECK(result.updated() == 1);
  auto left = co_await db.get<City>(city.id);
  CHECK(!left->country);
  Country nameless;
  const Caught e = co_await caught(db.insert(nameless));
  CHECK(e.code == errc::invalid_query);
  CHECK(e.says("'code'"));
  co_await db.close();
}
TEST_CASE("string keys, and a plain member as foreign key") { kinship::test::run(strings()); }

static awaitable<void> nested() {
  Database db = co_await kinship::testing::memory();
  Machine machine;
  machine.label = "m";
  machine.main.name = "motor";
  Part spare;
  spare.name = "belt";
  spare.weight = 0.5;
  machine.spares.push_back(spare);
  machine.counts["runs"] = 3;
  co_await db.insert(machine);
  auto read = co_await db.get<Machine>(machine.id);
  REQUIRE(read);
  CHECK(read->label == "m");
  CHECK(read->main.name == "motor");
  CHECK(!read->main.weight);
  REQUIRE(read->spares.size() == 1);
  CHECK(*read->spares[0].weight == 0.5);
  CHECK(read->counts["runs"] == 3);
  CHECK(!read->year);
  const auto heavy = kinship::field<&Machine::main, &Part::name> == "motor";
  CHECK(co_await db.find<Machine>().where(heavy).count() == 1);
  CHECK(co_await db.update_many<Machine>(heavy, kinship::set<&Machine::main, &Part::weight>(2.5)) == 1);
  read->year = 1999;
  co_await db.save(*read);  // a model without relationships sends everything it has
  auto again = co_await db.get<Machine>(machine.id);
  CHECK(*again->year == 1999);
  again->year.reset();
  co_await db.save(*again);
  auto last = co_await db.get<Machine>(machine.id);
  CHECK(!last->year);
  co_await db.close();
}
TEST_CASE("inherited members, nested structs, optionals, vectors and maps") { kinship::test::run(nested()); }

}  // namespace keys
