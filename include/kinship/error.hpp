// What Kinship throws: one exception type whose text is a sentence with the fix in it, and the codes to compare with.
// Drivers throw StoreError facts through `error` too; the engine adds model, relationship and key on the way up.
#pragma once

#include <boost/system/system_error.hpp>
#include <string>

namespace kinship {

enum class errc {
  unbound = 1,
  not_loaded,
  not_found,
  duplicate_key,
  conflict,
  restricted,
  strict_loading,
  type_mismatch,
  unknown_field,
  invalid_model,
  invalid_query,
  timeout,
  cancelled,
  unavailable,
  unauthorized,
  transaction_aborted,
  unsupported,
  store
};

const boost::system::error_category& error_category() noexcept;
boost::system::error_code make_error_code(errc code) noexcept;

/// What became of a write that ended in an error.
enum class Outcome { not_applied, applied, partial, unknown };

/// Where an error happened; every part may be empty.
struct ErrorContext {
  std::string model{};
  std::string relationship{};
  std::string operation{};
  std::string key{};
  Outcome outcome{Outcome::not_applied};
  int store_code{};  // the store's own number (MongoDB server codes, also used by SQLite's driver); 0: none
};

/// The exception of every failed call. `what()` is a sentence; `code()` compares with `kinship::errc`.
class error : public boost::system::system_error {
 public:
  error(errc code, std::string sentence, ErrorContext context = {});

  const char* what() const noexcept override { return text_.c_str(); }
  const std::string& model() const noexcept { return context_.model; }
  const std::string& relationship() const noexcept { return context_.relationship; }
  const std::string& operation() const noexcept { return context_.operation; }
  const std::string& key() const noexcept { return context_.key; }
  Outcome outcome() const noexcept { return context_.outcome; }
  /// The store's own error number, for logs and for raw collections; 0 when there is none.
  int store_code() const noexcept { return context_.store_code; }
  /// The sentence without the context that `what()` appends.
  const std::string& sentence() const noexcept { return sentence_; }
  const ErrorContext& context() const noexcept { return context_; }

 private:
  ErrorContext context_;
  std::string sentence_;
  std::string text_;
};

}  // namespace kinship

template <>
struct boost::system::is_error_code_enum<kinship::errc> : std::true_type {};
