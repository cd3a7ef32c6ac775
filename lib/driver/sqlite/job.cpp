// The state machine of a job: queued, running, applied (writes only), finished.
// Every step is one atomic exchange, so that exactly one side completes it.
#include "job.hpp"

#include "store.hpp"

namespace kinship::sqlite {

Job::~Job() = default;

bool Job::start() noexcept {
  State expected = State::queued;
  return state_.compare_exchange_strong(expected, State::running, std::memory_order_acq_rel);
}

bool Job::apply() noexcept {
  State expected = State::running;
  return state_.compare_exchange_strong(expected, State::applied, std::memory_order_acq_rel);
}

bool Job::stop_requested() const noexcept { return state() == State::finished || store_->abandoned(); }

void Job::finish(std::exception_ptr failure) {
  if (state_.exchange(State::finished, std::memory_order_acq_rel) != State::finished) complete(std::move(failure));
}

void Job::stop(errc code, const std::string& sentence) {
  const State before = state_.exchange(State::finished, std::memory_order_acq_rel);
  if (before == State::finished) return;
  ErrorContext context;
  context.outcome = before == State::applied ? Outcome::unknown : Outcome::not_applied;
  complete(std::make_exception_ptr(error(code, sentence, std::move(context))));
}

void Job::complete(std::exception_ptr failure) {
  Store* const store = store_;
  if (context_.deadline != no_deadline || writes()) store->timekeeper().remove(*this);
  // Taken out first: completing may destroy the awaiter, and this job with it.
  const auto completion = std::move(completion_);
  if (completion != nullptr) completion->complete(std::move(failure));
  store->job_ended();
}

}  // namespace kinship::sqlite
