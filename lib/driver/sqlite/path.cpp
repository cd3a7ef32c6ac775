// Splitting dotted paths, and the plain lookup that passes no arrays except by index.
#include "path.hpp"

namespace kinship::sqlite {

std::uint32_t parse_index(std::string_view component) noexcept {
  if (component.empty() || component.size() > 10 || (component.size() > 1 && component[0] == '0')) return Path::not_an_index;
  std::uint64_t number = 0;
  for (const char c : component) {
    if (c < '0' || c > '9') return Path::not_an_index;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return number < 0x80000000u ? static_cast<std::uint32_t>(number) : Path::not_an_index;
}

Path::Path(std::string_view dotted) : text_(dotted) {
  for (std::size_t at = 0;;) {
    const std::size_t dot = dotted.find('.', at);
    const std::size_t end = dot == std::string_view::npos ? dotted.size() : dot;
    const auto index = parse_index(dotted.substr(at, end - at));
    parts_.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end - at), index});
    if (dot == std::string_view::npos) return;
    at = dot + 1;
  }
}

bson::ValueView value_at(bson::DocumentView document, const Path& path) {
  for (std::size_t part = 0; part < path.size(); ++part) {
    const bson::ValueView value = document.find(path[part]);
    if (part + 1 == path.size()) return value;
    if (!value.is(bson::Type::document) && !value.is(bson::Type::array)) return {};
    document = value.as_document();
  }
  return {};
}

}  // namespace kinship::sqlite
