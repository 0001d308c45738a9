// Rules that can never be reached because an earlier one matches all that they match; see
// loading.h.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "config/loading.h"

namespace wye::config {
namespace {

// The token counts that a comparison lets through, when they are one interval.
struct Interval {
  std::int64_t from = 0;
  std::int64_t to = std::numeric_limits<std::int64_t>::max();
};

std::optional<Interval> interval_of(const TokensAre& tokens) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  switch (tokens.compare) {
    case Compare::equal: return Interval{tokens.tokens, tokens.tokens};
    case Compare::less: return Interval{0, tokens.tokens - 1};
    case Compare::less_equal: return Interval{0, tokens.tokens};
    case Compare::greater: return Interval{tokens.tokens == most ? most : tokens.tokens + 1, most};
    case Compare::greater_equal: return Interval{tokens.tokens, most};
    case Compare::not_equal: return std::nullopt;
  }
  return std::nullopt;
}

bool same(const KeyIs& a, const KeyIs& b) { return a.key == b.key; }
bool same(const TeamIs& a, const TeamIs& b) { return a.team == b.team; }
bool same(const TaskIs& a, const TaskIs& b) { return a.task == b.task; }
bool same(const DataClassIs& a, const DataClassIs& b) { return a.data_class == b.data_class; }
bool same(const EndpointIs& a, const EndpointIs& b) { return a.endpoint == b.endpoint; }
bool same(const StreamIs& a, const StreamIs& b) { return a.stream == b.stream; }
bool same(const TagIs& a, const TagIs& b) { return a.tag == b.tag; }
bool same(const MetadataIs& a, const MetadataIs& b) { return a.key == b.key && a.value == b.value; }
bool same(const NeedsAbility& a, const NeedsAbility& b) { return a.ability == b.ability; }
bool same(const TimeIs& a, const TimeIs& b) {
  return a.from_minute == b.from_minute && a.to_minute == b.to_minute && a.zone == b.zone;
}
bool same(const TokensAre& narrow, const TokensAre& wide) {
  if (narrow.compare == wide.compare && narrow.tokens == wide.tokens) return true;
  const auto inner = interval_of(narrow);
  const auto outer = interval_of(wide);
  return inner && outer && inner->from >= outer->from && inner->to <= outer->to;
}

// Does `narrow` hold only when `wide` holds?
bool implies(const Rules& rules, const Condition& narrow, const Condition& wide) {
  if (narrow.index() == wide.index()) {
    return std::visit(
        [&](const auto& condition) {
          return same(condition, std::get<std::decay_t<decltype(condition)>>(wide));
        },
        narrow);
  }
  if (const auto* task = std::get_if<TaskIs>(&narrow)) {
    const auto* data = std::get_if<DataClassIs>(&wide);
    return data != nullptr &&
           rules.tasks[static_cast<std::size_t>(task->task)].data_class == data->data_class;
  }
  if (const auto* key = std::get_if<KeyIs>(&narrow)) {
    const auto* team = std::get_if<TeamIs>(&wide);
    return team != nullptr && rules.keys[static_cast<std::size_t>(key->key)].team == team->team;
  }
  return false;
}

bool covers(const Rules& rules, const Rule& wide, const Rule& narrow) {
  return std::all_of(wide.when.begin(), wide.when.end(), [&](const Condition& outer) {
    return std::any_of(narrow.when.begin(), narrow.when.end(),
                       [&](const Condition& inner) { return implies(rules, inner, outer); });
  });
}

// Where errors stand.
using Mark = std::pair<int, int>;  // line, column
using Marks = std::set<Mark>;

Mark mark_of(Where where) { return {where.line, where.column}; }

Marks marks_of_errors(const Diagnostics& diagnostics) {
  Marks marks;
  for (const Diagnostic& one : diagnostics.all()) {
    if (one.severity == Severity::error) marks.insert(mark_of(one.where));
  }
  return marks;
}

// At the node or anywhere below it, also where an alias has its value from elsewhere.
bool is_marked(const Node& node, const Marks& errors) {
  if (errors.contains(mark_of(node.where))) return true;
  return std::any_of(node.items.begin(), node.items.end(),
                     [&](const Node& item) { return is_marked(item, errors); }) ||
         std::any_of(node.entries.begin(), node.entries.end(), [&](const Entry& entry) {
           return errors.contains(mark_of(entry.where)) || is_marked(entry.value, errors);
         });
}

// A condition that could not be read makes its rule look wider than it is. Who the rule leads to
// does not matter. A key that is given twice stands in the text only, between this rule and the
// next.
bool has_whole_conditions(const Node& rule, const Node& next, const Marks& errors) {
  const Node* use = rule.find("use");
  auto at = errors.lower_bound(mark_of(rule.where));
  for (; at != errors.end() && *at < mark_of(next.where); ++at) {
    if (use == nullptr || *at != mark_of(use->where)) return false;
  }
  const Node* when = rule.find("when");
  return when == nullptr || !is_marked(*when, errors);
}

// As read_rules() takes them.
std::vector<const Node*> nodes_of_rules(const Node& root) {
  std::vector<const Node*> nodes;
  const Node* rules = root.find("rules");
  if (rules == nullptr) return nodes;
  for (const Node& node : rules->items) {
    if (node.is_map()) nodes.push_back(&node);
  }
  return nodes;
}

// Whether a rule may be said to match all that another does; of the last one nobody asks.
std::vector<bool> may_cover(const Loading& loading) {
  const Marks errors = marks_of_errors(loading.diagnostics);
  const std::vector<const Node*> nodes = nodes_of_rules(loading.root);
  std::vector<bool> may(nodes.size(), false);
  for (std::size_t i = 0; i + 1 < nodes.size(); ++i) {
    may[i] = has_whole_conditions(*nodes[i], *nodes[i + 1], errors);
  }
  return may;
}

}  // namespace

void check_rule_order(Loading& loading) {
  const std::vector<Rule>& rules = loading.rules.rules;
  const std::vector<bool> may = may_cover(loading);
  constexpr std::size_t compared_max = 500;  // of a longer list only the first are compared
  const std::size_t count = std::min(rules.size(), compared_max);
  for (std::size_t i = 1; i < count; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!may[j] || !covers(loading.rules, rules[j], rules[i])) continue;
      loading.add(
          Code::rule_unreachable, {rules[i].where, 1},
          fmt::format("this rule is never reached: the rule in line {} matches all that it matches",
                      rules[j].where.line),
          "put the narrower rule first");
      break;
    }
  }
}

}  // namespace wye::config
