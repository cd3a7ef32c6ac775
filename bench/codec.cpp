// Instructions to decode and encode the 10-field, 263-byte document of the figures: `codec decode|encode COUNT`.
// Run it under `valgrind --tool=callgrind` with COUNT 1000 and with 11000; the difference of what it collects / 10000 is the
// cost.
#include <cstdio>
#include <cstdlib>
#include <kinship/value/codec.hpp>
#include <string_view>

#include "models.hpp"

namespace {

const std::vector<std::string> names{"_id",   "author_id", "title",  "body",       "likes",
                                     "views", "score",     "active", "created_at", "tags"};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: codec decode|encode COUNT\n"), 2;
  const long count = std::atol(argv[2]);
  const bench::Article article = bench::article(1);
  const auto stored = [&article] {
    kinship::bson::Builder builder;
    kinship::encode_fields(builder, article, names);
    return builder.finish();
  };
  const kinship::bson::Document document = stored();
  std::size_t sum = 0;
  if (std::string_view(argv[1]) == "decode") {
    for (long i = 0; i < count; ++i) {
      bench::Article out;
      kinship::decode_fields(document, out, names, "Article");
      sum += out.tags.size();
    }
  } else {
    for (long i = 0; i < count; ++i) sum += stored().bytes().size();
  }
  std::printf("%zu bytes, %zu\n", document.bytes().size(), sum);
}
