// A changed key is followed by everything that refers to it: foreign keys, link rows, id arrays, keys made of it.
// One transaction; the number of operations does not depend on documents.
#include <doctest/doctest.h>

#include <boost/describe.hpp>
#include <kinship/database.hpp>
#include <kinship/model/define.hpp>
#include <kinship/query/update.hpp>
#include <kinship/testing.hpp>
#include <string>
#include <vector>

#include "orm/caught.hpp"
#include "support/run.hpp"

namespace rekeyed {

using kinship::awaitable;
using kinship::Database;
using kinship::errc;
using kinship::test::Caught;
using kinship::test::caught;
using kinship::testing::QueryCounter;

struct Member;
struct Card;
struct Loan;
struct Club;
struct Visit;
struct Hall {
  std::string id{};
  kinship::OneToMany<Member> members{};
};
struct Member {
  std::string id{};
  kinship::BelongsTo<Hall> hall{};
  std::string name{};
  kinship::BelongsTo<Member> friend_of{};
  kinship::OneToOne<Card> card{};
  kinship::OneToMany<Loan> loans{};
  kinship::ManyToMany<Hall> visited{};
};
/// Its key is its member's.
struct Card {
  kinship::BelongsTo<Member> member{};
  int points{};
  kinship::OneToMany<Loan> loans{};
};
struct Loan {
  kinship::ObjectId id{};
  kinship::BelongsTo<Member> member{};
  std::string card_id{};
};
struct Club {
  kinship::ObjectId id{};
  std::vector<std::string> member_ids{};
  kinship::ManyToMany<Member> members{};
};
struct Visit {
  kinship::ObjectId id{};
  kinship::BelongsTo<Member> member{};
  kinship::BelongsTo<Hall> hall{};
};
BOOST_DESCRIBE_STRUCT(Hall, (), (id))
BOOST_DESCRIBE_STRUCT(Member, (), (id, hall, name, friend_of))
BOOST_DESCRIBE_STRUCT(Card, (), (member, points))
BOOST_DESCRIBE_STRUCT(Loan, (), (id, member, card_id))
BOOST_DESCRIBE_STRUCT(Club, (), (id, member_ids))
BOOST_DESCRIBE_STRUCT(Visit, (), (id, member, hall))
inline kinship::Model mapping(kinship::of<Hall>) {
  return kinship::define<Hall>("halls").one_to_many<&Hall::members, &Member::hall>();
}
inline kinship::Model mapping(kinship::of<Member>) {
  return kinship::define<Member>("members")
      .index<&Member::name>({.unique = true})
      .belongs_to<&Member::hall>()
      .belongs_to<&Member::friend_of>()
      .one_to_one<&Member::card, &Card::member>()
      .one_to_many<&Member::loans, &Loan::member>()
      .many_to_many<&Member::visited, &Visit::member, &Visit::hall>();
}
inline kinship::Model mapping(kinship::of<Card>) {
  return kinship::define<Card>("cards")
      .key<&Card::member>()
      .belongs_to<&Card::member>()
      .one_to_many<&Card::loans, &Loan::card_id>();
}
inline kinship::Model mapping(kinship::of<Loan>) { return kinship::define<Loan>("loans").belongs_to<&Loan::member>(); }
inline kinship::Model mapping(kinship::of<Club>) {
  return kinship::define<Club>("clubs").many_to_many<&Club::members, &Club::member_ids>();
}
inline kinship::Model mapping(kinship::of<Visit>) {
  return kinship::define<Visit>("visits").belongs_to<&Visit::member>().belongs_to<&Visit::hall>();
}

static awaitable<void> following() {
  Database db = co_await kinship::testing::memory();
  db.models<Club>();
  co_await db.ensure_indexes<Member>();
  Hall hall;
  hall.id = "north";
  co_await db.insert(hall);
  std::vector<Member> members(2);
  members[0].id = "ann";
  members[1].id = "bob";
  for (Member& member : members) {
    member.hall = hall;
    member.name = member.id;
    member.friend_of = "ann";
  }
  co_await db.insert_many(members);
  Card card;
  card.member = members[0];
  card.points = 5;
  co_await db.insert(card);
  for (int i = 0; i < 3; ++i) {
    Loan loan;
    loan.member = members[0];
    loan.card_id = "ann";
    co_await db.insert(loan);
  }
  co_await members[0].visited.add(hall);
  Club club;
  club.member_ids = {"bob", "ann"};
  co_await db.insert(club);

  QueryCounter queries(db);
  const auto change = kinship::set<&Member::id>("anna").set<&Member::name>("Anna");
  CHECK(co_await hall.members.where({"id", "ann"}).update_all(change) == 1);
  CHECK(queries.count() < 15);
  auto anna = co_await db.get<Member>("anna");
  REQUIRE(anna);
  CHECK(anna->name == "Anna");
  CHECK(anna->friend_of.id() == "anna");
  auto gone = co_await db.get<Member>("ann");
  CHECK(!gone);
  auto bob = co_await db.get<Member>("bob");
  CHECK(bob->friend_of.id() == "anna");
  CHECK(co_await anna->loans.count() == 3);
  CHECK(co_await anna->visited.count() == 1);
  auto cards = co_await anna->card.get();
  REQUIRE(cards);
  CHECK(cards->points == 5);
  CHECK(co_await cards->loans.count() == 3);  // two levels down: the card's key is the member's
  auto read = co_await db.get<Club>(club.id);
  REQUIRE(read->member_ids.size() == 2);
  CHECK(read->member_ids[0] == "bob");
  CHECK(read->member_ids[1] == "anna");

  const Caught several = co_await caught(hall.members.cascade_update(kinship::set<&Member::id>("x")));
  CHECK(several.code == errc::invalid_query);
  CHECK(several.says("several Member"));
  const Caught taken = co_await caught(db.update_many<Member>({"id", "anna"}, kinship::set<&Member::id>("bob")));
  CHECK(taken.code == errc::duplicate_key);
  CHECK(co_await db.find<Member>().count() == 2);
  CHECK(co_await anna->loans.count() == 3);
  CHECK(co_await db.update_many<Member>({"id", "nobody"}, kinship::set<&Member::id>("some")) == 0);
  const auto same = kinship::set<&Member::id>("anna").set<&Member::name>("A");
  CHECK(co_await db.update_many<Member>({"id", "anna"}, same) == 1);
  CHECK(co_await db.update_many<Hall>({"id", "north"}, kinship::set<&Hall::id>("south")) == 1);
  CHECK(co_await db.find<Member>().where({"hall", "south"}).count() == 2);
  CHECK(co_await db.find<Visit>().where({"hall", "south"}).count() == 1);
  co_await db.close();
}
TEST_CASE("a changed key is followed on every level") { kinship::test::run(following()); }

}  // namespace rekeyed
