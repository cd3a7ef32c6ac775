// expect: kinship: name the join model: `co_await post.tags.links<PostTag>()` gives Rows<PostTag>
#include "models.hpp"

kinship::awaitable<void> show(kinship::ManyToMany<Book>& books) { co_await books.links(); }
