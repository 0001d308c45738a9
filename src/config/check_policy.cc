// What can be seen of the policy without serving a request: members and fallbacks that a task could
// never use, prices that are needed and not known, things that nothing uses; see loading.h.
#include <fmt/format.h>

#include <algorithm>

#include "config/loading.h"

namespace wye::config {
namespace {

// One deployment that one task could be served by, and the name in the file that says so.
struct Candidate {
  const Task& task;
  const TaskNotes& notes;
  const Deployment& deployment;
  const Provider& provider;
  Place place;
  std::string role;  // `deployment "x" of route "y"`
};

std::string names_of(const std::vector<std::string>& names, NameSet set) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if ((set >> i & 1) == 0) continue;
    out += (out.empty() ? "" : ", ") + names[i];
  }
  return out;
}

std::string names_of(Abilities abilities) {
  std::string out;
  for (int i = 0; i < ability_count; ++i) {
    const auto ability = static_cast<Ability>(i);
    if (!abilities.has(ability)) continue;
    out += (out.empty() ? "" : ", ") + std::string(to_string(ability));
  }
  return out;
}

void check_abilities(Loading& loading, const Candidate& one) {
  const Abilities wanted = one.task.requires_.abilities;
  if (wanted.empty()) return;
  if (!one.deployment.abilities_known) {
    loading.add(Code::ability_unknown, one.place,
                fmt::format("task \"{}\" requires {}; whether {} can is not known", one.task.name,
                            names_of(wanted), one.role),
                "give its abilities in the deployment");
    return;
  }
  const Abilities missing = wanted.minus(one.deployment.abilities);
  if (missing.empty()) return;
  loading.add(Code::lacks_ability, one.place,
              fmt::format("task \"{}\" requires {}; {} does not offer it", one.task.name,
                          names_of(missing), one.role));
}

void check_context(Loading& loading, const Candidate& one) {
  const std::int64_t wanted = one.task.requires_.context_tokens;
  const std::int64_t offered = one.deployment.context_tokens;
  if (offered == 0 || wanted <= offered) return;
  loading.add(Code::context_too_small, one.place,
              fmt::format("task \"{}\" requires a context of {} tokens; {} has {}", one.task.name,
                          wanted, one.role, offered));
}

void check_compliance(Loading& loading, const Candidate& one) {
  const Task& task = one.task;
  const Rules& rules = loading.rules;
  if (task.data_class >= 0 && (one.provider.approved_for >> task.data_class & 1) == 0) {
    loading.add(
        Code::not_approved, one.place,
        fmt::format("task \"{}\" has data class {}; provider \"{}\" of {} is not approved for it",
                    task.name, rules.data_classes[static_cast<std::size_t>(task.data_class)],
                    one.provider.name, one.role));
  }
  if (task.regions != 0 && (one.provider.regions & task.regions) == 0) {
    const std::string regions = names_of(rules.regions, one.provider.regions);
    loading.add(Code::outside_regions, one.place,
                fmt::format("task \"{}\" is limited to {}; provider \"{}\" of {} {}", task.name,
                            names_of(rules.regions, task.regions), one.provider.name, one.role,
                            regions.empty() ? "says no region" : "is in " + regions));
  }
  if (task.zdr && !one.provider.zdr) {
    loading.add(
        Code::retains_data, one.place,
        fmt::format(
            "task \"{}\" wants zero data retention; provider \"{}\" of {} is not marked zdr",
            task.name, one.provider.name, one.role));
  }
}

void check_prices(Loading& loading, const Candidate& one) {
  const Price& ceiling = one.task.max_price;
  const Price& price = one.deployment.price.base;
  const bool capped = ceiling.input >= 0 || ceiling.output >= 0;
  if (!price.known() && (capped || one.task.max_cost_nanousd >= 0)) {
    loading.add(Code::price_unknown, one.place,
                fmt::format("task \"{}\" has a {}; the price of {} is not known", one.task.name,
                            capped ? "max_price" : "max_cost", one.role),
                "give its price in the deployment");
    return;
  }
  const bool over = (ceiling.input >= 0 && price.input > ceiling.input) ||
                    (ceiling.output >= 0 && price.output > ceiling.output);
  if (!over) return;
  loading.add(
      Code::over_price, one.place,
      fmt::format("task \"{}\" never uses {}: its price {} in, {} out is over max_price",
                  one.task.name, one.role, format_price(price.input), format_price(price.output)));
}

// Everything that holds for a candidate wherever it is named.
void check_candidate(Loading& loading, const Candidate& one) {
  check_abilities(loading, one);
  check_context(loading, one);
  check_compliance(loading, one);
  check_prices(loading, one);
}

std::string role_of(const Rules& rules, const RouteNotes* notes, const Target& target,
                    const Deployment& deployment) {
  if (target.kind != Target::Kind::route || notes == nullptr || notes->of_task) {
    const bool copy =
        target.kind == Target::Kind::route &&
        !rules.routes[static_cast<std::size_t>(target.index)].name.starts_with(task_prefix);
    if (!copy) return fmt::format("deployment \"{}\"", deployment.name);
  }
  return fmt::format("deployment \"{}\" of route \"{}\"", deployment.name,
                     rules.routes[static_cast<std::size_t>(target.index)].name);
}

