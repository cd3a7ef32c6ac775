// The compiled filter; see matcher.hpp.
#include "matcher.hpp"

#include "matcher_bounds.hpp"
#include "matcher_expression.hpp"
#include "matcher_parse.hpp"

namespace kinship::sqlite {

struct Matcher::State {
  bson::Document filter;
  ExpressionPointer root;
  BoundsCollector collector;
  bool always_true{};
};

Matcher::Matcher(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Matcher::Matcher(Matcher&&) noexcept = default;
Matcher& Matcher::operator=(Matcher&&) noexcept = default;
Matcher::~Matcher() = default;

Matcher Matcher::compile(bson::DocumentView filter) { return compile(bson::Document(filter)); }

Matcher Matcher::compile(bson::Document&& filter) {
  auto state = std::make_unique<State>();
  state->filter = std::move(filter);
  state->root = parse_filter(state->filter.view());
  state->root->collect(state->collector);
  state->always_true = true;
  for (const auto& element : state->filter.view()) state->always_true &= element.name == "$comment";
  return Matcher(std::move(state));
}

bool Matcher::matches(bson::DocumentView document) const { return state_->root->matches(document, nullptr); }

bool Matcher::matches(bson::DocumentView document, MatchDetails& details) const {
  details = MatchDetails{};
  return state_->root->matches(document, &details);
}

bool Matcher::always_true() const noexcept { return state_->always_true; }
bool Matcher::always_false() const noexcept { return state_->collector.is_never(); }
const std::vector<Bound>& Matcher::bounds() const noexcept { return state_->collector.bounds(); }
bool Matcher::bound_decides() const noexcept { return state_->collector.decides(); }
const BoundsCollector& Matcher::facts() const noexcept { return state_->collector; }
bson::DocumentView Matcher::filter() const noexcept { return state_->filter.view(); }

}  // namespace kinship::sqlite
