// PCRE2 behind Regex; see regex.hpp. Match data are kept per thread, so that a compiled filter can be shared.
#define PCRE2_CODE_UNIT_WIDTH 8
#include "regex.hpp"

#include <pcre2.h>

#include "query_error.hpp"

namespace kinship::sqlite {
namespace {

// What one match may cost: enough for honest patterns on long texts, little enough to stop a hostile one within
// milliseconds.
constexpr std::uint32_t match_limit = 2'000'000;
constexpr std::uint32_t depth_limit = 100'000;

std::uint32_t option_bits(std::string_view options) {
  std::uint32_t bits = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
  for (const char option : options) {
    switch (option) {
      case 'i':
        bits |= PCRE2_CASELESS;
        break;
      case 'm':
        bits |= PCRE2_MULTILINE;
        break;
      case 's':
        bits |= PCRE2_DOTALL;
        break;
      case 'x':
        bits |= PCRE2_EXTENDED;
        break;
      case 'u':
        break;
      default:
        fail(51108, "invalid flag in regex options: " + std::string(1, option) + "; known are i, m, s, u and x");
    }
  }
  return bits;
}

std::string literal_prefix(std::string_view pattern, std::string_view options) {
  if (!options.empty() || pattern.empty() || pattern[0] != '^' || pattern.find('|') != std::string_view::npos) return {};
  std::string prefix;
  for (const char c : pattern.substr(1)) {
    if (c == '*' || c == '?' || c == '{') {  // the last character may be missing
      // A multibyte character goes as a whole.
      while (!prefix.empty() && (static_cast<unsigned char>(prefix.back()) & 0xc0) == 0x80) prefix.pop_back();
      if (!prefix.empty()) prefix.pop_back();
      return prefix;
    }
    if (std::string_view("\\^$.[]()+}#").find(c) != std::string_view::npos) return prefix;
    prefix += c;
  }
  return prefix;
}

struct MatchScratch {
  MatchScratch() : data(pcre2_match_data_create(1, nullptr)), context(pcre2_match_context_create(nullptr)) {
    pcre2_set_match_limit(context, match_limit);
    pcre2_set_depth_limit(context, depth_limit);
  }
  ~MatchScratch() {
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
  }
  MatchScratch(const MatchScratch&) = delete;
  MatchScratch& operator=(const MatchScratch&) = delete;
  pcre2_match_data* data;
  pcre2_match_context* context;
};

}  // namespace

Regex::Regex(std::string_view pattern, std::string_view options)
    : pattern_(pattern), options_(options), prefix_(literal_prefix(pattern, options)) {
  if (pattern.find('\0') != std::string_view::npos) {
    fail(2, "Regular expression cannot contain an embedded null byte; write it as \\x00");
  }
  int number = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), option_bits(options),
                                   &number, &offset, nullptr);
  if (code == nullptr) {
    PCRE2_UCHAR message[160];
    pcre2_get_error_message(number, message, sizeof message);
    fail(51091, "Regular expression is invalid: " + std::string(reinterpret_cast<const char*>(message)) + " at offset " +
                    std::to_string(offset) + " of " + quoted(pattern));
  }
  code_ = std::shared_ptr<void>(code, [](void* p) { pcre2_code_free(static_cast<pcre2_code*>(p)); });
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);  // without JIT the interpreter is used: slower, same answers
}

bool Regex::matches(std::string_view subject) const {
  static thread_local MatchScratch scratch;
  const int found = pcre2_match(static_cast<const pcre2_code*>(code_.get()), reinterpret_cast<PCRE2_SPTR>(subject.data()),
                                subject.size(), 0, 0, scratch.data, scratch.context);
  if (found >= 0) return true;
  if (found == PCRE2_ERROR_NOMATCH) return false;
  fail(51156, "the regular expression " + quoted(pattern_) +
                  " needs too much work on a stored string; make it simpler or anchor it (PCRE2 error " +
                  std::to_string(found) + ")");
}

}  // namespace kinship::sqlite
