// The walk declared in path.hpp; apart so that the declarations read on one screen. What is visited, and in which order, is
// what BSONElementIterator does (mongodb/mongo src/mongo/db/matcher/path.cpp).
#pragma once

#include "find_field.hpp"
#include "path.hpp"

namespace kinship::sqlite::detail {

template <class Visit>
bool walk_object(const Path& path, std::size_t part, bson::DocumentView object, std::int32_t index, Leaf leaf, Visit& visit);

// `part` is the component to look for inside the array; `index` the position in an array further out, or -1.
template <class Visit>
bool walk_array(const Path& path, std::size_t part, bson::ValueView array, std::int32_t index, Leaf leaf, Visit& visit) {
  const bool ends_here = part == path.size();
  if (ends_here && leaf == Leaf::whole) return visit(Visited{array, index});
  const std::uint32_t wanted = ends_here ? Path::not_an_index : path.index(part);
  std::int32_t at = 0;
  const auto elements = array.as_document();
  for (const auto& [name, value] : elements) {
    const std::int32_t here = at++;
    const std::int32_t offset = index >= 0 ? index : here;
    if (ends_here) {
      if (visit(Visited{value, offset})) return true;
      continue;
    }
    if (value.is(bson::Type::document) && walk_object(path, part, value.as_document(), offset, leaf, visit)) return true;
    if (wanted != static_cast<std::uint32_t>(here)) continue;
    if (part + 1 == path.size()) {
      if (visit(Visited{value, index})) return true;
    } else if (value.is(bson::Type::document)) {
      if (walk_object(path, part + 1, value.as_document(), index, leaf, visit)) return true;
    } else if (value.is(bson::Type::array)) {
      if (walk_array(path, part + 1, value, index, leaf, visit)) return true;
    }
  }
  return ends_here && visit(Visited{array, index});
}

template <class Visit>
bool walk_object(const Path& path, std::size_t part, bson::DocumentView object, std::int32_t index, Leaf leaf,
                 Visit& visit) {
  for (;; ++part) {
    const bson::ValueView value = find_field(object, path[part]);
    if (value.is(bson::Type::array)) return walk_array(path, part + 1, value, index, leaf, visit);
    if (part + 1 == path.size()) return visit(Visited{value, index});
    if (!value.is(bson::Type::document)) return visit(Visited{bson::ValueView{}, index});
    object = value.as_document();
  }
}

}  // namespace kinship::sqlite::detail

namespace kinship::sqlite {

template <class Visit>
bool walk(const Path& path, bson::DocumentView document, Leaf leaf, Visit&& visit) {
  return detail::walk_object(path, 0, document, -1, leaf, visit);
}

}  // namespace kinship::sqlite
