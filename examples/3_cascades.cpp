// 3. What goes when something goes: cascade, nullify, restrict, and the plan of it before anything is written.
#include <boost/describe.hpp>
#include <kinship/kinship.hpp>
#include <optional>
#include <string>
#include <vector>

#include "run_program.hpp"

struct Customer;
struct Order;
struct Line;
struct Product;

struct Customer {
  kinship::ObjectId id{};
  std::string name{};
  kinship::OneToMany<Order> orders{};
  kinship::OneToMany<Customer> recruits{};
  kinship::BelongsTo<Customer> recruited_by{};
};
struct Order {
  kinship::ObjectId id{};
  kinship::BelongsTo<Customer> customer{};
  std::string status{};
  kinship::OneToMany<Line> lines{};
};
struct Line {
  kinship::ObjectId id{};
  kinship::BelongsTo<Order> order{};
  kinship::BelongsTo<Product> product{};
  int pieces{};
};
struct Product {
  kinship::ObjectId id{};
  std::string name{};
  kinship::OneToMany<Line> lines{};
};
BOOST_DESCRIBE_STRUCT(Customer, (), (id, name, recruited_by))
BOOST_DESCRIBE_STRUCT(Order, (), (id, customer, status))
BOOST_DESCRIBE_STRUCT(Line, (), (id, order, product, pieces))
BOOST_DESCRIBE_STRUCT(Product, (), (id, name))

kinship::Model mapping(kinship::of<Customer>) {
  return kinship::define<Customer>("customers")
      .belongs_to<&Customer::recruited_by>()
      .one_to_many<&Customer::orders, &Order::customer>({.cascade_delete = true})
      .one_to_many<&Customer::recruits, &Customer::recruited_by>({.on_delete = kinship::OnDelete::nullify});
}
kinship::Model mapping(kinship::of<Order>) {
  return kinship::define<Order>("orders").belongs_to<&Order::customer>().one_to_many<&Order::lines, &Line::order>(
      {.cascade_delete = true});
}
kinship::Model mapping(kinship::of<Line>) {
  return kinship::define<Line>("lines").belongs_to<&Line::order>().belongs_to<&Line::product>();
}
kinship::Model mapping(kinship::of<Product>) {
  return kinship::define<Product>("products")
      .one_to_many<&Product::lines, &Line::product>({.on_delete = kinship::OnDelete::restrict});
}

kinship::awaitable<void> program(std::string store) {
  auto db = co_await kinship::connect(store);
  co_await db.ensure_indexes<Customer, Order, Line, Product>();

  Product lamp{.name = "lamp"};
  co_await db.insert(lamp);
  Customer ada{.name = "Ada"}, grace{.name = "Grace"};
  co_await db.insert(ada);
  co_await ada.recruits.add(grace);  // inserts her, with recruited_by = ada
  for (int i = 0; i < 3; ++i) {
    Order order{.status = "open"};
    co_await ada.orders.add(order);
    for (int pieces : {1, 2}) {
      Line line{.product = lamp, .pieces = pieces};
      co_await order.lines.add(line);
    }
  }

  // A plan is data: nothing is written.
  auto plan = co_await db.plan_remove(ada);
  std::cout << "would delete " << plan.deleted() << " and update " << plan.updated() << ":\n";
  for (const auto& step : plan.steps()) std::cout << "  " << step.relationship << ' ' << step.count << '\n';

  // Every restrict is checked before anything is written.
  try {
    co_await db.remove(lamp);
  } catch (const kinship::error& error) {
    std::cout << (error.code() == kinship::errc::restricted ? "a lamp that is ordered stays\n" : error.what());
  }

  // One call for all owners a query finds; the relationship's policy holds here too.
  std::cout << co_await ada.orders.where({"status", "open"}).count() << " open orders\n";
  co_await ada.orders.cascade_update(kinship::set<&Order::status>("closed"));
  std::cout << co_await ada.orders.where({"status", "open"}).count() << " open orders after closing them\n";

  auto result = co_await db.remove(ada);  // orders and their lines go, Grace stays: all or nothing
  std::cout << "deleted " << result.deleted() << ", updated " << result.updated() << '\n';
  auto left = co_await db.get<Customer>(grace.id);
  std::cout << left->name << (left->recruited_by.id() ? " still points at Ada\n" : " is nobody's recruit now\n");
  std::cout << co_await db.find<Line>().count() << " lines left\n";
  co_await db.remove(lamp);  // no longer restricted
  co_await db.close();
}

int main(int argc, char** argv) { return run_program(program(store_named(argc, argv))); }
