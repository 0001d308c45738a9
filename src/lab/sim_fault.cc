// Sim fault: names and the header's form. See sim_fault.h.
#include "lab/sim_fault.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"

namespace wye {
namespace {

using Kind = SimFaultKind;

constexpr std::array<std::pair<Kind, std::string_view>, 30> fault_names = {{
    {Kind::status_500, "status_500"},
    {Kind::status_503, "status_503"},
    {Kind::status_529, "status_529"},
    {Kind::rate_limit, "rate_limit"},
    {Kind::quota, "quota"},
    {Kind::auth, "auth"},
    {Kind::permission, "permission"},
    {Kind::model_gone, "model_gone"},
    {Kind::context_length, "context_length"},
    {Kind::content_filter, "content_filter"},
    {Kind::bad_request, "bad_request"},
    {Kind::no_prefill, "no_prefill"},
    {Kind::reset, "reset"},
    {Kind::hang, "hang"},
    {Kind::garbage, "garbage"},
    {Kind::wrong_length, "wrong_length"},
    {Kind::html_200, "html_200"},
    {Kind::empty, "empty"},
    {Kind::malformed_event, "malformed_event"},
    {Kind::no_done, "no_done"},
    {Kind::error_event, "error_event"},
    {Kind::slow_first_token, "slow_first_token"},
    {Kind::slow_tokens, "slow_tokens"},
    {Kind::cut, "cut"},
    {Kind::cut_arguments, "cut_arguments"},
    {Kind::stall, "stall"},
    {Kind::refusal, "refusal"},
    {Kind::truncated_json, "truncated_json"},
    {Kind::wrong_json, "wrong_json"},
    {Kind::split_utf8, "split_utf8"},
}};

// One "name=value" of the header.
bool set_option(SimFault& fault, std::string_view option) {
  const auto equals = option.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view name = trim(option.substr(0, equals));
  const std::string_view text = trim(option.substr(equals + 1));
  std::int64_t number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc{})
    return false;
  if (name == "after_tokens")
    fault.after_tokens = static_cast<int>(number);
  else if (name == "wait_ms")
    fault.wait_ms = number;
  else if (name == "retry_after_ms")
    fault.retry_after_ms = number;
  else
    return false;
  return true;
}

}  // namespace

std::string_view to_string(SimFaultKind kind) {
  for (const auto& [known, name] : fault_names)
    if (known == kind) return name;
  return "";
}

std::optional<SimFaultKind> sim_fault_kind_from(std::string_view name) {
  for (const auto& [kind, known] : fault_names)
    if (known == name) return kind;
  return std::nullopt;
}

std::vector<std::string_view> sim_fault_names() {
  std::vector<std::string_view> names;
  for (const auto& [kind, name] : fault_names) names.push_back(name);
  return names;
}

std::optional<SimFault> parse_sim_fault(std::string_view text) {
  SimFault fault;
  bool first = true;
  for (const std::string_view part : split(text, ';')) {
    if (!std::exchange(first, false)) {
      if (!set_option(fault, part)) return std::nullopt;
      continue;
    }
    const auto kind = sim_fault_kind_from(trim(part));
    if (!kind) return std::nullopt;
    fault.kind = *kind;
  }
  return fault;
}

}  // namespace wye
