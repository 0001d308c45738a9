// Provider simulator: who is let in, and what stands in the way of an answer. See provider_sim.h.
#include <fmt/format.h>

#include <utility>

#include "base/units.h"
#include "lab/provider_sim.h"

namespace wye {
namespace {

DurationMs to_ms(std::int64_t us) { return (us + us_per_ms - 1) / us_per_ms; }

SimRefusal over_limit(DialectId dialect, const SimLimits::Verdict& verdict, std::string_view model,
                      std::int64_t tokens) {
  SimWords words = words_of(dialect, SimFaultKind::rate_limit, {.model = model});
  if (verdict.by_tokens && words.type == "requests") words.type = "tokens";
  if (verdict.too_large) {
    words.message = fmt::format(
        "Request too large for {}: Requested {}. The input or output tokens must be reduced in "
        "order to run successfully.",
        model, tokens);
    return refusal_of(dialect, words);
  }
  if (dialect == DialectId::openai)
    words.message = fmt::format(
        "Rate limit reached for {} in organization org-sim on {} per min. Please try again in {}.",
        model, verdict.by_tokens ? "tokens" : "requests", go_duration(verdict.wait_us));
  return refusal_of(dialect, words, to_ms(verdict.wait_us));
}

SimPace pace_of(const SimModel& model) {
  return {model.ttft_ms, model.tokens_per_second, model.jitter};
}

}  // namespace

// Vendors differ in where they want the key; any of these will do.
bool ProviderSim::knows_credential(const HttpRequest& request) const {
  if (config_.api_key.empty()) return true;
  const Headers& headers = request.head.headers;
  const std::string_view bearer = headers.get("authorization");
  if (bearer.starts_with("Bearer ") && bearer.substr(7) == config_.api_key) return true;
  for (const std::string_view name : {"x-api-key", "x-goog-api-key", "api-key"})
    if (headers.get(name) == config_.api_key) return true;
  return request.head.query().find("key=" + config_.api_key) != std::string_view::npos;
}

std::optional<SimRefusal> ProviderSim::admit(Visit& visit) {
  const DialectId dialect = visit.dialect();
  if (!knows_credential(visit.request))
    return refusal_of(dialect, words_of(dialect, SimFaultKind::auth, {}));
  auto asked = read_sim_ask(json_, *visit.route, visit.request.body);
  if (!asked) return refusal_of_request(dialect, asked.error().message, asked.error().param);
  visit.asked = std::move(*asked);
  visit.prompt = read_prompt(visit.asked.content);
  visit.input_tokens = visit.prompt.tokens;
  const std::string& name = visit.asked.ask.facts.model;
  visit.model = find_sim_model(config_.models, name);
  if (visit.model == nullptr)
    return refusal_of(dialect, words_of(dialect, SimFaultKind::model_gone, {.model = name}));
  visit.delivery.pace = pace_of(*visit.model);
  visit.delivery.fault = strike(visit);
  return std::nullopt;
}

std::optional<SimFault> ProviderSim::strike(const Visit& visit) {
  if (const std::string_view asked = visit.request.head.headers.get("x-sim-fault"); !asked.empty())
    return parse_sim_fault(asked);
  for (SimFault& fault : visit.model->faults) {
    if (fault.count == 0 || (fault.until_us >= 0 && world_.mono_us() >= fault.until_us)) continue;
    if (fault.kind == SimFaultKind::no_prefill && !visit.prompt.prefilled) continue;
    if (fault.rate < 1 && dice_.unit() >= fault.rate) continue;
    if (fault.count > 0) --fault.count;
    return fault;
  }
  return std::nullopt;
}

SimLimits& ProviderSim::limits_of(const SimModel& model) {
  SimLimits& limits = limits_[model.name];
  limits.requests.set_limit(model.requests_per_minute);
  limits.tokens.set_limit(model.tokens_per_minute);
  return limits;
}

std::optional<SimRefusal> ProviderSim::refusal_by_fault(Visit& visit) {
  if (!visit.delivery.fault) return std::nullopt;
  const SimFault& fault = *visit.delivery.fault;
  if (fault.kind == SimFaultKind::no_prefill && !visit.prompt.prefilled) return std::nullopt;
  const SimWords words =
      words_of(visit.dialect(), fault.kind,
               {.model = visit.asked.ask.facts.model,
                .prompt_tokens = visit.input_tokens,
                .context_tokens_max = visit.model->context_tokens_max,
                .authorization = visit.request.head.headers.get("authorization")});
  if (words.status == 0) return std::nullopt;
  const bool tells_when =
      fault.kind == SimFaultKind::rate_limit || fault.kind == SimFaultKind::status_503;
  return refusal_of(visit.dialect(), words, tells_when ? fault.retry_after_ms : -1);
}

std::optional<SimRefusal> ProviderSim::refusal_by_limits(Visit& visit,
                                                         std::int64_t tokens_asked_max) {
  SimLimits& limits = limits_of(*visit.model);
  const SimLimits::Verdict verdict = limits.take(world_.mono_us(), tokens_asked_max);
  limits.write_headers(visit.dialect(), world_.now_ms(), visit.delivery.head_lines);
  if (verdict.served) return std::nullopt;
  return over_limit(visit.dialect(), verdict, visit.asked.ask.facts.model, tokens_asked_max);
}

std::optional<SimRefusal> ProviderSim::obstruct(Visit& visit, std::int64_t tokens_asked_max) {
  if (auto refused = refusal_by_fault(visit)) return refused;
  if (auto refused = refusal_by_limits(visit, tokens_asked_max)) return refused;
  // Anthropic's own rule; whoever sends a half answer on must cut it there.
  if (visit.dialect() == DialectId::anthropic && visit.prompt.prefill.ends_with(' '))
    return refusal_of_request(
        visit.dialect(), "messages: final assistant content cannot end with trailing whitespace");
  const std::int64_t tokens_max = visit.model->context_tokens_max;
  if (tokens_max <= 0 || visit.input_tokens <= tokens_max) return std::nullopt;
  return refusal_of(visit.dialect(), words_of(visit.dialect(), SimFaultKind::context_length,
                                              {.model = visit.asked.ask.facts.model,
                                               .prompt_tokens = visit.input_tokens,
                                               .context_tokens_max = tokens_max}));
}

}  // namespace wye
