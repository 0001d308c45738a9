// Names of tasks and models to indices, and the faults of names that nobody knows.
#include "policy/resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace wye {
namespace {

constexpr std::size_t names_listed_max = 10;

struct NamedTask {
  TaskSource source = TaskSource::none;
  std::string_view name;
};

NamedTask named_task(const AskFacts& ask) {
  const std::string_view model = ask.model;
  if (model.starts_with(task_prefix)) {
    return {TaskSource::model, model.substr(task_prefix.size())};
  }
  if (!ask.task_header.empty()) return {TaskSource::header, ask.task_header};
  if (!ask.task_metadata.empty()) return {TaskSource::metadata, ask.task_metadata};
  return {};
}

std::string in_quotes(std::string_view name) { return fmt::format("\"{}\"", name); }

// "a, b, c" with a limit, so that a large configuration does not flood an error.
std::string join_names(const std::vector<std::string_view>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < names_listed_max; ++i) {
    if (i > 0) out += ", ";
    out += names[i];
  }
  if (names.size() > names_listed_max) {
    out += fmt::format(" and {} more", names.size() - names_listed_max);
  }
  return out;
}

// `key` is null for a request without one. It is told of no task that it may not use.
Fault unknown_task(const Rules& rules, const Key* key, const NamedTask& named) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < rules.tasks.size(); ++i) {
    if (key == nullptr || may_use(*key, static_cast<int>(i))) names.push_back(rules.tasks[i].name);
  }
  const std::string_view near = nearest(named.name, std::span<const std::string_view>(names));
  Fault out =
      fault(FaultKind::not_found, fmt::format("There is no task {} (named by {}).",
                                              in_quotes(named.name), to_string(named.source)));
  if (!near.empty()) out.message += fmt::format(" Did you mean {}?", in_quotes(near));
  out.message += names.empty() ? std::string(" There are none.")
                               : fmt::format(" Tasks are: {}.", join_names(names));
  out.code = "task_not_found";
  out.param = named.source == TaskSource::model      ? "model"
              : named.source == TaskSource::metadata ? "metadata.task"
                                                     : "x-wye-task";
  return out;
}

Fault forbidden_task(const Rules& rules, const Key& key, int task) {
  std::vector<std::string_view> names;
  for (const int allowed : key.tasks) {
    names.push_back(rules.tasks[static_cast<std::size_t>(allowed)].name);
  }
  Fault out =
      fault(FaultKind::forbidden,
            task < 0 ? fmt::format("The key {} may only be used for tasks; say model \"task/{}\".",
                                   in_quotes(key.name), names.front())
                     : fmt::format("The key {} may not use the task {}.", in_quotes(key.name),
                                   in_quotes(rules.tasks[static_cast<std::size_t>(task)].name)));
  out.message += fmt::format(" Its tasks are: {}.", join_names(names));
  out.code = "task_not_allowed";
  return out;
}

}  // namespace

bool may_use(const Key& key, int task) {
  return key.tasks.empty() ||
         std::find(key.tasks.begin(), key.tasks.end(), task) != key.tasks.end();
}

Resolved resolve_task(const Rules& rules, const AskFacts& ask) {
  Resolved resolved;
  if (!ask.key.empty()) resolved.key = find_index(rules.key_by_name, ask.key);
  const Key* key = resolved.key < 0 ? nullptr : &rules.keys[static_cast<std::size_t>(resolved.key)];
  const NamedTask named = named_task(ask);
  resolved.source = named.source;
  if (named.source != TaskSource::none) {
    resolved.task = find_index(rules.task_by_name, named.name);
    if (resolved.task < 0) {
      resolved.fault = unknown_task(rules, key, named);
      return resolved;
    }
  } else if (key != nullptr && key->default_task >= 0) {
    resolved.task = key->default_task;
    resolved.source = TaskSource::key;
  }
  if (key != nullptr && !may_use(*key, resolved.task)) {
    resolved.fault = forbidden_task(rules, *key, resolved.task);
  }
  return resolved;
}

ResolvedTarget resolve_model(const Rules& rules, std::string_view model) {
  using enum ResolvedTarget::Kind;
  if (const int at = find_index(rules.route_by_name, model); at >= 0) return {route, at};
  if (const int at = find_index(rules.deployment_by_name, model); at >= 0) return {deployment, at};
  if (const int at = find_index(rules.deployment_by_model, model); at >= 0) return {deployment, at};
  return {};
}

Fault unknown_model(const Rules& rules, std::string_view model) {
  std::vector<std::string_view> names;
  for (const Route& route : rules.routes) names.push_back(route.name);
  for (const Deployment& deployment : rules.deployments) {
    names.push_back(deployment.name);
    names.push_back(deployment.model);
  }
  std::vector<std::string> aliases;
  aliases.reserve(rules.tasks.size());
  for (const Task& task : rules.tasks) aliases.push_back(std::string(task_prefix) + task.name);
  for (const std::string& alias : aliases) names.push_back(alias);
  const std::string_view near = nearest(model, std::span<const std::string_view>(names));

  Fault out = fault(
      FaultKind::not_found,
      model.empty() ? "The request names no model."
                    : fmt::format("There is no route, deployment or model {}.", in_quotes(model)));
  if (!near.empty()) out.message += fmt::format(" Did you mean {}?", in_quotes(near));
  out.message += " GET /v1/models lists them.";
  out.code = "model_not_found";
  out.param = "model";
  return out;
}

}  // namespace wye
