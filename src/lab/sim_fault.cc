// Sim fault: names, the header's form, and the bodies of refusals. See sim_fault.h.
#include "lab/sim_fault.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "wire/json.h"

namespace wye {
namespace {

using Kind = SimFaultKind;

constexpr std::array<std::pair<Kind, std::string_view>, 23> names = {{
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
    {Kind::cut, "cut"},
    {Kind::stall, "stall"},
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

void field_or_null(JsonWriter& json, std::string_view name, std::string_view text) {
  json.key(name);
  if (text.empty())
    json.null();
  else
    json.value(text);
}

}  // namespace

std::string_view to_string(SimFaultKind kind) {
  for (const auto& [known, name] : names)
    if (known == kind) return name;
  return "";
}

std::optional<SimFaultKind> sim_fault_kind_from(std::string_view name) {
  for (const auto& [kind, known] : names)
    if (known == name) return kind;
  return std::nullopt;
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

std::string error_json(std::string_view message, std::string_view type, std::string_view param,
                       std::string_view code) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("error").begin_object();
  json.field("message", message).field("type", type);
  field_or_null(json, "param", param);
  field_or_null(json, "code", code);
  json.end_object().end_object();
  return out;
}

SimRefusal refusal_of(SimFaultKind kind, std::string_view model, std::int64_t prompt_tokens,
                      std::int64_t context_tokens_max) {
  switch (kind) {
    case Kind::status_500:
      return {500,
              error_json("The server had an error while processing your request. Sorry about that!",
                         "server_error", "", "")};
    case Kind::status_503:
      return {503, error_json("The engine is currently overloaded, please try again later",
                              "server_error", "", "")};
    case Kind::status_529: return {529, error_json("Overloaded", "overloaded_error", "", "")};
    case Kind::rate_limit:
      return {429, error_json(
                       fmt::format("Rate limit reached for {} in organization org-sim on requests "
                                   "per min (RPM). Please try again later.",
                                   model),
                       "requests", "", "rate_limit_exceeded")};
    case Kind::quota:
      return {429, error_json("You exceeded your current quota, please check your plan and billing "
                              "details.",
                              "insufficient_quota", "", "insufficient_quota")};
    case Kind::auth:
      return {401, error_json("Incorrect API key provided.", "invalid_request_error", "",
                              "invalid_api_key")};
    case Kind::permission:
      return {403, error_json(fmt::format("Project does not have access to model {}", model),
                              "invalid_request_error", "", "model_not_found")};
    case Kind::model_gone:
      return {404, error_json(
                       fmt::format("The model `{}` does not exist or you do not have access to it.",
                                   model),
                       "invalid_request_error", "", "model_not_found")};
    case Kind::context_length:
      return {400, error_json(fmt::format(
                                  "This model's maximum context length is {} tokens. However, your "
                                  "messages resulted in {} tokens. Please reduce the length of the "
                                  "messages.",
                                  context_tokens_max, prompt_tokens),
                              "invalid_request_error", "messages", "context_length_exceeded")};
    case Kind::content_filter:
      return {400, error_json("The response was filtered due to the prompt triggering the content "
                              "management policy. Please modify your prompt and retry.",
                              "invalid_request_error", "prompt", "content_filter")};
    case Kind::bad_request:
      return {400, error_json("Invalid value: the simulated provider refuses this request.",
                              "invalid_request_error", "messages", "invalid_value")};
    default: return {};
  }
}

}  // namespace wye
