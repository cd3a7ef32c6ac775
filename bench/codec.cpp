// Instructions to decode and encode the 10-field, 263-byte document of the figures: `codec decode|encode COUNT`.
// Run it under `valgrind --tool=callgrind` with COUNT 1000 and with 11000; the difference of what it collects / 10000 is the
// cost.
#include <boost/describe/class.hpp>
#include <cstdio>
#include <cstdlib>
#include <kinship/value/codec.hpp>
#include <string_view>

namespace {

struct Article {
  kinship::ObjectId id{};
  kinship::ObjectId author{};
  std::string title{};
  std::string body{};
  std::int32_t likes{};
  std::int64_t views{};
  double score{};
  bool active{};
  kinship::DateTime created_at{};
  std::vector<std::string> tags{};
};
BOOST_DESCRIBE_STRUCT(Article, (), (id, author, title, body, likes, views, score, active, created_at, tags))

const std::vector<std::string> names{"_id",   "author_id", "title",  "body",       "likes",
                                     "views", "score",     "active", "created_at", "tags"};

Article sample() {
  Article x;
  x.id = kinship::ObjectId::make();
  x.author = kinship::ObjectId::make();
  x.title = "The quick brown fox";
  x.body = "jumps over the lazy dog, again and again, until it is tired";
  x.likes = 42;
  x.views = 1'234'567;
  x.score = 0.75;
  x.active = true;
  x.created_at = kinship::now();
  x.tags = {"alpha", "beta", "gamma"};
  return x;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: codec decode|encode COUNT\n"), 2;
  const long count = std::atol(argv[2]);
  const Article article = sample();
  const auto stored = [&article] {
    kinship::bson::Builder builder;
    kinship::encode_fields(builder, article, names);
    return builder.finish();
  };
  const kinship::bson::Document document = stored();
  std::size_t sum = 0;
  if (std::string_view(argv[1]) == "decode") {
    for (long i = 0; i < count; ++i) {
      Article out;
      kinship::decode_fields(document, out, names, "Article");
      sum += out.tags.size();
    }
  } else {
    for (long i = 0; i < count; ++i) sum += stored().bytes().size();
  }
  std::printf("%zu bytes, %zu\n", document.bytes().size(), sum);
}
