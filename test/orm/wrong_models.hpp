// Models whose mappings are wrong in one way each.
// Each struct says in its name what is wrong with it.
#pragma once

#include <boost/describe.hpp>
#include <kinship/model/define.hpp>
#include <string>

namespace wrong {

using kinship::BelongsTo;
using kinship::define;
using kinship::Model;
using kinship::ObjectId;
using kinship::of;
using kinship::OneToMany;

struct Child;
struct Kid;

struct Forgotten {
  ObjectId id{};
  std::string name{};
  OneToMany<Child> children{};
};
struct UnmappedReference {
  ObjectId id{};
  BelongsTo<Forgotten> owner{};
};
struct Undescribed {
  ObjectId id{};
  std::string name{};
  int forgotten{};
};
struct Scratch {
  ObjectId id{};
  std::string name{};
  int scratch{};
};
struct Twice {
  ObjectId id{};
  OneToMany<Child> children{};
};
struct SameName {
  ObjectId id{};
  std::string n{};
  std::string m{};
};
struct NoKey {
  std::string name{};
};
struct Contradicting {
  ObjectId id{};
  OneToMany<Child> children{};
  OneToMany<Child> others{};
};
struct OtherSide {
  ObjectId id{};
  OneToMany<Kid> kids{};
};
struct TwoSayings {
  ObjectId id{};
  OneToMany<Child> children{};
};
struct WrongFilter {
  ObjectId id{};
  OneToMany<Child> children{};
};
struct WrongOrder {
  ObjectId id{};
  OneToMany<Child> children{};
};
struct PullWithoutArray {
  ObjectId id{};
  OneToMany<Child> children{};
};
/// A right one, with a plain foreign key that everybody may use.
struct Child {
  ObjectId id{};
  ObjectId owner_id{};
  std::string name{};
  int age{};
};
struct Kid {
  ObjectId id{};
  BelongsTo<OtherSide> owner{};
};
BOOST_DESCRIBE_STRUCT(Forgotten, (), (id, name))
BOOST_DESCRIBE_STRUCT(UnmappedReference, (), (id, owner))
BOOST_DESCRIBE_STRUCT(Undescribed, (), (id, name))
BOOST_DESCRIBE_STRUCT(Scratch, (), (id, name))
BOOST_DESCRIBE_STRUCT(Twice, (), (id))
BOOST_DESCRIBE_STRUCT(SameName, (), (id, n, m))
BOOST_DESCRIBE_STRUCT(NoKey, (), (name))
BOOST_DESCRIBE_STRUCT(Contradicting, (), (id))
BOOST_DESCRIBE_STRUCT(OtherSide, (), (id))
BOOST_DESCRIBE_STRUCT(TwoSayings, (), (id))
BOOST_DESCRIBE_STRUCT(WrongFilter, (), (id))
BOOST_DESCRIBE_STRUCT(WrongOrder, (), (id))
BOOST_DESCRIBE_STRUCT(PullWithoutArray, (), (id))
BOOST_DESCRIBE_STRUCT(Child, (), (id, owner_id, name, age))
BOOST_DESCRIBE_STRUCT(Kid, (), (id, owner))

inline Model mapping(of<Child>) { return define<Child>("children"); }
inline Model mapping(of<Forgotten>) { return define<Forgotten>("forgotten"); }
inline Model mapping(of<UnmappedReference>) { return define<UnmappedReference>("unmapped"); }
inline Model mapping(of<Undescribed>) { return define<Undescribed>("undescribed"); }
inline Model mapping(of<Scratch>) { return define<Scratch>("scratch").transient<&Scratch::scratch>(); }
inline Model mapping(of<Twice>) {
  return define<Twice>("twice")
      .one_to_many<&Twice::children, &Child::owner_id>()
      .one_to_many<&Twice::children, &Child::owner_id>();
}
inline Model mapping(of<SameName>) { return define<SameName>("same").field<&SameName::m>("n"); }
inline Model mapping(of<NoKey>) { return define<NoKey>("no_key"); }
inline Model mapping(of<Contradicting>) {
  return define<Contradicting>("contradicting")
      .one_to_many<&Contradicting::children, &Child::owner_id>({.cascade_delete = true})
      .one_to_many<&Contradicting::others, &Child::owner_id>({.on_delete = kinship::OnDelete::restrict});
}
inline Model mapping(of<OtherSide>) {
  return define<OtherSide>("other_side").one_to_many<&OtherSide::kids, &Kid::owner>({.cascade_delete = true});
}
inline Model mapping(of<Kid>) {
  return define<Kid>("kids").belongs_to<&Kid::owner>({.on_delete = kinship::OnDelete::nullify});
}
inline Model mapping(of<TwoSayings>) {
  return define<TwoSayings>("two_sayings")
      .one_to_many<&TwoSayings::children, &Child::owner_id>(
          {.cascade_delete = true, .on_delete = kinship::OnDelete::nullify});
}
inline Model mapping(of<WrongFilter>) {
  return define<WrongFilter>("wrong_filter")
      .one_to_many<&WrongFilter::children, &Child::owner_id>({.filter = {"nmae", "x"}});
}
inline Model mapping(of<WrongOrder>) {
  return define<WrongOrder>("wrong_order").one_to_many<&WrongOrder::children, &Child::owner_id>({.order_by = {{"agee", 1}}});
}
inline Model mapping(of<PullWithoutArray>) {
  return define<PullWithoutArray>("pull").one_to_many<&PullWithoutArray::children, &Child::owner_id>(
      {.on_delete = kinship::OnDelete::pull});
}

}  // namespace wrong
