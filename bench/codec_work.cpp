// The codec alone, on the same document again and again; its size is checked to be that of the figures in the README.
#include "codec_work.hpp"

#include <array>
#include <cstdio>
#include <kinship/value/codec.hpp>
#include <string>

#include "models.hpp"

namespace bench {

namespace {

const std::array<std::string, 10> stored{"_id",     "author_id", "title", "slug",   "status",
                                         "summary", "likes",     "views", "rating", "created_at"};

kinship::bson::Document encoded(const Article& object) {
  kinship::bson::Builder out;
  kinship::encode_fields(out, object, stored);
  return out.finish();
}

Article first() {
  Article object = article(1);
  object.id = numbered_id(1);
  return object;
}

}  // namespace

int encode(int n) {
  Article object = first();
  std::size_t bytes = 0;
  for (int i = 0; i < n; ++i) bytes += encoded(object).bytes().size();
  if (bytes == 263u * static_cast<std::size_t>(n)) return 0;
  std::fprintf(stderr, "the document has %zu bytes\n", bytes / static_cast<std::size_t>(n));
  return 1;
}

int decode(int n) {
  kinship::bson::Document document = encoded(first());
  std::int64_t likes = 0;
  for (int i = 0; i < n; ++i) {
    Article object;
    kinship::decode_fields(document.view(), object, stored, "Article");
    likes += object.likes;
  }
  return likes == n ? 0 : 1;
}

}  // namespace bench
