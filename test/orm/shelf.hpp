// Models for the ways of loading: one foreign key under several configurations, and a relationship loaded with its owner.
// A shelf holds books; a book is on a shelf.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>

#include <kinship/kinship.hpp>
#include <kinship/testing.hpp>

namespace shelf {

struct Book;
struct Page;

struct Shelf {
  std::int64_t id{};
  std::string name{};
  kinship::OneToMany<Book> books{};     // plain
  kinship::OneToMany<Book> windowed{};  // three owners a query
  kinship::OneToMany<Book> single{};    // this owner only
  kinship::OneToMany<Book> strict{};    // never by itself
  kinship::OneToMany<Book> best{};      // a filter, an order and a limit per owner
};
struct Book {
  std::int64_t id{};
  kinship::BelongsTo<Shelf> shelf{};
  std::string title{};
  int stars{};
  kinship::OneToMany<Page> pages{};  // loaded with its owner
};
struct Page {
  std::int64_t id{};
  kinship::BelongsTo<Book> book{};
};
BOOST_DESCRIBE_STRUCT(Shelf, (), (id, name))
BOOST_DESCRIBE_STRUCT(Book, (), (id, shelf, title, stars))
BOOST_DESCRIBE_STRUCT(Page, (), (id, book))

inline kinship::Model mapping(kinship::of<Shelf>) {
  return kinship::define<Shelf>("shelves")
      .one_to_many<&Shelf::books, &Book::shelf>({.cascade_delete = true})
      .one_to_many<&Shelf::windowed, &Book::shelf>({.batch_size = 3})
      .one_to_many<&Shelf::single, &Book::shelf>({.fetch = kinship::Fetch::single})
      .one_to_many<&Shelf::strict, &Book::shelf>({.fetch = kinship::Fetch::strict})
      .one_to_many<&Shelf::best, &Book::shelf>(
          {.filter = kinship::field<&Book::stars> >= 1, .order_by = {{"stars", -1}}, .limit = 2});
}
inline kinship::Model mapping(kinship::of<Book>) {
  return kinship::define<Book>("books").belongs_to<&Book::shelf>().one_to_many<&Book::pages, &Page::book>(
      {.lazy_load = false});
}
inline kinship::Model mapping(kinship::of<Page>) { return kinship::define<Page>("pages").belongs_to<&Page::book>(); }

}  // namespace shelf
