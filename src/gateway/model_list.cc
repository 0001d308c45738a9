#include "gateway/model_list.h"

#include "wire/json.h"

namespace wye {
namespace {

constexpr std::string_view task_prefix = "task/";

void write_model(JsonWriter& json, std::string_view name, std::string_view owner) {
  json.begin_object()
      .field("id", name)
      .field("object", "model")
      .field("created", 0)
      .field("owned_by", owner)
      .end_object();
}

std::string_view provider_name(const Rules& rules, const Deployment& deployment) {
  return rules.providers[static_cast<std::size_t>(deployment.provider)].name;
}

}  // namespace

std::string model_list_json(const Rules& rules) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("object", "list").key("data").begin_array();
  for (const Task& task : rules.tasks)
    write_model(json, std::string(task_prefix) + task.name, "wye");
  for (const Route& route : rules.routes) {
    // A task with a list of its own has a route of the same name, which is no further choice.
    if (!route.name.starts_with(task_prefix)) write_model(json, route.name, "wye");
  }
  for (const Deployment& deployment : rules.deployments) {
    write_model(json, deployment.name, provider_name(rules, deployment));
  }
  json.end_array().end_object();
  return out;
}

std::string model_json(const Rules& rules, std::string_view name) {
  std::string_view owner;
  if (name.starts_with(task_prefix) &&
      find_index(rules.task_by_name, name.substr(task_prefix.size())) >= 0) {
    owner = "wye";
  } else if (find_index(rules.route_by_name, name) >= 0) {
    owner = "wye";
  } else if (const int index = find_index(rules.deployment_by_name, name); index >= 0) {
    owner = provider_name(rules, rules.deployments[static_cast<std::size_t>(index)]);
  }
  if (owner.empty()) return {};
  std::string out;
  JsonWriter json(out);
  write_model(json, name, owner);
  return out;
}

}  // namespace wye
