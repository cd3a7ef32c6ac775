// See cancelled.hpp. Asio throws `operation_aborted` where a coroutine's cancellation state is set when it awaits.
// Errors of ours pass: they say more.
#include "engine/cancelled.hpp"

#include <boost/asio/error.hpp>

namespace kinship::detail {

std::exception_ptr cancelled_in_words(std::exception_ptr failure, Outcome outcome) {
  try {
    std::rethrow_exception(failure);
  } catch (const error&) {
    return failure;
  } catch (const boost::system::system_error& e) {
    if (e.code() != boost::asio::error::operation_aborted) return failure;
    ErrorContext context;
    context.outcome = outcome;
    return std::make_exception_ptr(error(
        errc::cancelled,
        outcome != Outcome::not_applied ? "the call was cancelled between two of its operations; read again what it wrote"
                                        : "the call was cancelled",
        std::move(context)));
  } catch (...) {
    return failure;
  }
}

}  // namespace kinship::detail
