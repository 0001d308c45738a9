// routes: names over deployments; see loading.h.
#include <fmt/format.h>

#include <algorithm>

#include "config/loading.h"
#include "config/values.h"

namespace wye::config {
namespace {

void add_member(Loading& loading, Route& route, RouteNotes& notes, const Node& name,
                std::int64_t weight) {
  const int deployment = find_deployment(loading, name);
  if (deployment < 0) {
    notes.complete = false;
    return;
  }
  const bool twice =
      std::any_of(route.members.begin(), route.members.end(),
                  [&](const RouteMember& member) { return member.deployment == deployment; });
  if (twice) {
    loading.add(Code::listed_twice, place_of(name),
                fmt::format("deployment \"{}\" is twice in route \"{}\"", name.text, route.name));
    return;
  }
  loading.deployment_used[static_cast<std::size_t>(deployment)] = true;
  route.members.push_back({deployment, weight});
  notes.members.push_back(place_of(name));
}

void add_weighted_members(Loading& loading, Route& route, RouteNotes& notes, const Node& map) {
  for (const Entry& entry : map.entries) {
    Node name;
    name.kind = Node::Kind::scalar;
    name.plain = true;
    name.text = entry.key;
    name.where = entry.where;
    add_member(loading, route, notes, name, read_integer(&entry.value).value_or(1));
  }
  const bool none = std::all_of(route.members.begin(), route.members.end(),
                                [](const RouteMember& member) { return member.weight == 0; });
  if (none && !route.members.empty()) {
    loading.add(Code::no_weight, place_of(map),
                fmt::format("all weights of route \"{}\" are 0", route.name));
  }
}

void read_strategy(Loading& loading, const Node& settings, const Node* members, Route& route,
                   RouteNotes& notes) {
  const Node* node = settings.find("strategy");
  const bool weights = members != nullptr && members->is_map();
  const auto strategy = strategy_from(read_text(node));
  notes.has_strategy = strategy.has_value() || weights;
  route.strategy = strategy.value_or(weights ? Strategy::weighted : Strategy::priority);
  if (weights && strategy && *strategy != Strategy::weighted) {
    loading.add(
        Code::weights_ignored, place_of(*node),
        fmt::format("strategy {} of route \"{}\" does not look at weights", node->text, route.name),
        "list the deployments without weights, or use strategy weighted");
  }
}

void read_route(Loading& loading, const Entry& entry) {
  Route route;
  RouteNotes notes;
  route.name = entry.key;
  route.where = entry.where;
  if (find_index(loading.rules.deployment_by_name, entry.key) >= 0) {
    loading.add(Code::name_clash, place_of(entry),
                fmt::format("\"{}\" is the name of a deployment and of a route", entry.key),
                "rename one of them");
  }
  const Node* members = entry.value.is_list() ? &entry.value : entry.value.find("deployments");
  if (members != nullptr && members->is_map()) {
    add_weighted_members(loading, route, notes, *members);
  } else if (members != nullptr && members->is_list()) {
    for (const Node& name : members->items) add_member(loading, route, notes, name, 1);
  }
  read_strategy(loading, entry.value, members, route, notes);
  route.sticky = sticky_from(read_text(entry.value.find("sticky"))).value_or(Sticky::none);
  loading.rules.routes.push_back(std::move(route));
  loading.route_notes.push_back(std::move(notes));
}

}  // namespace

void read_routes(Loading& loading) {
  for (const Entry& entry : loading.entries("routes")) read_route(loading, entry);
  loading.rules.index_names();
}

}  // namespace wye::config
