// Percent-decoding, numbers and JSON of a request.
#include "blog_request.hpp"

#include <algorithm>
#include <charconv>

#include "blog_render.hpp"

namespace blog {

namespace {

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      unsigned value = 0;
      const char* first = text.data() + i + 1;
      if (i + 2 >= text.size() || std::from_chars(first, first + 2, value, 16).ptr != first + 2)
        throw Refused(400, "the address holds a % that is not followed by two hexadecimal digits");
      out += static_cast<char>(value);
      i += 2;
    }
  }
  return out;
}

// Calls `part` with each piece of `text` between separators.
template <class Part>
void split(std::string_view text, char separator, Part part) {
  while (!text.empty()) {
    std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) part(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

Target::Target(std::string_view text) {
  std::size_t question = std::min(text.find('?'), text.size());
  split(text.substr(0, question), '/', [&](std::string_view part) { path_.push_back(decoded(part)); });
  split(text.substr(std::min(question + 1, text.size())), '&', [&](std::string_view part) {
    std::size_t equals = std::min(part.find('='), part.size());
    std::string name = decoded(part.substr(0, equals));
    std::string value = decoded(part.substr(std::min(equals + 1, part.size())));
    parameters_.emplace_back(std::move(name), std::move(value));
  });
}

std::optional<std::string> Target::parameter(std::string_view name) const {
  std::optional<std::string> found;
  for (const auto& [key, value] : parameters_)
    if (key == name) found = value;
  return found;
}

std::uint64_t Target::number(std::string_view name, std::uint64_t least, std::uint64_t most, std::uint64_t otherwise) const {
  auto text = parameter(name);
  if (!text) return otherwise;
  std::uint64_t value = 0;
  const char* end = text->data() + text->size();
  auto [stop, failure] = std::from_chars(text->data(), end, value);
  if (failure != std::errc() || stop != end || value < least || value > most)
    throw Refused(400,
                  std::string(name) + " must be a number from " + std::to_string(least) + " to " + std::to_string(most));
  return value;
}

kinship::json parse_body(const std::string& body) {
  if (body.empty()) throw Refused(400, "this request needs a body: a JSON object");
  auto shallow = [](int depth, kinship::json::parse_event_t, kinship::json&) {
    if (depth > 20) throw Refused(400, "the body nests deeper than 20 levels");
    return true;
  };
  kinship::json parsed;
  try {
    parsed = kinship::json::parse(body, shallow);
  } catch (const kinship::json::exception& error) {
    throw Refused(400, std::string("the body is not JSON: ") + error.what());
  }
  if (!parsed.is_object()) throw Refused(400, "the body must be a JSON object");
  return parsed;
}

}  // namespace blog
