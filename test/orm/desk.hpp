// Models for tests of writing: versions, timestamps, orphan removal, filters, validation, one-to-one, id arrays.
// Each is as small as its subject allows.
#pragma once

#include <boost/describe.hpp>
#include <chrono>
#include <kinship/cascade/plan.hpp>
#include <kinship/database.hpp>
#include <kinship/model/define.hpp>
#include <kinship/query/field.hpp>
#include <kinship/query/update.hpp>
#include <kinship/testing.hpp>
#include <optional>
#include <string>
#include <vector>

#include "orm/caught.hpp"

namespace desk {

using kinship::awaitable;
using kinship::Database;
using kinship::errc;
using kinship::Outcome;
using kinship::test::Caught;
using kinship::test::caught;
using kinship::testing::QueryCounter;
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

struct Badge;
struct Item;
struct Slip;
struct Claim;
struct Article;

struct Clerk {
  kinship::ObjectId id{};
  std::string name{};
  int version{};
  Time created{};
  Time updated{};
  kinship::OneToOne<Badge> badge{};
  kinship::OneToMany<Item> items{};
  kinship::OneToMany<Item> done_items{};
  kinship::OneToMany<Slip> slips{};
  kinship::OneToMany<Claim> claims{};
};
struct Badge {
  kinship::ObjectId id{};
  kinship::BelongsTo<Clerk> clerk{};
  std::string code{};
};
struct Item {
  kinship::ObjectId id{};
  kinship::BelongsTo<Clerk> clerk{};
  std::string title{};
  bool done{};
  std::optional<std::string> note{};
};
/// Removed when its clerk lets go of it.
struct Slip {
  kinship::ObjectId id{};
  kinship::BelongsTo<Clerk> clerk{};
  std::string text{};
};
/// Stored only while its clerk exists.
struct Claim {
  kinship::ObjectId id{};
  kinship::BelongsTo<Clerk> clerk{};
  int amount{};
};
/// No relationships: nothing remembers how it was read.
struct Rate {
  std::string id{};
  int percent{};
  int version{};
};
struct Label {
  kinship::ObjectId id{};
  std::string name{};
  kinship::ManyToMany<Article> articles{};
};
struct Article {
  kinship::ObjectId id{};
  std::string title{};
  std::vector<kinship::ObjectId> label_ids{};
  kinship::ManyToMany<Label> labels{};
  kinship::ManyToMany<Label> red_labels{};
};
BOOST_DESCRIBE_STRUCT(Clerk, (), (id, name, version, created, updated))
BOOST_DESCRIBE_STRUCT(Badge, (), (id, clerk, code))
BOOST_DESCRIBE_STRUCT(Item, (), (id, clerk, title, done, note))
BOOST_DESCRIBE_STRUCT(Slip, (), (id, clerk, text))
BOOST_DESCRIBE_STRUCT(Claim, (), (id, clerk, amount))
BOOST_DESCRIBE_STRUCT(Rate, (), (id, percent, version))
BOOST_DESCRIBE_STRUCT(Label, (), (id, name))
BOOST_DESCRIBE_STRUCT(Article, (), (id, title, label_ids))
kinship::Model mapping(kinship::of<Clerk>);
kinship::Model mapping(kinship::of<Badge>);
kinship::Model mapping(kinship::of<Item>);
kinship::Model mapping(kinship::of<Slip>);
kinship::Model mapping(kinship::of<Claim>);
kinship::Model mapping(kinship::of<Rate>);
kinship::Model mapping(kinship::of<Label>);
kinship::Model mapping(kinship::of<Article>);

/// A new clerk of that name, stored.
awaitable<Clerk> clerk_in(Database db, std::string name);

}  // namespace desk
