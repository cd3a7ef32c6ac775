// Values as text for messages and test output: readable, bounded in length and in depth.
// Not a format to parse: Extended JSON (json.hpp) is that.
#include <charconv>
#include <kinship/value/value.hpp>

#include "value/hex.hpp"

namespace kinship {
namespace {

class Describer {
 public:
  explicit Describer(std::size_t limit) : limit_(limit) {}
  std::string text;

  void value(bson::ValueView v) {
    switch (v.type()) {
      case bson::Type::int32:
        text += std::to_string(v.as_int32());
        break;
      case bson::Type::int64:
        text += std::to_string(v.as_int64());
        break;
      case bson::Type::double_:
        number(v.as_double());
        break;
      case bson::Type::boolean:
        text += v.as_bool() ? "true" : "false";
        break;
      case bson::Type::string:
        quoted(v.as_string());
        break;
      case bson::Type::object_id:
        text += "ObjectId(" + detail::to_hex(v.as_object_id(), 12) + ")";
        break;
      case bson::Type::date:
        text += format_date(v.as_int64());
        break;
      case bson::Type::decimal128:
        text += Decimal128::from_bytes(v.data()).to_string();
        break;
      case bson::Type::document:
        list(v, '{', '}');
        break;
      case bson::Type::array:
        list(v, '[', ']');
        break;
      case bson::Type::regex:
        text.append("/").append(v.regex_pattern()).append("/").append(v.regex_options());
        break;
      case bson::Type::binary:
        binary(v);
        break;
      default:
        text += bson::type_name(v.type());
    }
  }

 private:
  void number(double value) {
    char digits[32];
    const auto result = std::to_chars(digits, digits + sizeof digits, value);
    text.append(digits, result.ptr);
    // 5.0 is told from 5; "inf" and "nan" need no point.
    if (text.find_first_of(".en", text.size() - static_cast<std::size_t>(result.ptr - digits)) == text.npos) text += ".0";
  }

  void quoted(std::string_view string) {
    text += '"';
    text += string.substr(0, limit_);
    text += string.size() > limit_ ? "...\"" : "\"";
  }

  void binary(bson::ValueView v) {
    if (const auto id = Id::try_from(v)) {
      text += id->to_string();
      return;
    }
    const std::string_view bytes = v.binary_bytes();
    text += "Binary(" + std::to_string(v.binary_subtype()) + ", " + std::to_string(bytes.size()) + " bytes)";
  }

  void list(bson::ValueView v, char open, char close) {
    text += open;
    ++depth_;
    bool first = true;
    for (const bson::Element& element : v.as_document()) {
      if (!first) text += ", ";
      first = false;
      if (text.size() > limit_ || depth_ > 8) {
        text += "...";
        break;
      }
      if (open == '{') {
        quoted(element.name);
        text += ": ";
      }
      value(element.value);
    }
    --depth_;
    text += close;
  }

  std::size_t limit_;
  int depth_{};
};

}  // namespace

std::string describe(bson::ValueView value, std::size_t limit) {
  Describer describer(limit);
  describer.value(value);
  return std::move(describer.text);
}

}  // namespace kinship
