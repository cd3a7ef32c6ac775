// Models for tests of cascades: every policy, a self reference, a diamond, a policy said on the reference.
// A firm has departments and offices; staff hang on both; invoices forbid, badges are nullified.
#pragma once

#include <boost/describe.hpp>
#include <kinship/cascade/plan.hpp>
#include <kinship/database.hpp>
#include <kinship/model/define.hpp>
#include <kinship/query/field.hpp>
#include <kinship/query/update.hpp>
#include <kinship/testing.hpp>
#include <string>
#include <vector>

#include "orm/caught.hpp"

namespace firm {

using kinship::awaitable;
using kinship::Database;
using kinship::errc;
using kinship::test::Caught;
using kinship::test::caught;
using kinship::testing::QueryCounter;

struct Department;
struct Office;
struct Staff;
struct Invoice;
struct Laptop;
struct Firm;
struct Report;

struct Category {
  kinship::ObjectId id{};
  kinship::BelongsTo<Category> parent{};
  std::string name{};
  kinship::OneToMany<Category> children{};
};
struct Firm {
  kinship::ObjectId id{};
  std::string name{};
  kinship::OneToMany<Department> departments{};
  kinship::OneToMany<Office> offices{};
};
struct Department {
  kinship::ObjectId id{};
  kinship::BelongsTo<Firm> firm{};
  kinship::OneToMany<Staff> staff{};
};
struct Office {
  kinship::ObjectId id{};
  kinship::BelongsTo<Firm> firm{};
  kinship::OneToMany<Staff> staff{};
};
struct Staff {
  kinship::ObjectId id{};
  kinship::BelongsTo<Department> department{};
  kinship::BelongsTo<Office> office{};
  kinship::OneToMany<Laptop> laptops{};
  kinship::OneToMany<Invoice> invoices{};
};
struct Laptop {
  kinship::ObjectId id{};
  kinship::BelongsTo<Staff> staff{};
};
struct Invoice {
  kinship::ObjectId id{};
  kinship::BelongsTo<Staff> staff{};
};
/// Says on its own reference that it goes with its firm.
struct Report {
  kinship::ObjectId id{};
  kinship::BelongsTo<Firm> firm{};
};
BOOST_DESCRIBE_STRUCT(Category, (), (id, parent, name))
BOOST_DESCRIBE_STRUCT(Firm, (), (id, name))
BOOST_DESCRIBE_STRUCT(Department, (), (id, firm))
BOOST_DESCRIBE_STRUCT(Office, (), (id, firm))
BOOST_DESCRIBE_STRUCT(Staff, (), (id, department, office))
BOOST_DESCRIBE_STRUCT(Laptop, (), (id, staff))
BOOST_DESCRIBE_STRUCT(Invoice, (), (id, staff))
BOOST_DESCRIBE_STRUCT(Report, (), (id, firm))
inline kinship::Model mapping(kinship::of<Category>) {
  return kinship::define<Category>("categories")
      .belongs_to<&Category::parent>()
      .one_to_many<&Category::children, &Category::parent>({.cascade_delete = true});
}
inline kinship::Model mapping(kinship::of<Firm>) {
  return kinship::define<Firm>("firms")
      .one_to_many<&Firm::departments, &Department::firm>({.cascade_delete = true})
      .one_to_many<&Firm::offices, &Office::firm>({.cascade_delete = true});
}
inline kinship::Model mapping(kinship::of<Department>) {
  return kinship::define<Department>("departments")
      .belongs_to<&Department::firm>()
      .one_to_many<&Department::staff, &Staff::department>({.cascade_delete = true});
}
inline kinship::Model mapping(kinship::of<Office>) {
  return kinship::define<Office>("offices").belongs_to<&Office::firm>().one_to_many<&Office::staff, &Staff::office>(
      {.cascade_delete = true});
}
inline kinship::Model mapping(kinship::of<Staff>) {
  return kinship::define<Staff>("staff")
      .belongs_to<&Staff::department>()
      .belongs_to<&Staff::office>()
      .one_to_many<&Staff::laptops, &Laptop::staff>({.on_delete = kinship::OnDelete::nullify})
      .one_to_many<&Staff::invoices, &Invoice::staff>({.on_delete = kinship::OnDelete::restrict});
}
inline kinship::Model mapping(kinship::of<Laptop>) {
  return kinship::define<Laptop>("laptops").belongs_to<&Laptop::staff>();
}
inline kinship::Model mapping(kinship::of<Invoice>) {
  return kinship::define<Invoice>("invoices").belongs_to<&Invoice::staff>();
}
inline kinship::Model mapping(kinship::of<Report>) {
  return kinship::define<Report>("reports").belongs_to<&Report::firm>({.on_delete = kinship::OnDelete::cascade});
}

}  // namespace firm
