// Mappings as data and as errors: what is listed and printed, and the sentence for everything a mapping can get wrong.
// Every wrong mapping is a model of its own; its error comes at first use, again and again.
#include <doctest/doctest.h>

#include <sstream>

#include "orm/blog.hpp"
#include "orm/caught.hpp"
#include "orm/wrong_models.hpp"

namespace {

template <class T>
std::string refusal() {
  std::string first;
  for (int i = 0; i < 2; ++i) {
    try {
      (void)kinship::relationships_of<T>();
      return "none";
    } catch (const kinship::error& e) {
      CHECK(e.code() == kinship::errc::invalid_model);
      CHECK(!e.model().empty());
      if (i == 0)
        first = e.what();
      else
        CHECK(first == e.what());
    }
  }
  return first;
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("metadata lists and prints") {
  const auto user = kinship::relationships_of<blog::User>();
  REQUIRE(user.size() == 2);
  CHECK(user[0].label() == "User.profile");
  CHECK(user[0].kind == kinship::RelationshipKind::one_to_one);
  CHECK(user[1].target == "Post");
  CHECK(user[1].foreign_key == "Post.author");
  CHECK(user[1].config.delete_action() == kinship::OnDelete::cascade);
  CHECK(kinship::to_string(user[1]) == "User.posts: one_to_many Post by Post.author, on_delete cascade");
  const auto post = kinship::relationships_of<blog::Post>();
  REQUIRE(post.size() == 4);
  CHECK(post[0].kind == kinship::RelationshipKind::belongs_to);
  CHECK(post[0].foreign_key == "Post.author");
  CHECK(post[3].through == "PostTag");
  CHECK(post[3].foreign_key == "PostTag.post");
  std::ostringstream out;
  for (const auto& one : post) out << one << "\n";
  CHECK(has(out.str(), "Post.tags: many_to_many Tag"));
  CHECK(has(out.str(), "PostTag"));
  CHECK(has(out.str(), "limit"));
}

TEST_CASE("a forgotten relationship member is named by its type and place") {
  const std::string text = refusal<wrong::Forgotten>();
  CHECK(has(text, "OneToMany<Child>"));
  CHECK(has(text, "'name'"));
  CHECK(has(text, "neither stored nor mapped"));
}
TEST_CASE("a described reference that is not mapped is named") {
  const std::string text = refusal<wrong::UnmappedReference>();
  CHECK(has(text, "UnmappedReference.owner"));
  CHECK(has(text, "map it"));
}
TEST_CASE("a plain member that is neither described nor mapped is counted") {
  const std::string text = refusal<wrong::Undescribed>();
  CHECK(has(text, "1 of the 3 members of Undescribed"));
  CHECK(has(text, "described: id, name"));
  CHECK(has(text, "transient"));
  CHECK(refusal<wrong::Scratch>() == "none");
}
TEST_CASE("a member mapped twice") { CHECK(has(refusal<wrong::Twice>(), "Twice.children is mapped twice")); }
TEST_CASE("two members under one stored name") {
  const std::string text = refusal<wrong::SameName>();
  CHECK(has(text, "stored as 'n'"));
  CHECK(has(text, ".field<>()"));
}
TEST_CASE("no key") { CHECK(has(refusal<wrong::NoKey>(), "NoKey has no key")); }
TEST_CASE("two relationships over one foreign key contradict") {
  const std::string text = refusal<wrong::Contradicting>();
  CHECK(has(text, "Contradicting.children"));
  CHECK(has(text, "Contradicting.others"));
  CHECK(has(text, "restrict"));
}
TEST_CASE("a relationship and the reference on its other side contradict") {
  const std::string text = refusal<wrong::OtherSide>();
  CHECK(has(text, "OtherSide.kids"));
  CHECK(has(text, "Kid.owner"));
  CHECK(has(text, "nullify"));
}
TEST_CASE("cascade_delete beside another on_delete") { CHECK(has(refusal<wrong::TwoSayings>(), "say one of them")); }
TEST_CASE("a filter or an order on a field the other model does not have") {
  const std::string filter = refusal<wrong::WrongFilter>();
  CHECK(has(filter, "WrongFilter.children"));
  CHECK(has(filter, "'nmae'"));
  CHECK(has(filter, "name"));
  const std::string order = refusal<wrong::WrongOrder>();
  CHECK(has(order, "WrongOrder.children"));
  CHECK(has(order, "'agee'"));
}
TEST_CASE("policies that do not suit the kind of relationship") {
  const std::string text = refusal<wrong::PullWithoutArray>();
  CHECK(has(text, "PullWithoutArray.children"));
  CHECK(has(text, "id array"));
}
