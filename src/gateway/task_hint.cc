#include "gateway/task_hint.h"

#include <algorithm>

#include "base/text.h"

namespace wye {
namespace {

constexpr std::string_view member = "\"model\"";
// At each end of the body.
constexpr std::size_t looked_at_bytes = 2048;

// What follows a member's name, without the colon and the quote; empty when it is no string.
std::string_view text_after(std::string_view rest) {
  rest = trim(rest);
  if (!rest.starts_with(':')) return {};
  rest = trim(rest.substr(1));
  if (!rest.starts_with('"')) return {};
  rest.remove_prefix(1);
  const std::size_t end = rest.find('"');
  return end == std::string_view::npos ? std::string_view() : rest.substr(0, end);
}

void take_higher(std::optional<Criticality>& highest, std::optional<Criticality> other) {
  if (other && (!highest || *other > *highest)) highest = other;
}

std::optional<Criticality> hinted_in(const Rules& rules, std::string_view part) {
  std::optional<Criticality> highest;
  for (std::size_t at = part.find(member); at != std::string_view::npos;
       at = part.find(member, at + member.size())) {
    const std::string_view model = text_after(part.substr(at + member.size()));
    if (model.starts_with(task_prefix))
      take_higher(highest, criticality_of_task(rules, model.substr(task_prefix.size())));
  }
  return highest;
}

}  // namespace

std::optional<Criticality> criticality_of_task(const Rules& rules, std::string_view name) {
  const int task = find_index(rules.task_by_name, name);
  if (task < 0) return std::nullopt;
  return rules.tasks[static_cast<std::size_t>(task)].criticality;
}

std::optional<Criticality> criticality_hinted(const Rules& rules, std::string_view body,
                                              bool is_whole) {
  if (!is_whole) return hinted_in(rules, body.substr(0, looked_at_bytes));
  if (body.size() <= 2 * looked_at_bytes) return hinted_in(rules, body);
  std::optional<Criticality> highest = hinted_in(rules, body.substr(0, looked_at_bytes));
  take_higher(highest, hinted_in(rules, body.substr(body.size() - looked_at_bytes)));
  return highest;
}

std::optional<Criticality> criticality_of_path(const Rules& rules, std::string_view path) {
  const std::size_t at = path.find(task_prefix);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = path.substr(at + task_prefix.size());
  return criticality_of_task(rules, rest.substr(0, rest.find(':')));
}

}  // namespace wye
