// A path of relationships to load together: `&User::posts, &Post::tags`, each step with a condition of its own if wanted.
// `kinship::step(&User::posts).where({"status", "published"}).limit(3)` stands wherever a member pointer does.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <kinship/model/model.hpp>
#include <kinship/query/condition.hpp>
#include <kinship/query/order.hpp>
#include <kinship/relationship/relationship_manager.hpp>

namespace kinship {

namespace detail {

/// The relationship whose member lies at `offset` of the model's objects; throws `invalid_model` if it is not mapped.
const RelationshipInfo& relationship_at(const ModelInfo& model, std::size_t offset);

/// One step, without types.
struct StepData {
  const RelationshipInfo* relationship{};
  Condition condition{};
  OrderBy order{};
  std::uint64_t limit{};
  std::uint64_t skip{};
  bool conditional() const noexcept { return !condition.is_always() || !order.empty() || limit != 0 || skip != 0; }
};

template <class Owner, class Member>
std::size_t member_offset(Member Owner::*member) {
  static const Owner probe{};
  return static_cast<std::size_t>(reinterpret_cast<const char*>(static_cast<const RelationshipManager*>(&(probe.*member))) -
                                  reinterpret_cast<const char*>(&probe));
}

template <class>
struct relationship_target;
template <template <class> class Manager, class T>
struct relationship_target<Manager<T>> {
  using type = T;
};

}  // namespace detail

/// One step of a path. Immutable; every method returns a changed copy. Issues no query.
template <class Owner, class Member>
class Step {
 public:
  using owner_type = Owner;
  using target_type = typename detail::relationship_target<Member>::type;

  Step(Member Owner::*member) {  // NOLINT: a member pointer is a step
    static_assert(std::is_base_of_v<RelationshipManager, Member>,
                  "kinship: a path is made of relationship members (OneToOne, OneToMany, ManyToMany, BelongsTo)");
    data_.relationship =
        &detail::relationship_at(detail::linked(detail::model_info<Owner>()), detail::member_offset(member));
  }

  Step where(Condition condition) const {
    Step copy = *this;
    copy.data_.condition = copy.data_.condition && std::move(condition);
    return copy;
  }
  template <auto Field>
  Step order_by(int direction = 1) const {
    Step copy = *this;
    copy.data_.order.push_back(SortKey{std::string(detail::member_label<Field>()), direction});
    return copy;
  }
  Step order_by(std::string field, int direction = 1) const {
    Step copy = *this;
    copy.data_.order.push_back(SortKey{std::move(field), direction});
    return copy;
  }
  /// Per owner.
  Step limit(std::uint64_t count) const {
    Step copy = *this;
    copy.data_.limit = count;
    return copy;
  }
  const detail::StepData& data() const noexcept { return data_; }

 private:
  detail::StepData data_{};
};

template <class Owner, class Member>
Step<Owner, Member> step(Member Owner::*member) {
  return Step<Owner, Member>(member);
}

namespace detail {

class Path {
 public:
  Path() = default;
  void push(StepData step) { steps_.push_back(std::move(step)); }
  const std::vector<StepData>& steps() const noexcept { return steps_; }

 private:
  std::vector<StepData> steps_{};
};

template <class Owner, class Member>
Step<Owner, Member> as_step(Member Owner::*member) {
  return Step<Owner, Member>(member);
}
template <class Owner, class Member>
const Step<Owner, Member>& as_step(const Step<Owner, Member>& step) {
  return step;
}

template <class From>
void extend(Path&) {}
template <class From, class First, class... Rest>
void extend(Path& path, const First& first, const Rest&... rest) {
  const auto& step = as_step(first);
  using StepType = std::remove_cvref_t<decltype(step)>;
  static_assert(std::is_same_v<typename StepType::owner_type, From>,
                "kinship: wrong model: each step of a path must be a relationship of the model the step before leads to");
  path.push(step.data());
  extend<typename StepType::target_type>(path, rest...);
}

template <class From, class... Steps>
Path make_path(const Steps&... steps) {
  static_assert(sizeof...(Steps) > 0, "kinship: name at least one relationship, as in &User::posts");
  Path path;
  extend<From>(path, steps...);
  return path;
}

}  // namespace detail
}  // namespace kinship
