// arrayFilters: filters such as {"x.grade": {$gt: 80}} about one array element, called x.
#include "query_error.hpp"
#include "update_tree.hpp"

namespace kinship::sqlite {

using bson::DocumentView;
using bson::Type;

namespace {

// The one name before the first dot of every path in the filter.
void find_identifier(DocumentView filter, std::string& found) {
  for (const auto& [name, value] : filter) {
    if (name.substr(0, 1) == "$") {
      if (!value.is(Type::array)) continue;
      for (const auto& branch : value.as_document()) {
        if (branch.value.is(Type::document)) find_identifier(branch.value.as_document(), found);
      }
      continue;
    }
    const std::string_view head = name.substr(0, name.find('.'));
    if (!found.empty() && found != head) {
      fail(9, "Error parsing array filter :: caused by :: Expected a single top-level field name, found " + quoted(found) +
                  " and " + quoted(head));
    }
    found = head;
  }
}

bool is_identifier(std::string_view name) {
  if (name.empty() || name[0] < 'a' || name[0] > 'z') return false;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter) return false;
  }
  return true;
}

}  // namespace

std::vector<ArrayFilter> parse_array_filters(DocumentView filters) {
  std::vector<ArrayFilter> out;
  for (const auto& element : filters) {
    if (!element.value.is(Type::document))
      fail(14, "arrayFilters must be an array of filters such as {\"x.grade\": {$gt: 80}}", errc::type_mismatch);
    const DocumentView filter = element.value.as_document();
    Matcher matcher = Matcher::compile(filter);
    std::string identifier;
    find_identifier(filter, identifier);
    if (identifier.empty()) fail(9, "Cannot use an expression without a top-level field name in arrayFilters");
    if (!is_identifier(identifier)) {
      fail(2,
           "Error parsing array filter :: caused by :: The top-level field name must be an alphanumeric string beginning "
           "with a lowercase "
           "letter, found " +
               quoted(identifier));
    }
    for (const ArrayFilter& known : out) {
      if (known.identifier == identifier)
        fail(9, "Found multiple array filters with the same top-level field name " + identifier);
    }
    out.push_back({identifier, std::move(matcher), false});
  }
  return out;
}

}  // namespace kinship::sqlite
