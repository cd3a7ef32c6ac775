// Writes until the text is long enough, so that what is cut costs nothing.
// Names are cleaned as JSON strings are: they may hold whatever bytes a server or a user gave them.
#include "driver/mongodb/command_text.hpp"

#include <kinship/value/json.hpp>

namespace kinship::mongodb {
namespace {

void append_string(std::string& out, std::string_view text) {
  out += json(text.substr(0, longest_text)).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string value_text(bson::ValueView value) {
  return to_extended_json(value).dump(-1, ' ', false, json::error_handler_t::replace);
}

class Writer {
 public:
  explicit Writer(bool values) : values_(values) {}

  std::string write(bson::DocumentView document) {
    write_document(document, true);
    if (out_.size() <= longest_text) return std::move(out_);
    std::size_t end = longest_text;
    while (end > 0 && (static_cast<unsigned char>(out_[end]) & 0xc0) == 0x80) --end;  // not within a character
    return out_.substr(0, end) + "... (cut)";
  }

 private:
  bool full() const noexcept { return out_.size() > longest_text; }

  void write_document(bson::DocumentView document, bool outermost) {
    out_ += '{';
    bool first = true;
    for (const auto& field : document) {
      if (full()) return;
      if (!first) out_ += ", ";
      append_string(out_, field.name);
      out_ += ": ";
      const bool harmless = outermost && (first || field.name == "$db");
      write_value(field.value, harmless);
      first = false;
    }
    out_ += '}';
  }

  void write_array(bson::DocumentView array) {
    out_ += '[';
    std::size_t count = 0;
    for (const auto& element : array) {
      if (full()) return;
      if (count++ > 0 && !values_) continue;
      if (count > 1) out_ += ", ";
      write_value(element.value, false);
    }
    if (!values_ && count > 1) out_ += ", " + std::to_string(count - 1) + " more";
    out_ += ']';
  }

  void write_value(bson::ValueView value, bool harmless) {
    if (value.is(bson::Type::document)) return write_document(value.as_document(), false);
    if (value.is(bson::Type::array)) return write_array(value.as_document());
    if (value.is(bson::Type::string) && (values_ || harmless)) return append_string(out_, value.as_string());
    const bool whole = values_ || (harmless && value.is_number());
    out_ += !whole ? "\"?\"" : value.size() > longest_text ? "\"...\"" : value_text(value);
  }

  const bool values_;
  std::string out_{};
};

}  // namespace

std::string command_text(bson::DocumentView document, bool values) { return Writer(values).write(document); }

std::string failure_text(int code, std::string_view code_name, std::string_view message, bool values) {
  std::string out(code_name.empty() ? "error" : code_name);
  out += " (" + std::to_string(code) + ")";
  if (values && !message.empty()) out.append(": ").append(message);
  return out;
}

}  // namespace kinship::mongodb
