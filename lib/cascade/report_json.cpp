// Cascade plans and results as JSON, for answers to people and for logs.
// On its own, because nlohmann's header is heavy.
#include <nlohmann/json.hpp>

#include <kinship/cascade/plan.hpp>

namespace kinship {

namespace {

template <class Json>
Json report_json(const CascadeReport& report) {
  Json out = Json::object();
  out["deleted"] = report.deleted();
  out["updated"] = report.updated();
  out["steps"] = Json::array();
  for (const CascadeStep& step : report.steps()) {
    Json entry = Json::object();
    entry["relationship"] = step.relationship;
    entry["action"] = std::string(to_string(step.action));
    entry["collection"] = step.collection;
    entry["count"] = step.count;
    out["steps"].push_back(std::move(entry));
  }
  return out;
}

template <class Json>
Json with(const CascadeReport& report, const char* name, bool value) {
  Json out = report_json<Json>(report);
  out[name] = value;
  return out;
}

}  // namespace

void to_json(nlohmann::ordered_json& out, const CascadePlan& plan) {
  out = with<nlohmann::ordered_json>(plan, "allowed", plan.allowed());
}
void to_json(nlohmann::ordered_json& out, const CascadeResult& result) {
  out = with<nlohmann::ordered_json>(result, "atomic", result.atomic());
}
void to_json(nlohmann::json& out, const CascadePlan& plan) { out = with<nlohmann::json>(plan, "allowed", plan.allowed()); }
void to_json(nlohmann::json& out, const CascadeResult& result) {
  out = with<nlohmann::json>(result, "atomic", result.atomic());
}

}  // namespace kinship
