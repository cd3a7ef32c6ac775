// See desk.hpp: the mappings, compiled once.
// One filter and one policy each, so that a failing test points at its cause.
#include "orm/desk.hpp"

namespace desk {

kinship::Model mapping(kinship::of<Clerk>) {
  return kinship::define<Clerk>("clerks")
      .version<&Clerk::version>()
      .timestamps<&Clerk::created, &Clerk::updated>()
      .index<&Clerk::name>({.unique = true})
      .one_to_one<&Clerk::badge, &Badge::clerk>({.orphan_removal = true})
      .one_to_many<&Clerk::items, &Item::clerk>()
      .one_to_many<&Clerk::done_items, &Item::clerk>({.filter = {"done", true}})
      .one_to_many<&Clerk::slips, &Slip::clerk>({.orphan_removal = true})
      .one_to_many<&Clerk::claims, &Claim::clerk>({.validate = true});
}
kinship::Model mapping(kinship::of<Badge>) { return kinship::define<Badge>("badges").belongs_to<&Badge::clerk>(); }
kinship::Model mapping(kinship::of<Item>) { return kinship::define<Item>("items").belongs_to<&Item::clerk>(); }
kinship::Model mapping(kinship::of<Slip>) { return kinship::define<Slip>("slips").belongs_to<&Slip::clerk>(); }
kinship::Model mapping(kinship::of<Claim>) { return kinship::define<Claim>("claims").belongs_to<&Claim::clerk>(); }
kinship::Model mapping(kinship::of<Rate>) { return kinship::define<Rate>("rates").version<&Rate::version>(); }
kinship::Model mapping(kinship::of<Label>) {
  return kinship::define<Label>("labels").many_to_many<&Label::articles, &Article::label_ids>();
}
kinship::Model mapping(kinship::of<Article>) {
  return kinship::define<Article>("articles")
      .many_to_many<&Article::labels, &Article::label_ids>()
      .many_to_many<&Article::red_labels, &Article::label_ids>({.filter = {"name", "red"}});
}

awaitable<Clerk> clerk_in(Database db, std::string name) {
  Clerk clerk;
  clerk.name = std::move(name);
  co_await db.insert(clerk);
  co_return clerk;
}

}  // namespace desk