void check_target(Loading& loading, std::size_t task, const Target& target, Place place) {
  const Rules& rules = loading.rules;
  if (target.kind == Target::Kind::answer) return;
  const RouteNotes* notes = target.kind == Target::Kind::route
                                ? &loading.route_notes[static_cast<std::size_t>(target.index)]
                                : nullptr;
  const std::vector<int> members = deployments_of(rules, target);
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Deployment& deployment = rules.deployments[static_cast<std::size_t>(members[i])];
    if (deployment.provider < 0) continue;
    // A list within the task names each deployment itself; a route is named as a whole.
    const bool inline_list =
        notes != nullptr && notes->of_task &&
        rules.routes[static_cast<std::size_t>(target.index)].name.starts_with(task_prefix);
    check_candidate(loading, {rules.tasks[task], loading.task_notes[task], deployment,
                              rules.providers[static_cast<std::size_t>(deployment.provider)],
                              inline_list ? notes->members[i] : place,
                              role_of(rules, notes, target, deployment)});
  }
}

Target route_target(int route) { return {Target::Kind::route, route, {}}; }

void check_fallbacks(Loading& loading, std::size_t at) {
  const Rules& rules = loading.rules;
  const Task& task = rules.tasks[at];
  const std::vector<int> members = deployments_of(rules, route_target(task.route));
  const bool complete = loading.task_notes[at].complete &&
                        loading.route_notes[static_cast<std::size_t>(task.route)].complete;
  if (complete && task.fallbacks.empty() && members.size() == 1) {
    loading.add(Code::no_fallback, {task.where, task.name.size()},
                fmt::format("task \"{}\" has one deployment and no fallback", task.name),
                "add fallbacks");
  }
  for (std::size_t i = 0; i < task.fallbacks.size(); ++i) {
    const Fallback& fallback = task.fallbacks[i];
    if (fallback.target.kind == Target::Kind::answer || fallback.drop_reasoning) continue;
    const std::vector<int> targets = deployments_of(rules, fallback.target);
    const bool known = std::all_of(targets.begin(), targets.end(), [&](int deployment) {
      return std::find(members.begin(), members.end(), deployment) != members.end();
    });
    if (!known || targets.empty()) continue;
    loading.add(Code::useless_fallback, loading.task_notes[at].fallbacks[i],
                fmt::format("this fallback of task \"{}\" is in its route already", task.name));
  }
}

void check_task(Loading& loading, std::size_t at) {
  const Task& task = loading.rules.tasks[at];
  if (task.route < 0) return;
  check_target(loading, at, route_target(task.route), loading.task_notes[at].route);
  for (std::size_t i = 0; i < task.fallbacks.size(); ++i) {
    check_target(loading, at, task.fallbacks[i].target, loading.task_notes[at].fallbacks[i]);
  }
  check_fallbacks(loading, at);
}

// A rule for one task sends it elsewhere, so the target must suit the task; a rule for a data class
// must lead to providers that are approved for it.
void check_rule(Loading& loading, std::size_t at) {
  const Rule& rule = loading.rules.rules[at];
  if (rule.use.index < 0) return;
  for (const Condition& condition : rule.when) {
    if (const auto* task = std::get_if<TaskIs>(&condition)) {
      check_target(loading, static_cast<std::size_t>(task->task), rule.use,
                   loading.rule_places[at]);
    } else if (const auto* data = std::get_if<DataClassIs>(&condition)) {
      for (const int member : deployments_of(loading.rules, rule.use)) {
        const Deployment& deployment = loading.rules.deployments[static_cast<std::size_t>(member)];
        if (deployment.provider < 0) continue;
        const Provider& provider =
            loading.rules.providers[static_cast<std::size_t>(deployment.provider)];
        if ((provider.approved_for >> data->data_class & 1) != 0) continue;
        loading.add(
            Code::not_approved, loading.rule_places[at],
            fmt::format(
                "the rule is for data class {}; provider \"{}\" of deployment \"{}\" is not "
                "approved for it",
                loading.rules.data_classes[static_cast<std::size_t>(data->data_class)],
                provider.name, deployment.name));
      }
    }
  }
}

// lowest_cost compares prices, so it needs them all.
void check_route_prices(Loading& loading, std::size_t at) {
  const Route& route = loading.rules.routes[at];
  if (route.strategy != Strategy::lowest_cost || route.members.size() < 2) return;
  for (std::size_t i = 0; i < route.members.size(); ++i) {
    const Deployment& deployment =
        loading.rules.deployments[static_cast<std::size_t>(route.members[i].deployment)];
    if (deployment.provider < 0 || deployment.price.base.known()) continue;
    loading.add(Code::price_unknown, loading.route_notes[at].members[i],
                fmt::format("{} compares prices; the price of deployment \"{}\" is not known",
                            to_string(route.strategy), deployment.name),
                "give its price in the deployment");
  }
}

void check_unused(Loading& loading) {
  // What could not be read is not used either; that would only be noise.
  if (loading.diagnostics.has_errors()) return;
  const Rules& rules = loading.rules;
  for (std::size_t i = 0; i < rules.providers.size(); ++i) {
    if (loading.provider_used[i]) continue;
    loading.add(Code::unused, {rules.providers[i].where, rules.providers[i].name.size()},
                fmt::format("no deployment uses provider \"{}\"", rules.providers[i].name));
  }
  // In a file of deployments alone, clients name them.
  if (rules.routes.empty() && rules.tasks.empty() && rules.rules.empty()) return;
  for (std::size_t i = 0; i < rules.deployments.size(); ++i) {
    if (loading.deployment_used[i]) continue;
    loading.add(
        Code::unused, {rules.deployments[i].where, rules.deployments[i].name.size()},
        fmt::format("no route, task or rule uses deployment \"{}\"", rules.deployments[i].name));
  }
}

}  // namespace

void check_policy(Loading& loading) {
  for (std::size_t i = 0; i < loading.rules.routes.size(); ++i) check_route_prices(loading, i);
  for (std::size_t i = 0; i < loading.rules.tasks.size(); ++i) check_task(loading, i);
  for (std::size_t i = 0; i < loading.rules.rules.size(); ++i) check_rule(loading, i);
  check_unused(loading);
}

}  // namespace wye::config
