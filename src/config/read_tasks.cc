// tasks: the unit of policy; see loading.h.
#include <fmt/format.h>

#include <algorithm>

#include "config/check_shape.h"
#include "config/loading.h"
#include "config/values.h"

namespace wye::config {
namespace {

// What `latency.sensitivity` stands for.
struct Sensitivity {
  std::string_view name;
  DurationMs ttft_ms, stall_ms;
};
constexpr Sensitivity sensitivities[] = {{"interactive", 10'000, 15'000},
                                         {"batch", 120'000, 120'000}};

int add_route(Loading& loading, Route route, RouteNotes notes) {
  notes.of_task = true;
  loading.rules.routes.push_back(std::move(route));
  loading.route_notes.push_back(std::move(notes));
  return static_cast<int>(loading.rules.routes.size()) - 1;
}

// A task that names deployments instead of a route gets a route of its own, "task/NAME".
int route_of_deployments(Loading& loading, const Task& task,
                         const std::vector<const Node*>& names) {
  Route route;
  RouteNotes notes;
  route.name = std::string(task_prefix) + task.name;
  route.where = names.empty() ? task.where : names.front()->where;
  for (const Node* name : names) {
    const int deployment = find_deployment(loading, *name);
    if (deployment < 0) {
      notes.complete = false;
      continue;
    }
    loading.deployment_used[static_cast<std::size_t>(deployment)] = true;
    route.members.push_back({deployment, 1});
    notes.members.push_back(place_of(*name));
  }
  return add_route(loading, std::move(route), std::move(notes));
}

int read_route_of(Loading& loading, const Task& task, const Node* node) {
  if (node == nullptr) return -1;
  if (node->is_list()) return route_of_deployments(loading, task, read_list(node));
  const auto target = find_target(loading, *node);
  if (!target) return -1;
  if (target->kind == Target::Kind::route) return target->index;
  return route_of_deployments(loading, task, {node});
}

// `prefer` is the strategy of a route that has none of its own. The task gets a copy of it, under
// the same name, because other tasks may prefer something else.
int apply_preference(Loading& loading, int index, const Node* prefer) {
  const std::string word = read_text(prefer);
  if (index < 0 || (word != "cost" && word != "latency")) return index;
  const Strategy wanted = word == "cost" ? Strategy::lowest_cost : Strategy::lowest_latency;
  const auto at = static_cast<std::size_t>(index);
  if (loading.rules.routes[at].strategy == wanted) return index;
  if (loading.route_notes[at].has_strategy) {
    loading.add(
        Code::value_not_available, place_of(*prefer),
        fmt::format(
            "prefer: {} is not available yet for a route with a strategy of its own (route \"{}\" "
            "has {})",
            word, loading.rules.routes[at].name, to_string(loading.rules.routes[at].strategy)),
        "remove prefer, or the strategy of the route");
    return index;
  }
  if (loading.route_notes[at].of_task) {
    loading.rules.routes[at].strategy = wanted;
    return index;
  }
  Route copy = loading.rules.routes[at];
  copy.strategy = wanted;
  return add_route(loading, std::move(copy), loading.route_notes[at]);
}

void read_latency(const Node* latency, Task& task) {
  if (latency == nullptr) return;
  const std::string word = read_text(latency->find("sensitivity"));
  task.interactive = word == "interactive";
  for (const Sensitivity& one : sensitivities) {
    if (one.name != word) continue;
    task.timeouts.ttft_ms = one.ttft_ms;
    task.timeouts.stall_ms = one.stall_ms;
  }
  Timeouts& out = task.timeouts;
  out.ttft_ms = read_duration(latency->find("ttft")).value_or(out.ttft_ms);
  out.stall_ms = read_duration(latency->find("stall")).value_or(out.stall_ms);
  out.total_ms = read_duration(latency->find("total")).value_or(out.total_ms);
  out.connect_ms = read_duration(latency->find("connect")).value_or(out.connect_ms);
  out.tokens_per_s_min = read_rate(latency->find("min_speed")).value_or(0);
  task.deadline_ms = read_duration(latency->find("deadline")).value_or(0);
}

// Only limits that the file gives are compared, so that defaults are never complained about.
void check_latency(Loading& loading, const Node* latency, const Task& task) {
  if (latency == nullptr) return;
  struct Pair {
    std::string_view inner, outer;
  };
  static constexpr Pair pairs[] = {{"ttft", "total"},
                                   {"stall", "total"},
                                   {"ttft", "deadline"},
                                   {"stall", "deadline"},
                                   {"total", "deadline"}};
  for (const Pair& pair : pairs) {
    const Node* inner = latency->find(pair.inner);
    const Node* outer = latency->find(pair.outer);
    const auto inner_ms = read_duration(inner);
    auto outer_ms = read_duration(outer);
    if (!outer_ms && pair.outer == "deadline") outer_ms = loading.rules.reliability.deadline_ms;
    if (!inner_ms || !outer_ms || *inner_ms <= *outer_ms) continue;
    loading.add(Code::latency_order, place_of(*inner),
                fmt::format("{} {} of task \"{}\" is longer than {} {}", pair.inner, inner->text,
                            task.name, outer != nullptr ? pair.outer : "reliability.deadline",
                            format_duration_ms(*outer_ms)));
  }
}

void read_requirements(const Node* node, Task& task) {
  if (node == nullptr) return;
  task.requires_.where = node->where;
  for (const Entry& entry : node->entries) {
    const auto ability = ability_from(entry.key);
    if (ability && read_flag(&entry.value) == true) task.requires_.abilities.insert(*ability);
  }
  task.requires_.context_tokens = read_count(node->find("context")).value_or(0);
}

void read_data_class(Loading& loading, const Node* node, Task& task, TaskNotes& notes) {
  if (node == nullptr || !node->is_scalar() || node->text.empty()) return;
  task.data_class_where = node->where;
  notes.data_class = place_of(*node);
  notes.data_class_known = index_of(loading.rules.data_classes, node->text) >= 0;
  if (!notes.data_class_known) {
    loading.add(Code::unknown_name, place_of(*node),
                fmt::format("no provider is approved for data class {}", shown(*node)),
                did_you_mean(node->text, loading.rules.data_classes));
    return;  // not added, or the next task with the same slip would find it
  }
  task.data_class = index_of(loading.rules.data_classes, node->text);
}

void read_regions(Loading& loading, const Node* node, Task& task) {
  if (node == nullptr) return;
  task.regions_where = node->where;
  const std::vector<std::string> known = loading.rules.regions;
  for (const Node* name : read_list(node)) {
    if (index_of(known, name->text) < 0) {
      loading
          .add(Code::unknown_name, place_of(*name),
               fmt::format("no provider is in region {}", shown(*name)),
               did_you_mean(name->text, known))
          .severity = Severity::warning;
    }
    task.regions |= name_bit(loading, loading.rules.regions, *name, "regions");
  }
}

void read_ceilings(const Node& settings, Task& task) {
  if (const Node* node = settings.find("max_cost")) {
    task.max_cost_nanousd = read_money(node).value_or(-1);
    task.max_cost_where = node->where;
  }
  if (const Node* node = settings.find("max_price")) {
    task.max_price.input = read_price(node->find("input")).value_or(-1);
    task.max_price.output = read_price(node->find("output")).value_or(-1);
    task.max_price_where = node->where;
  }
}

Triggers usual_triggers() {
  Triggers out;
  for (int i = 0; i < static_cast<int>(FaultKind::exhausted); ++i) {
    const auto kind = static_cast<FaultKind>(i);
    const bool judges = kind == FaultKind::invalid_output || kind == FaultKind::refusal ||
                        kind == FaultKind::low_quality;
    if (!judges && traits(kind).helps_elsewhere) out.insert(kind);
  }
  return out;
}

Triggers read_triggers(const Node* node, bool degrade) {
  if (node == nullptr) return degrade ? Triggers{FaultKind::exhausted} : usual_triggers();
  Triggers out;
  for (const Node* name : read_list(node)) {
    if (const auto kind = fault_kind_from(name->text)) out.insert(*kind);
  }
  return out;
}

// Reports that of two keys exactly one is wanted; true when it is so.
bool exactly_one(Loading& loading, const Node& node, std::string_view a, std::string_view b,
                 std::string_view what) {
  const int given = (node.find(a) != nullptr ? 1 : 0) + (node.find(b) != nullptr ? 1 : 0);
  if (given == 1) return true;
  loading.add(Code::one_of_keys, place_of(node),
              given == 0 ? fmt::format("{} needs \"{}\" or \"{}\"", what, a, b)
                         : fmt::format("{} has both \"{}\" and \"{}\"", what, a, b),
              given == 0 ? "" : "make two of it");
  return false;
}

std::optional<Fallback> read_degrade(Loading& loading, const Node& degrade, Place& place) {
  if (!degrade.is_map() || !exactly_one(loading, degrade, "to", "answer", "a degrade"))
    return std::nullopt;
  Fallback fallback;
  fallback.degrade = true;
  fallback.drop_reasoning = read_text(degrade.find("drop")) == "reasoning";
  if (const Node* answer = degrade.find("answer")) {
    if (const Node* drop = degrade.find("drop")) {
      loading.add(Code::one_of_keys, place_of(*drop),
                  "a degrade with a fixed answer has nothing to drop");
    }
    fallback.target = {Target::Kind::answer, 0, read_text(answer)};
    place = place_of(*answer);
    return fallback;
  }
  const Node* to = degrade.find("to");
  const auto target = find_target(loading, *to);
  if (!target) return std::nullopt;
  fallback.target = *target;
  place = place_of(*to);
  return fallback;
}

std::optional<Fallback> read_fallback(Loading& loading, const Node& node, Place& place) {
  if (!node.is_map() || !exactly_one(loading, node, "to", "degrade", "a fallback"))
    return std::nullopt;
  std::optional<Fallback> fallback;
  if (const Node* degrade = node.find("degrade")) {
    fallback = read_degrade(loading, *degrade, place);
  } else {
    const Node* to = node.find("to");
    place = place_of(*to);
    if (const auto target = find_target(loading, *to)) fallback.emplace().target = *target;
  }
  if (!fallback) return std::nullopt;
  fallback->after = read_triggers(node.find("after"), fallback->degrade);
  fallback->where = node.where;
  for (const int deployment : deployments_of(loading.rules, fallback->target)) {
    loading.deployment_used[static_cast<std::size_t>(deployment)] = true;
  }
  return fallback;
}

void read_fallbacks(Loading& loading, const Node* list, Task& task, TaskNotes& notes) {
  if (list == nullptr) return;
  notes.complete = list->is_list();
  for (const Node& node : list->items) {
    Place place;
    if (auto fallback = read_fallback(loading, node, place)) {
      task.fallbacks.push_back(std::move(*fallback));
      notes.fallbacks.push_back(place);
    } else {
      notes.complete = false;
    }
  }
}

void read_task(Loading& loading, const Entry& entry) {
  Task task;
  TaskNotes notes;
  const Node& settings = entry.value;
  task.name = entry.key;
  task.where = entry.where;
  const Node* route = settings.find("route");
  const Node* objective = settings.find("objective");
  notes.route = route == nullptr ? place_of(entry) : place_of(*route);
  task.route = read_route_of(loading, task, route);
  task.route = apply_preference(loading, task.route,
                                objective == nullptr ? nullptr : objective->find("prefer"));
  task.criticality =
      criticality_from(read_text(settings.find("criticality"))).value_or(Criticality::medium);
  read_latency(settings.find("latency"), task);
  check_latency(loading, settings.find("latency"), task);
  read_requirements(settings.find("requires"), task);
  read_data_class(loading, settings.find("data_class"), task, notes);
  read_regions(loading, settings.find("regions"), task);
  if (const Node* zdr = settings.find("zdr")) {
    task.zdr = read_flag(zdr).value_or(false);
    task.zdr_where = zdr->where;
  }
  read_ceilings(settings, task);
  read_fallbacks(loading, settings.find("fallbacks"), task, notes);
  read_output(loading, settings.find("output"), task);
  read_stream(loading, settings.find("stream"), task);
  loading.rules.tasks.push_back(std::move(task));
  loading.task_notes.push_back(std::move(notes));
}

}  // namespace

void read_tasks(Loading& loading) {
  for (const Entry& entry : loading.entries("tasks")) read_task(loading, entry);
  loading.rules.index_names();
}

}  // namespace wye::config
