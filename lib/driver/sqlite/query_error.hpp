// How the query language reports its faults: a sentence and MongoDB's own code for it.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <kinship/error.hpp>

namespace kinship::sqlite {

[[noreturn]] inline void fail(int code, std::string sentence, errc kind = errc::invalid_query) {
  ErrorContext context;
  context.store_code = code;
  throw error(kind, std::move(sentence), std::move(context));
}

[[noreturn]] inline void fail_unsupported(std::string sentence) {
  fail(115, std::move(sentence), errc::unsupported);  // 115: CommandNotSupported
}

inline std::string quoted(std::string_view text) {
  std::string out = "'";
  out += text.substr(0, 120);
  if (text.size() > 120) out += "...";
  out += '\'';
  return out;
}

}  // namespace kinship::sqlite
